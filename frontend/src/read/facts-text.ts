import { isDestroyed, type PasteFacts } from '../pastes/fetch.js';
import { formatCount, formatDay, formatMoment } from '../ui/format.js';

/**
 * What there is to say about a paste, in short sentences.
 * @param timeZone of the reader when left out; the day of creation is one of UTC, because that is all that is known
 */
export function describeFacts(facts: PasteFacts, timeZone?: string): string[] {
  const { views, maxViews, createdOn, expiresAt } = facts;
  return [
    ...(createdOn === undefined ? [] : [`Created on ${formatDay(createdOn, 'UTC')}`]),
    ...(views === undefined ? [] : [describeViews(views, maxViews)]),
    ...(isDestroyed(facts) || expiresAt === undefined
      ? []
      : [`Expires on ${formatMoment(expiresAt, timeZone)}`]),
  ];
}

function describeViews(views: number, maxViews: number | undefined): string {
  if (maxViews !== undefined) return `Read ${formatCount(views)} of ${formatCount(maxViews)}`;
  return views === 1 ? 'Read for the first time' : `Read ${formatCount(views)} times`;
}
