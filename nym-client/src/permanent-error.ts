/** What waiting does not mend: somebody has to change a flag, a file or a right first. */
export class PermanentError extends Error {
  override readonly name = 'PermanentError';
}

/** What the file system says when it will say the same tomorrow. A full disk is not among it. */
const PERMANENT_CODES = new Set(['EACCES', 'EISDIR', 'ENOENT', 'ENOTDIR', 'EPERM', 'EROFS']);

/**
 * Whether trying again is vain. Codes count only for files: of a network the same codes come wrapped, as the cause of an
 * error of ours, and networks change.
 */
export function isPermanent(error: unknown): boolean {
  if (error instanceof PermanentError) return true;
  const isFileError = typeof error === 'object' && error !== null && 'path' in error;
  return isFileError && 'code' in error && PERMANENT_CODES.has(String(error.code));
}
