import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { browserUtf8Length, utf8Length } from './utf8-length.js';

const LENGTHS: [text: string, bytes: number][] = [
  ['', 0],
  ['abc', 3],
  ['é', 2],
  ['€', 3],
  ['😀', 4],
  ['\ud83d', 3],
];

test.each(LENGTHS)('%j has so many bytes, in Node as in browsers', (text, bytes) => {
  expect([utf8Length(text), browserUtf8Length(text)]).toEqual([bytes, bytes]);
});

test('Node and browsers count alike, halves of surrogate pairs too', () => {
  const unit = fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code));
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 300 }), (text) => {
      expect(utf8Length(text)).toBe(browserUtf8Length(text));
    }),
  );
});
