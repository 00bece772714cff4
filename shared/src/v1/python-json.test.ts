import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { pythonJson, type JsonValue } from './python-json.js';

test('a reply is written as the original writes it, to the byte', () => {
  expect(
    pythonJson({
      version: '2.0.3',
      alive: true,
      capabilities: { ipfs_hosting: false, expiration_bitcoin_height: false },
    }),
  ).toBe(
    '{"version": "2.0.3", "alive": true, "capabilities": {"ipfs_hosting": false, "expiration_bitcoin_height": false}}',
  );
  expect(pythonJson(['é😀\u007f\n\u0001"\\/', null, [], {}])).toBe(
    '["\\u00e9\\ud83d\\ude00\\u007f\\n\\u0001\\"\\\\/", null, [], {}]',
  );
});

test('every reply is ASCII and parses back to what it was', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const text = pythonJson(value as JsonValue);
      expect(text).toMatch(/^[ -~]*$/);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
