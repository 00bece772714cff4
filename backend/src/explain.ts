import { AppError, type ErrorCode } from '@pastenym/shared/errors';
import { describeError } from './describe-error.js';
import { StartupError } from './startup-error.js';

/** What a store throws that works as it should. */
const STORE_TROUBLES: Partial<Record<ErrorCode, string>> = {
  busy: 'Others have been using the database for too long, or its server is away. Try again in a moment.',
  'store-full':
    'The disk is full. (Of the disk of an SQLite file, the last 64 MiB are left free, since it needs some to delete.) Make room on it and try again.',
};

/** The file, the disk or the rights to them are as they should not be. */
const OF_THE_FILE = /^SQLITE_(READONLY|CORRUPT|NOTADB|IOERR|CANTOPEN|PERM)/;

/** Whether it is no defect, and the same may succeed when whoever runs the program has mended or awaited something. */
export const isTrouble = (error: unknown): boolean =>
  error instanceof StartupError ||
  (error instanceof AppError && STORE_TROUBLES[error.code] !== undefined) ||
  OF_THE_FILE.test(describeError(error).code ?? '');

/** An error, for whoever runs a program: what they can mend is said to them; of a defect, no more than where it is. */
export function explain(error: unknown): string {
  if (error instanceof StartupError) return error.problems.join('\n');
  const trouble = error instanceof AppError ? STORE_TROUBLES[error.code] : undefined;
  if (trouble !== undefined) return `${trouble}${quoteCause(error)}`;
  const { code = '', message = '' } = describeError(error);
  if (OF_THE_FILE.test(code)) return `The database cannot be used: ${message}.`;
  return JSON.stringify(describeError(error), undefined, 2);
}

/** What the database or the system has said, in brackets. */
function quoteCause(error: unknown): string {
  const { message = '', code = '' } = describeError(error).cause ?? {};
  const said = message || code;
  return said === '' ? '' : ` (${said})`;
}
