import type { Clock } from '@pastenym/shared/clock';
import type { Moment } from '../store/store.js';

/** What time it is, by whatever pastes expire by. */
export type Present = () => Moment;

export const SECONDS_PER_DAY = 86_400;

/** @param blockHeight of the Bitcoin block chain, where the service follows it */
export function createPresent(clock: Clock, blockHeight?: () => number | undefined): Present {
  return () => ({ seconds: Math.floor(clock() / 1000), blockHeight: blockHeight?.() });
}

/** Days since 1970: of when a paste was made, nothing finer is kept in so many words. (Expiries tell more: see `expiryStep`.) */
export const dayOf = ({ seconds }: Moment) => Math.floor(seconds / SECONDS_PER_DAY);
