import { SECONDS_PER_DAY } from '../pastes/present.js';
import type { Description, PasteDescription } from '../store/operator-store.js';
import { count, table } from './result.js';

/** What is known of a paste, for people. Its id is not repeated. */
export function describePaste({ paste, isBlocked }: Description): string[] {
  if (paste === undefined) {
    return [
      isBlocked ? 'There is no such paste, and its id is blocked.' : 'There is no such paste.',
    ];
  }
  return table([
    ['kind', paste.kind === 'open' ? 'open (version 1)' : 'guarded (version 2)'],
    ['content', describeContent(paste)],
    ['made on', formatTime(paste.createdDay * SECONDS_PER_DAY).slice(0, 10)],
    ['expires', describeExpiry(paste)],
    ['views taken', `${count(paste.views)} of ${paste.maxViews ?? 'any number'}`],
    ['blocked', isBlocked ? 'yes' : 'no'],
  ]);
}

function describeContent({ bytes, chunks, isComplete }: PasteDescription): string {
  const pieces = chunks === 1 ? '1 piece' : `${count(chunks)} pieces`;
  return isComplete
    ? `${count(bytes)} bytes in ${pieces}`
    : `${count(bytes)} bytes, of which ${pieces} have come so far`;
}

function describeExpiry({ expiresAt, expiresAtBlock }: PasteDescription): string {
  const ends = [
    ...(expiresAt === null ? [] : [formatTime(expiresAt)]),
    ...(expiresAtBlock === null ? [] : [`at block ${expiresAtBlock}`]),
  ];
  return ends.length === 0 ? 'never' : ends.join(', or ');
}

const formatTime = (seconds: number) =>
  new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
