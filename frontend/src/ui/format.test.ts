import { expect, test } from '@jest/globals';
import { formatBytes, formatMoment, shorten } from './format.js';

test('sizes are short, and never say 1000', () => {
  expect(
    [0, 1, 999, 1000, 1234, 99_949, 123_456, 999_499, 999_500, 1_000_000, 12_345_678].map(
      formatBytes,
    ),
  ).toEqual([
    '0 B',
    '1 B',
    '999 B',
    '1 kB',
    '1.2 kB',
    '99.9 kB',
    '123 kB',
    '999 kB',
    '1 MB',
    '1 MB',
    '12.3 MB',
  ]);
});

test('a moment has a day and a time, by the clock of the reader', () => {
  const date = new Date('2026-11-29T23:05:00Z');
  expect(formatMoment(date, 'UTC')).toBe('29 November 2026, 23:05');
  expect(formatMoment(date, 'Europe/Berlin')).toBe('30 November 2026, 00:05');
});

test('what is long shows its ends', () => {
  expect(shorten('0123456789abcdef', 3)).toBe('012…def');
  expect(shorten('0123456', 3)).toBe('0123456');
});
