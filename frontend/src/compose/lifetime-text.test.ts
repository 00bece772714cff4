import { expect, test } from '@jest/globals';
import { describeLifetime } from './lifetime-text.js';

const NOW = Date.parse('2026-11-22T20:30:00Z');
const say = (
  expiry: Parameters<typeof describeLifetime>[0]['expiry'],
  views?: number,
  zone = 'UTC',
) => describeLifetime({ expiry, views }, NOW, zone);

test('what happens to a paste is said in one sentence', () => {
  expect(say('1 week')).toBe('Destroyed on 29 November 2026.');
  expect(say('1 week', 3)).toBe(
    'Destroyed after 3 reads or on 29 November 2026, whichever comes first.',
  );
  expect(say(undefined, 1)).toBe('Destroyed after 1 read.');
  expect(say(undefined, 10_000)).toBe('Destroyed after 10,000 reads.');
  expect(say(undefined)).toBe('Kept for as long as the service keeps it.');
});

test('what happens soon is said to the minute, by the clock of the reader', () => {
  expect(say('5 minutes')).toBe('Destroyed today at 20:35.');
  expect(say('1 day')).toBe('Destroyed tomorrow at 20:30.');
  expect(say('1 hour', 1, 'Asia/Tokyo')).toBe(
    'Destroyed after 1 read or today at 06:30, whichever comes first.',
  );
  expect(say('1 hour', 1, 'Europe/Kyiv')).toBe(
    'Destroyed after 1 read or today at 23:30, whichever comes first.',
  );
  expect(say('1 hour', undefined, 'Europe/Moscow')).toBe('Destroyed tomorrow at 00:30.');
});

test('months end on the same day of the month', () => {
  expect(say('1 month')).toBe('Destroyed on 22 December 2026.');
  expect(say('6 months')).toBe('Destroyed on 22 May 2027.');
});
