import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { difficultyAt } from './difficulty.js';

const fullness = fc.double({ min: 0, max: 1, noNaN: true });
const difficulties = fc.record({
  base: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2 ** 24 })),
  max: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2 ** 32 })),
});

test('a paste costs the base as long as few are made', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.5, max: 1, noNaN: true }), difficulties, (quiet, range) => {
      expect(difficultyAt(quiet, range)).toBe(range.base);
    }),
  );
});

test('it costs the maximum when all tokens are gone, if that is more than the base', () => {
  for (const max of [1024, 2 ** 20, 1_000_000]) {
    const most = difficultyAt(0, { base: 0, max });
    expect(most).toBeGreaterThan(max / Math.SQRT2 - 1);
    expect(most).toBeLessThanOrEqual(max);
  }
  expect(difficultyAt(0, { base: 5000, max: 0 })).toBe(5000);
});

test('the more are made, the more it costs, and never less than the base or more than the maximum', () => {
  fc.assert(
    fc.property(fullness, fullness, difficulties, (a, b, range) => {
      const [fuller, emptier] = [Math.max(a, b), Math.min(a, b)].map((at) =>
        difficultyAt(at, range),
      );
      expect(emptier).toBeGreaterThanOrEqual(fuller!);
      expect(fuller).toBeGreaterThanOrEqual(range.base);
      expect(emptier).toBeLessThanOrEqual(Math.max(range.base, range.max));
      expect(Number.isInteger(emptier)).toBe(true);
    }),
  );
});

test('there are few prices, so that a challenge says nothing about who has got it', () => {
  const prices = new Set<number>();
  for (let n = 0; n <= 1000; n++) prices.add(difficultyAt(n / 1000, { base: 0, max: 2 ** 20 }));
  expect(prices.size).toBe(12);
});
