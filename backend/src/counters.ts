import { ERRORS, type ErrorCode } from '@pastenym/shared/errors';

/** What is counted from the start on, in numbers that are about nobody, and what each means. */
export const COUNTERS = {
  received: 'messages with a sender tag',
  answered: 'replies that were handed to the nym-client',
  ignored: 'messages that nobody waits for an answer to: not JSON, or without a sender tag',
  refused: 'messages that there was no room for, refused unread',
  failed: 'requests that failed inside of the service',
  repliesDropped: 'replies that the nym-client did not take',
  expired: 'pastes that were deleted because their time was over',
  abandoned: 'uploads that were never completed',
} as const;

export type CounterName = keyof typeof COUNTERS;

export type Counters = Record<CounterName, number>;

/** How many requests ended with which error, from the start on. */
export type Refusals = Record<ErrorCode, number>;

export function createCounters(): Counters {
  return zeros(COUNTERS);
}

export function createRefusals(): Refusals {
  return zeros(ERRORS);
}

/** Every name of the table, each with 0. */
function zeros<Name extends string>(table: Record<Name, unknown>): Record<Name, number> {
  return Object.fromEntries(Object.keys(table).map((name) => [name, 0])) as Record<Name, number>;
}
