import { parseExpiry } from '@pastenym/shared/expiry';
import type { Lifetime } from '../pastes/lifetime.js';
import { formatCount, formatDay, formatTime } from '../ui/format.js';

/** Up to here, the time of day matters. */
const SOON_MS = 36 * 3600 * 1000;

/**
 * What will happen to a paste that is made at `now`, in one sentence.
 * @param timeZone of the reader when left out
 */
export function describeLifetime(
  { expiry, views }: Lifetime,
  now: number,
  timeZone?: string,
): string {
  const moment = expiry === undefined ? undefined : describeMoment(expiry, now, timeZone);
  const reads = views === undefined ? undefined : `after ${describeReads(views)}`;
  if (reads !== undefined && moment !== undefined) {
    return `Destroyed ${reads} or ${moment}, whichever comes first.`;
  }
  if (reads !== undefined || moment !== undefined) return `Destroyed ${reads ?? moment ?? ''}.`;
  return 'Kept for as long as the service keeps it.';
}

export const describeReads = (views: number): string =>
  views === 1 ? '1 read' : `${formatCount(views)} reads`;

function describeMoment(expiry: string, now: number, timeZone: string | undefined): string {
  const at = new Date(parseExpiry(expiry, now) * 1000);
  if (at.getTime() - now > SOON_MS) return `on ${formatDay(at, timeZone)}`;
  const isToday = formatDay(at, timeZone) === formatDay(new Date(now), timeZone);
  return `${isToday ? 'today' : 'tomorrow'} at ${formatTime(at, timeZone)}`;
}
