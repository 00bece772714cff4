import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRandomPool } from './random-pool.js';

test('what is given out are the bytes that were drawn, each of them once', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 130 }), { maxLength: 30 }), (lengths) => {
      const drawn = crypto.getRandomValues(new Uint8Array(4096));
      const random = createRandomPool(() => drawn.slice());
      const given = lengths.map((length) => random(length));
      expect(given.map((bytes) => bytes.length)).toEqual(lengths);
      const all = Buffer.concat(given);
      expect(all.equals(drawn.subarray(0, all.length))).toBe(true);
    }),
  );
});

test('what was given out belongs to whoever got it', () => {
  const random = createRandomPool(() => new Uint8Array(4096).fill(7));
  random(16).fill(0);
  expect(random(16)).toEqual(new Uint8Array(16).fill(7));
  expect(random(10_000).length).toBe(4096); // All that this source gives at a time: a large request goes to it.
});

test('small requests are drawn together', () => {
  let draws = 0;
  const random = createRandomPool((length) => {
    draws++;
    return crypto.getRandomValues(new Uint8Array(length));
  });
  const names = Array.from({ length: 256 }, () => Buffer.from(random(16)).toString('hex'));
  expect(new Set(names).size).toBe(256);
  expect(draws).toBe(1);
  random(1);
  expect(draws).toBe(2);
});
