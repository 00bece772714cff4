import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { escapeHtml, unescapeHtml } from './html-escape.js';

test('the five characters become the five entities of version 1', () => {
  expect(escapeHtml(`<a href="x">it's & more</a>`)).toBe(
    '&lt;a href=&quot;x&quot;&gt;it&#x27;s &amp; more&lt;/a&gt;',
  );
});

test('a reader gets back every text, one with entities of its own too', () => {
  const entity = fc.constantFrom('&amp;', '&lt;', '&copy;', '&#x27;', '&', ';', 'amp;');
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(entity).map((e) => e.join('')),
      ),
      (text) => {
        expect(unescapeHtml(escapeHtml(text))).toBe(text);
      },
    ),
  );
});
