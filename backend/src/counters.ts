import type { ErrorCode } from '@pastenym/shared/errors';

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
export type ErrorCounts = Partial<Record<ErrorCode, number>>;

/** What requests end with: the errors of version 2's wire, and what becomes of a paste of version 1 that the IPFS node does not take. */
const EXPECTED_ERRORS: readonly ErrorCode[] = [
  'bad-expiry',
  'bad-request',
  'busy',
  'content-mismatch',
  'expiry-too-far',
  'id-reused',
  'internal',
  'message-too-large',
  'not-available',
  'not-found',
  'paste-too-large',
  'puzzle-required',
  'store-full',
  'too-many-uploads',
  'unknown-event',
  'unknown-upload',
];

export function createCounters(): Counters {
  return zeros(Object.keys(COUNTERS) as CounterName[]);
}

/** With those that are expected, so that even the first of them is seen to be one more; another is there once it has come. */
export function createErrorCounts(): ErrorCounts {
  return zeros(EXPECTED_ERRORS);
}

const zeros = <Name extends string>(names: readonly Name[]) =>
  Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
