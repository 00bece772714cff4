import { expect, test } from '@jest/globals';
import { encodeBase64Url } from '@pastenym/shared/base64url';
import { openEnvelope, type EnvelopeForm } from '@pastenym/shared/v1/envelope';
import { formatV2Request } from '@pastenym/shared/v2/wire';
import fc from 'fast-check';
import { peek } from './peek.js';

const HEADER = '\0\0\0\0\0\0\0.{"mimeType":"application/json","headers":null}';
const wraps: Record<EnvelopeForm, (text: string) => Buffer> = {
  raw: (text) => Buffer.from(text),
  base64: (text) => Buffer.from(Buffer.from(text).toString('base64')),
  headed: (text) => Buffer.from(HEADER + text),
  'base64-headed': (text) => Buffer.from(Buffer.from(HEADER + text).toString('base64')),
};
const form = fc.constantFrom(...(Object.keys(wraps) as EnvelopeForm[]));
const id = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(encodeBase64Url);

test('of a request of our clients, the form, the version and the id are seen, in whatever form it is', () => {
  fc.assert(
    fc.property(form, id, (form, id) => {
      const message = wraps[form](formatV2Request(id, 'info', {}));
      expect(peek(message)).toEqual({ form, version: 2, id });
      expect(openEnvelope(message).form).toBe(form);
    }),
  );
});

test('so they are with the white space that JSON allows, as other programs write it', () => {
  const blank = fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\r'), maxLength: 6 });
  const blanks = fc.array(blank, { minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(form, id, blanks, (form, id, blanks) => {
      const tokens = ['{', '"v"', ':', '2', ',', '"id"', ':', `"${id}"`];
      const text = tokens.map((token, at) => (blanks[at] ?? '') + token).join('');
      const message = wraps[form](`${text}, "event": "info", "data": {}}`);
      expect(peek(message)).toEqual({ form, version: 2, id });
    }),
  );
  const python = `{"v": 2, "id": "${'A'.repeat(22)}", "event": "info", "data": {}}`;
  expect(peek(Buffer.from(python))).toMatchObject({ version: 2, id: 'A'.repeat(22) });
});

test('a request of version 1 is one, in whatever form it is', () => {
  const texts = fc.constantFrom(
    '{"event":"ping","data":"empty"}',
    '{"event":"newText","sender":"","data":{"text":"{\\"v\\":2}"}}',
    '{"v":1,"event":"ping","data":0}',
    '{"v":20,"event":"ping","data":0}',
    '{"v": 20, "event": "ping", "data": 0}',
    '{ "v": "2", "event": "ping", "data": 0}',
    '{"event": "newText", "data": {"text": "{\\"v\\": 2, "}}',
  );
  fc.assert(
    fc.property(form, texts, (form, text) => {
      expect(peek(wraps[form](text))).toEqual({ form, version: 1, id: undefined });
    }),
  );
});

test.each([
  '{"v":2}',
  '{"v":2,"event":"info"}',
  '{ "v" : 2 }',
  '{"v": 2, "event": "info", "id": "AAAAAAAAAAAAAAAAAAAAAA"}',
  `{"v": 2, ${' '.repeat(200)}"id": "AAAAAAAAAAAAAAAAAAAAAA"}`,
  '{"v":2,\u00a0"id":"AAAAAAAAAAAAAAAAAAAAAA"}',
  '{"v":2,"id":5}',
  '{"v":2,"id":"AAAAAAAAAAAAAAAAAAAAAA',
  '{"v":2,"id":"AAAAAAAAAAAAAAAAAAAAAB"}',
])('of %s it is seen that it is of version 2, and no id', (text) => {
  expect(peek(Buffer.from(text))).toMatchObject({ version: 2, id: undefined });
});

test.each([
  ['blanks', ' '.repeat(16_000_000)],
  ['blanks in a brace', `{${' '.repeat(16_000_000)}`],
  ['digits where the version stands', `{"v":${'2'.repeat(16_000_000)}`],
])('megabytes of %s are not read: they are refused as version 1 within microseconds', (_, text) => {
  const message = Buffer.from(text);
  const begun = performance.now();
  for (let n = 0; n < 1000; n++) expect(peek(message).version).toBe(1);
  expect(performance.now() - begun).toBeLessThan(5000);
});

test('no bytes make it fail', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc.base64String().map((text) => Buffer.from(text)),
      ),
      (bytes) => {
        expect([1, 2]).toContain(peek(bytes).version);
      },
    ),
  );
});
