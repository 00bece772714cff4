import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { expiryStep, roundExpiry } from './expiry-steps.js';
import { SECONDS_PER_DAY } from './present.js';

const moment = fc.integer({ min: 0, max: 10_000_000_000 });
const duration = fc.integer({ min: 1, max: 400 * SECONDS_PER_DAY });

test('a paste expires no earlier than its author asked, and less than a step later', () => {
  fc.assert(
    fc.property(moment, duration, (now, expiresIn) => {
      const late = roundExpiry(now, expiresIn) - (now + expiresIn);
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThan(expiryStep(expiresIn));
    }),
  );
});

test('all that are made within a step, for as long, expire together', () => {
  fc.assert(
    fc.property(moment, duration, (now, expiresIn) => {
      const step = expiryStep(expiresIn);
      const end = roundExpiry(now, expiresIn);
      expect(end % step).toBe(0);
      expect(roundExpiry(end - expiresIn, expiresIn)).toBe(end);
      expect(roundExpiry(end - expiresIn - step + 1, expiresIn)).toBe(end);
    }),
  );
});

test('a step is a minute to a day, and over eight minutes an eighth to a sixteenth of what was asked', () => {
  fc.assert(
    fc.property(duration, (expiresIn) => {
      const step = expiryStep(expiresIn);
      expect(step).toBeGreaterThanOrEqual(60);
      expect(step).toBeLessThanOrEqual(SECONDS_PER_DAY);
      if (step > 60) expect(step).toBeLessThanOrEqual(expiresIn / 8);
      if (step < SECONDS_PER_DAY / 2) expect(step * 16).toBeGreaterThan(expiresIn);
    }),
  );
});

test.each([
  [61, 60],
  [600, 60],
  [3600, 240],
  [SECONDS_PER_DAY, 7680],
  [8 * SECONDS_PER_DAY, SECONDS_PER_DAY],
  [366 * SECONDS_PER_DAY, SECONDS_PER_DAY],
])('for %i seconds it is %i', (expiresIn, step) => {
  expect(expiryStep(expiresIn)).toBe(step);
});
