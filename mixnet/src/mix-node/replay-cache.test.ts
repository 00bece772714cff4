import { expect, test } from '@jest/globals';
import { ReplayCache } from './replay-cache.js';

const tag = (n: number): Uint8Array => Uint8Array.from([n >> 8, n & 0xff, ...new Uint8Array(30)]);

test('a tag is new once', () => {
  const cache = new ReplayCache();
  expect(cache.admit(tag(1))).toBe(true);
  expect(cache.admit(tag(1))).toBe(false);
  expect(cache.admit(tag(2))).toBe(true);
});

test('a tag is remembered for at least one whole generation and forgotten after two', () => {
  const cache = new ReplayCache(100);
  for (let i = 0; i < 200; i++) expect(cache.admit(tag(i))).toBe(true);
  for (let i = 0; i < 200; i++) expect(cache.admit(tag(i))).toBe(false);
  expect(cache.admit(tag(200))).toBe(true);
  expect(cache.admit(tag(0))).toBe(true);
});
