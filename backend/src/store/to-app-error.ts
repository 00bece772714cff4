import { AppError } from '@pastenym/shared/errors';
import { BUSY_RETRY_MS } from '../limits.js';

/** What a database's errors mean, each database in its own codes. */
export interface ErrorMeanings {
  isFull: (cause: unknown) => boolean;
  /** The same may succeed later. */
  isPassing: (cause: unknown) => boolean;
}

/** @returns AppError `store-full`, `busy`, or what it was */
export function toAppError(cause: unknown, { isFull, isPassing }: ErrorMeanings): unknown {
  if (isFull(cause)) return new AppError('store-full', { cause });
  return isPassing(cause) ? new AppError('busy', { cause, retryAfterMs: BUSY_RETRY_MS }) : cause;
}
