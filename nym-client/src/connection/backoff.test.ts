import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { backoffDelayMs } from './backoff.js';

const backoff = { baseMs: 50, capMs: 5000 };

test('the longest wait doubles with each try, up to the cap', () => {
  const longest = [0, 1, 2, 6, 7, 1000].map((attempt) => backoffDelayMs(attempt, backoff, () => 1));
  expect(longest).toEqual([50, 100, 200, 3200, 5000, 5000]);
});

test('the wait is anywhere between nothing and the longest', () => {
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, chance) => {
      const delay = backoffDelayMs(attempt, backoff, () => chance);
      expect(delay).toBeGreaterThanOrEqual(0);
      expect(delay).toBeLessThanOrEqual(backoff.capMs);
      expect(delay).toBeCloseTo(chance * backoffDelayMs(attempt, backoff, () => 1));
    }),
  );
});
