/**
 * Classes of SQLSTATE after which the same request may succeed later: connection lost, transaction rolled back for the sake of another, resources short,
 * a time-out, the server shutting down; and a server that takes no writes just now, since another takes over. And what the operating system says of a connection.
 * (https://www.postgresql.org/docs/current/errcodes-appendix.html)
 */
const PASSING_CODES = /^(08|40|53|57)...$|^(25006|25P03|55P03)$|^E[A-Z]{3,}$/;

/** What `pg` itself says when a connection fails; it gives these no code. */
const PASSING_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end|The server does not support SSL|connect |read |write )/;

/** Whether the same request may succeed later, as it is. */
export function isPassing(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  if ('code' in error && typeof error.code === 'string') return PASSING_CODES.test(error.code);
  return 'message' in error && PASSING_MESSAGES.test(String(error.message));
}

/** Of a full disk the server says so, whatever it was writing. */
export const isFull = (error: unknown) =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === '53100';
