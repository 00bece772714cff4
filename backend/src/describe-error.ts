import { AppError } from '@pastenym/shared/errors';
import { StartupError } from './startup-error.js';

/** An error as it may stand in the log. */
export interface ErrorDescription {
  name: string;
  code?: string;
  message?: string;
  /** Where it was thrown: the frames of the stack, without the message that heads them. */
  at?: string[];
  cause?: ErrorDescription;
}

const MAX_CAUSES = 5;
const MAX_FRAMES = 10;
/** Classes of SQLSTATE that are about connections, the order of transactions, resources and shutdowns, not about what is in a row. */
const OF_THE_SERVER = /^(08|40|53|57)[0-9A-Z]{3}$/;

/**
 * Describes an error without quoting what it was about. Most messages of JavaScript and of libraries quote their input (`JSON.parse` does),
 * which may be a paste; so only those that are known not to are kept: ours, SQLite's, the operating system's, and what a PostgreSQL server says of itself.
 */
export function describeError(error: unknown, causes = MAX_CAUSES): ErrorDescription {
  if (!isError(error)) return { name: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const cause = causes > 0 && error.cause !== undefined ? error.cause : undefined;
  return {
    name: error.name,
    ...(code === undefined ? {} : { code }),
    ...(isQuotable(error, code) ? { message: error.message } : {}),
    at: readFrames(error),
    ...(cause === undefined ? {} : { cause: describeError(cause, causes - 1) }),
  };
}

/** By its looks: better-sqlite3's errors are made the old way, by inheritance, which does not reach across realms. */
function isError(value: unknown): value is Error {
  return typeof value === 'object' && value !== null && 'stack' in value && 'message' in value;
}

function isQuotable(error: Error, code: string | undefined): boolean {
  if (error instanceof AppError || error instanceof StartupError) return true;
  if (code === undefined) return false;
  return code.startsWith('SQLITE_') || OF_THE_SERVER.test(code) || 'syscall' in error;
}

function readFrames(error: Error): string[] {
  return (error.stack ?? '')
    .replace(error.message, '') // which may have lines that look like frames
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^at .*:\d+:\d+\)?$/.test(line))
    .slice(0, MAX_FRAMES);
}
