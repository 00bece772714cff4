import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PADDING_FLOOR_BYTES, paddedLength } from './padding.js';

const length = fc.integer({ min: 0, max: 2 ** 31 - 1 });

test.each([
  [0, 1024],
  [1024, 1024],
  [1025, 1088],
  [9, 1024],
  [65_536, 65_536],
  [65_537, 67_584],
  [1_000_000, 1_015_808],
])('%i bytes are padded to %i', (bytes, padded) => {
  expect(paddedLength(bytes)).toBe(padded);
});

test('padding never cuts, never costs more than 12 % above the floor, and padded lengths stay as they are', () => {
  fc.assert(
    fc.property(length, (bytes) => {
      const padded = paddedLength(bytes);
      expect(padded).toBeGreaterThanOrEqual(bytes);
      expect(padded).toBeLessThanOrEqual(Math.max(PADDING_FLOOR_BYTES, bytes * 1.12));
      expect(paddedLength(padded)).toBe(padded);
    }),
  );
});

test('longer texts never look shorter', () => {
  fc.assert(
    fc.property(length, length, (a, b) => {
      if (a <= b) expect(paddedLength(a)).toBeLessThanOrEqual(paddedLength(b));
    }),
  );
});

test('among a million lengths only some hundred show', () => {
  const seen = new Set<number>();
  for (let bytes = 0; bytes < 1_000_000; bytes += 7) seen.add(paddedLength(bytes));
  expect(seen.size).toBeLessThan(250);
});
