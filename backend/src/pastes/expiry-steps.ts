import { SECONDS_PER_DAY } from './present.js';

const MINUTE = 60;
/** A paste may live longer than was asked for by this share of it: so much room does hiding when it was made cost. */
const MOST_SHARE = 1 / 8;

/**
 * When a paste expires: not before its author said, and at one of a few moments. What is kept of a paste, and what its readers are told, are its expiry and the time that was asked for; together
 * they tell when it was made to such a step.
 * @returns seconds since 1970, a multiple of `expiryStep`
 */
export function roundExpiry(nowSeconds: number, expiresInSeconds: number): number {
  const step = expiryStep(expiresInSeconds);
  return Math.ceil((nowSeconds + expiresInSeconds) / step) * step;
}

/** A minute, doubled as often as it stays within an eighth of the time; a day for eight days and more. In seconds. */
export function expiryStep(expiresInSeconds: number): number {
  const most = expiresInSeconds * MOST_SHARE;
  if (most >= SECONDS_PER_DAY) return SECONDS_PER_DAY;
  return MINUTE * 2 ** Math.max(0, Math.floor(Math.log2(most / MINUTE)));
}
