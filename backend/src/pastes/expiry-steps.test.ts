import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { roundExpiry } from './expiry-steps.js';
import { SECONDS_PER_DAY } from './present.js';

const moment = fc.integer({ min: 0, max: 10_000_000_000 });
const stepOf = (expiresIn: number) => (expiresIn < SECONDS_PER_DAY ? 60 : 3600);

test('a paste expires no earlier than its author asked, and less than a step later', () => {
  fc.assert(
    fc.property(moment, fc.integer({ min: 1, max: 400 * SECONDS_PER_DAY }), (now, expiresIn) => {
      const late = roundExpiry(now, expiresIn) - (now + expiresIn);
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThan(stepOf(expiresIn));
    }),
  );
});

test('all that are made within a step, for as long, expire together', () => {
  fc.assert(
    fc.property(moment, fc.integer({ min: 1, max: SECONDS_PER_DAY }), (now, expiresIn) => {
      const step = stepOf(expiresIn);
      const end = roundExpiry(now, expiresIn);
      expect(end % step).toBe(0);
      expect(roundExpiry(end - expiresIn, expiresIn)).toBe(end);
      expect(roundExpiry(end - expiresIn - step + 1, expiresIn)).toBe(end);
    }),
  );
});

test.each([
  [59, 61, 120],
  [60, 60, 120],
  [0, SECONDS_PER_DAY - 1, SECONDS_PER_DAY],
  [0, SECONDS_PER_DAY, SECONDS_PER_DAY],
  [1, SECONDS_PER_DAY, SECONDS_PER_DAY + 3600],
])('made at second %i for %i seconds, a paste expires at %i', (now, expiresIn, end) => {
  expect(roundExpiry(now, expiresIn)).toBe(end);
});
