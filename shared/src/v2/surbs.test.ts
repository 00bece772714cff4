import { expect, test } from '@jest/globals';
import { surbsFor } from './surbs.js';

test.each([
  [0, 15],
  [1024, 15],
  [1601, 15],
  [1602, 16],
  [90_000, 10 + 57 + 12],
])('an answer of %i bytes asks for %i reply blocks', (bytes, surbs) => {
  expect(surbsFor(bytes)).toBe(surbs);
});
