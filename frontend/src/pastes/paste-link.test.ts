import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseShareLink } from '@pastenym/shared/share-link';
import { formatPasteLink, parsePasteLink, readTypedKey, type Reads } from './paste-link.js';

const PAGE = 'https://paste.example/';
const ID = '8A8Z9nIk';
const KEY = 'ab'.repeat(32);

const link = (reads: 'limited' | 'unlimited', key: string | undefined = KEY) =>
  formatPasteLink(PAGE, { version: 1, id: ID, key, burn: reads === 'limited' });
const readsOf = (text: string): Reads | undefined => {
  const parsed = parsePasteLink(text);
  return parsed.version === 1 ? parsed.reads : undefined;
};

test('a link says how often it can be read, in front of its key', () => {
  expect(link('unlimited')).toBe(`${PAGE}#/${ID}&keep&key=${KEY}`);
  expect(link('limited')).toBe(`${PAGE}#/${ID}&burn&key=${KEY}`);
  expect(formatPasteLink(`${PAGE}#/old`, { version: 1, id: ID, key: undefined, burn: false })).toBe(
    `${PAGE}#/${ID}&keep`,
  );
});

test.each<[string, Reads]>([
  [`#/${ID}&keep&key=${KEY}`, 'unlimited'],
  [`#/${ID}&key=${KEY}&keep`, 'unlimited'],
  [`#/${ID}&keep`, 'unlimited'],
  [`#/${ID}&burn&key=${KEY}`, 'limited'],
  [`#/${ID}&key=${KEY}&burn`, 'limited'],
  [`#/${ID}&burn&keep&key=${KEY}`, 'limited'],
  [`#/${ID}&key=${KEY}`, 'unknown'],
  [`#/${ID}`, 'unknown'],
  [`#/${ID}&keeper&key=${KEY}`, 'unknown'],
  [`#/${ID}&key=keep`, 'unknown'],
])('%s is a link of %s reads', (text, reads) => {
  expect(readsOf(text)).toBe(reads);
});

test('what is formatted is parsed as it was, by those too who do not know the mark', () => {
  const anyKey = fc.option(fc.string({ minLength: 2, maxLength: 80 }), { nil: undefined });
  fc.assert(
    fc.property(anyKey, fc.boolean(), (key, burn) => {
      const made = { version: 1 as const, id: ID, key, burn };
      const text = formatPasteLink(PAGE, made);
      expect(parseShareLink(text)).toEqual(made);
      expect(parsePasteLink(text)).toMatchObject({
        id: ID,
        key,
        reads: burn ? 'limited' : 'unlimited',
      });
    }),
  );
});

test('a link that was cut anywhere is never taken for one of more reads than it has', () => {
  const whole = link('limited');
  for (let length = whole.indexOf(ID) + ID.length; length < whole.length; length += 1) {
    expect(readsOf(whole.slice(0, length))).not.toBe('unlimited');
  }
});

test.each([
  ['a key', KEY, KEY],
  ['a key between blanks', ` ${KEY}\n`, KEY],
  ['a short key', 'x', 'x'],
  ['a key of words', 'my own & key', 'my own & key'],
  ['a whole link', link('limited'), KEY],
])('where a key is asked for, %s is understood', (_, typed, key) => {
  expect(readTypedKey(typed)).toBe(key);
});
