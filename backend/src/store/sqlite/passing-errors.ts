/** Of a full disk SQLite says so, whatever it was writing. (By its looks, as in `describeError`.) */
export const isFull = (error: unknown): boolean => codeOf(error) === 'SQLITE_FULL';

/** Whether another process had the database for longer than we waited: the same request may succeed later. (https://www.sqlite.org/rescode.html) */
export const isPassing = (error: unknown): boolean => /^SQLITE_BUSY(_|$)/.test(codeOf(error));

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
