import { expect, test } from '@jest/globals';
import { base64urlnopad } from '@scure/base';
import fc from 'fast-check';
import { browserCodec, decodeBase64Url, encodeBase64Url } from './base64url.js';

test('all bytes come back, and the text is what others write', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const text = encodeBase64Url(bytes);
      expect(text).toBe(base64urlnopad.encode(bytes));
      expect(decodeBase64Url(text)).toEqual(bytes);
    }),
  );
});

test('Node and browsers write and read the same', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const text = encodeBase64Url(bytes);
      expect(browserCodec.encode(bytes)).toBe(text);
      expect(browserCodec.decode(text)).toEqual(decodeBase64Url(text));
    }),
  );
});

test('a megabyte comes back too, in Node as in browsers', () => {
  const bytes = Uint8Array.from({ length: 1_000_003 }, (_, i) => i * 7);
  const text = encodeBase64Url(bytes);
  expect(browserCodec.encode(bytes) === text).toBe(true);
  expect(Buffer.compare(decodeBase64Url(text)!, bytes)).toBe(0);
  expect(Buffer.compare(browserCodec.decode(text), bytes)).toBe(0);
});

test.each(['A', 'AAAAA', 'AA==', 'AB', 'AAB', 'A+', 'A/', 'A A', 'AAAA\n', 'é', 'AAA='])(
  '%j is refused',
  (text) => {
    expect(decodeBase64Url(text)).toBeUndefined();
  },
);

test('exactly one text stands for the same bytes', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('A', 'B', 'Q', 'g', '-', '_', '+', '='), maxLength: 8 }),
      (text) => {
        const bytes = decodeBase64Url(text);
        if (bytes !== undefined) expect(encodeBase64Url(bytes)).toBe(text);
      },
    ),
  );
});
