import { expect, test } from '@jest/globals';
import { describeFacts } from './facts-text.js';

const facts = {
  views: 1,
  maxViews: undefined,
  createdOn: new Date('2026-11-22T00:00:00Z'),
  expiresAt: new Date('2026-11-29T14:05:00Z'),
};

test('the day of creation is the one that the service tells, wherever the reader is; the expiry is by their clock', () => {
  expect(describeFacts(facts, 'America/New_York')).toEqual([
    'Created on 22 November 2026',
    'Read for the first time',
    'Expires on 29 November 2026, 09:05',
  ]);
});

test('reads are counted, out of as many as there are', () => {
  expect(describeFacts({ ...facts, views: 1234 }, 'UTC')[1]).toBe('Read 1,234 times');
  expect(describeFacts({ ...facts, views: 2, maxViews: 3 }, 'UTC')[1]).toBe('Read 2 of 3');
});

test('a paste that has been destroyed does not expire any more', () => {
  expect(describeFacts({ ...facts, views: 3, maxViews: 3 }, 'UTC')).toEqual([
    'Created on 22 November 2026',
    'Read 3 of 3',
  ]);
});

test('what is not known is not said', () => {
  const nothing = {
    views: undefined,
    maxViews: undefined,
    createdOn: undefined,
    expiresAt: undefined,
  };
  expect(describeFacts(nothing)).toEqual([]);
});
