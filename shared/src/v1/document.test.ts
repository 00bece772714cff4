import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '../errors.js';
import { formatDocument, parseDocument } from './document.js';

const HELLO = new TextEncoder().encode('Hello');

test.each([
  ['base64', '"SGVsbG8="'],
  ['an array of numbers', '[72,101,108,108,111]'],
  ['an object of numbers', '{"0":72,"1":101,"2":108,"3":108,"4":111}'],
])('a file whose bytes stand as %s is read', (_, data) => {
  const json = `{"text":"hi","file":{"data":${data},"filename":"a.txt","mimeType":"text/plain"}}`;
  expect(parseDocument(json)).toEqual({
    text: 'hi',
    file: { name: 'a.txt', mimeType: 'text/plain', bytes: HELLO },
  });
});

test.each([
  '{"text":"hi","file":null}',
  '{"text":"hi"}',
  '{"text":"hi","file":{"data":null,"filename":"","mimeType":""}}',
])('%s has no file', (json) => {
  expect(parseDocument(json)).toEqual({ text: 'hi', file: undefined });
});

test.each([
  'hello',
  '42',
  '[]',
  '{"text":"","file":5}',
  '{"text":"","file":{"data":"!"}}',
  '{"text":"","file":{"data":[256]}}',
  '{"text":"","file":{"data":[-1]}}',
  '{"text":"","file":{"data":[1.5]}}',
  '{"text":"","file":{"data":["1"]}}',
  '{"text":"","file":{"data":{"0":1,"2":1}}}',
  '{"text":"","file":{"data":{"0":1,"x":1}}}',
  '{"text":"","file":{"data":{"0":{}}}}',
  '{"text":"","file":{"data":true}}',
])('%s is not a paste', (json) => {
  expect(() => parseDocument(json)).toThrow(expect.objectContaining({ code: 'bad-paste' }));
});

test('formatting and parsing undo each other for all documents', () => {
  const file = fc.record({ name: fc.string(), mimeType: fc.string(), bytes: fc.uint8Array() });
  const document = fc.record({ text: fc.string(), file: fc.option(file, { nil: undefined }) });
  fc.assert(
    fc.property(document, (it) => {
      expect(parseDocument(formatDocument(it))).toEqual(it);
    }),
  );
});

test('no JSON makes it fail in any other way', () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      try {
        parseDocument(json);
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
      }
    }),
  );
});
