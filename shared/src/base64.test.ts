import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeBase64, decodeBase64Text } from './base64.js';

test('all bytes come back from what others write', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const text = Buffer.from(bytes).toString('base64');
      expect(decodeBase64Text(text)).toEqual(bytes);
      expect(decodeBase64(Buffer.from(text))).toEqual(bytes);
    }),
  );
});

test('exactly one text stands for the same bytes', () => {
  const unit = fc.constantFrom('A', 'B', 'Q', 'g', '/', '+', '-', '_', '=', ' ', 'é', '\u0000');
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 12 }), (text) => {
      const again = Buffer.from(text, 'base64').toString('base64');
      const bytes = decodeBase64Text(text);
      if (text === again) expect(bytes).toEqual(Uint8Array.from(Buffer.from(text, 'base64')));
      else expect(bytes).toBeUndefined();
    }),
    { numRuns: 2000 },
  );
});

test.each(['A', 'AA', 'AAA', '====', 'A===', 'AA=A', 'AB==', 'AAB=', 'AA==AA==', 'AAAA\n', 'AA=='])(
  '%j is refused unless it is what an encoder writes',
  (text) => {
    const isCanonical = Buffer.from(text, 'base64').toString('base64') === text;
    expect(decodeBase64Text(text) !== undefined).toBe(isCanonical);
  },
);

test('a text of nothing is nothing', () => {
  expect(decodeBase64Text('')).toEqual(new Uint8Array(0));
});
