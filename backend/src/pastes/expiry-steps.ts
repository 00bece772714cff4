import { SECONDS_PER_DAY } from './present.js';

const MINUTE = 60;
const HOUR = 3600;

/**
 * When a paste expires: not before its author said, and not at a second that would tell when it was made.
 * @returns seconds since 1970: rounded up to a minute, from a day on to an hour
 */
export function roundExpiry(nowSeconds: number, expiresInSeconds: number): number {
  const step = expiresInSeconds < SECONDS_PER_DAY ? MINUTE : HOUR;
  return Math.ceil((nowSeconds + expiresInSeconds) / step) * step;
}
