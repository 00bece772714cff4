import { expect, test } from '@jest/globals';
import { formatShareLink } from '@pastenym/shared/share-link';
import { parsePasteLink, readTypedKey, type Reads } from './paste-link.js';

const PAGE = 'https://paste.example/';
const ID = '8A8Z9nIk';
const KEY = 'ab'.repeat(32);

const link = (reads: 'limited' | 'unlimited', key: string | undefined = KEY) =>
  formatShareLink(PAGE, { version: 1, id: ID, key, burn: reads === 'limited' });
const readsOf = (text: string): Reads | undefined => {
  const parsed = parsePasteLink(text);
  return parsed.version === 1 ? parsed.reads : undefined;
};

test.each<[string, Reads]>([
  [`#/${ID}&burn&key=${KEY}`, 'limited'],
  [`#/${ID}&key=${KEY}&burn`, 'limited'],
  [`#/${ID}&burn`, 'limited'],
  [`#/${ID}&key=${KEY}`, 'unlimited'],
  [`#/${ID}`, 'unlimited'],
  [`#/${ID}&burner&key=${KEY}`, 'unlimited'],
])('%s is a link of %s reads', (text, reads) => {
  expect(readsOf(text)).toBe(reads);
});

test('a link that was cut behind its id still says that reads are limited', () => {
  const whole = link('limited');
  for (let length = whole.indexOf('&burn') + 5; length < whole.length; length += 1) {
    expect(readsOf(whole.slice(0, length))).toBe('limited');
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
