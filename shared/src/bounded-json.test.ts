import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseBoundedJson } from './bounded-json.js';
import { AppError } from './errors.js';
import { MAX_JSON_TOKENS } from './limits.js';

const refused = expect.objectContaining({ code: 'bad-message' });

test('whatever JSON there is of a message’s size is parsed as JSON.parse does it', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 2 }), fc.constantFrom(undefined, 2), (text, indent) => {
      const json = JSON.parse(text) as unknown;
      expect(parseBoundedJson(JSON.stringify(json, undefined, indent))).toEqual(json);
    }),
  );
});

test('a string may hold as many brackets, quotes and backslashes as it likes', () => {
  const unit = fc.constantFrom('"', '\\', '[', '{', ',', ':', 'a', 'ж', '😀', '\n');
  fc.assert(
    fc.property(fc.string({ unit, minLength: 1, maxLength: 30 }), (text) => {
      const json = { [text]: text.repeat(MAX_JSON_TOKENS), last: [text] };
      expect(parseBoundedJson(JSON.stringify(json))).toEqual(json);
    }),
  );
});

test.each([
  ['numbers', (n: number) => `[${Array(n).fill(1).join()}]`],
  ['strings', (n: number) => JSON.stringify(Array(Math.ceil(n / 2)).fill('"'))],
  [
    'members',
    (n: number) =>
      `{${Array(Math.ceil(n / 3))
        .fill('"a":1')
        .join()}}`,
  ],
  ['lists in lists', (n: number) => '['.repeat(n) + ']'.repeat(n)],
])('as many %s as the limit says are parsed, and no more', (_, textOf) => {
  expect(() => parseBoundedJson(textOf(MAX_JSON_TOKENS - 10))).not.toThrow();
  expect(() => parseBoundedJson(textOf(MAX_JSON_TOKENS + 10))).toThrow(refused);
});

test('other bounds hold as well', () => {
  const bounds = { maxContainers: 2, maxTokens: 10_000 };
  expect(parseBoundedJson(`[[${'1,'.repeat(5000)}1]]`, bounds)).toHaveLength(1);
  expect(() => parseBoundedJson(`[[${'1,'.repeat(10_000)}1]]`, bounds)).toThrow(refused);
  expect(() => parseBoundedJson('[[],[]]', bounds)).toThrow(refused);
});

test.each(['', 'hello', '{', '"', '"\\"', '"\\', '{"a":}', '[1,]', '\u0000', '""""'])(
  '%j is not JSON',
  (text) => {
    expect(() => parseBoundedJson(text)).toThrow(refused);
  },
);

test('no text makes it fail in any other way', () => {
  const unit = fc.constantFrom('"', '\\', '[', ']', '{', '}', ',', ':', '1', 'a', ' ');
  fc.assert(
    fc.property(fc.string({ unit }), (text) => {
      try {
        expect(parseBoundedJson(text)).toEqual(JSON.parse(text));
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
        expect(() => JSON.parse(text) as unknown).toThrow();
      }
    }),
  );
});
