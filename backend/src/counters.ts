/** What has happened since the start, in numbers that are about nobody. */
export interface Counters {
  /** Messages with a sender tag. */
  received: number;
  /** Replies that were handed to the nym-client. */
  answered: number;
  /** Messages that nobody waits for an answer to: not JSON, or without a sender tag. */
  ignored: number;
  /** Requests that there was no room for. */
  refused: number;
  /** Requests that failed inside of the service. */
  failed: number;
  /** Replies that the nym-client did not take. */
  repliesDropped: number;
  /** Pastes that were deleted because their time was over. */
  expired: number;
  /** Uploads that were never completed. */
  abandoned: number;
}

export function createCounters(): Counters {
  return {
    received: 0,
    answered: 0,
    ignored: 0,
    refused: 0,
    failed: 0,
    repliesDropped: 0,
    expired: 0,
    abandoned: 0,
  };
}
