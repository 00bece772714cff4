import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { encodeBase64Url } from './base64url.js';
import { AppError } from './errors.js';
import { formatShareLink, parseShareLink, type ShareLink } from './share-link.js';
import { LINK_SECRET_BYTES } from './v2/keys.js';

const KEY = 'b2d6ae002a1674daa43a07be7fc4f01c';
const SECRET_TEXT = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8';
const SECRET = Uint8Array.from({ length: LINK_SECRET_BYTES }, (_, i) => i);

const idCharacter = fc.constantFrom(
  ...Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuwwxyz0123456789_-'),
);
const idV1 = fc.string({ unit: idCharacter, minLength: 8, maxLength: 64 });
const idV2 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(encodeBase64Url);
const link: fc.Arbitrary<ShareLink> = fc.oneof(
  fc.record({
    version: fc.constant(1 as const),
    id: idV1,
    key: fc.option(fc.string({ minLength: 2, maxLength: 100 }), { nil: undefined }),
    burn: fc.boolean(),
  }),
  fc.record({
    version: fc.constant(2 as const),
    id: idV2,
    secret: fc.uint8Array({ minLength: LINK_SECRET_BYTES, maxLength: LINK_SECRET_BYTES }),
    password: fc.option(
      fc.record({
        salt: fc.uint8Array({ minLength: 16, maxLength: 16 }),
        memoryKiB: fc.integer({ min: 65_536, max: 262_144 }),
        iterations: fc.integer({ min: 3, max: 10 }),
        parallelism: fc.integer({ min: 1, max: 4 }),
      }),
      { nil: undefined },
    ),
    sizeKiB: fc.option(fc.integer({ min: 1, max: 262_144 }), { nil: undefined }),
    burn: fc.boolean(),
  }),
);

test('formatting and parsing undo each other for all links', () => {
  fc.assert(
    fc.property(link, (it) => {
      expect(parseShareLink(formatShareLink('https://paste.example/', it))).toEqual(it);
    }),
  );
});

test.each([
  ['the original page', `https://pastenym.ch/#/8A8Z9nIk&key=${KEY}`],
  ['the original page on a sub-path', `https://host/paste/#/8A8Z9nIk&key=${KEY}`],
  ['a fragment without its slash', `#8A8Z9nIk&key=${KEY}`],
  ['a tracker that appended its own parameters', `https://host/#/8A8Z9nIk&key=${KEY}&utm_source=x`],
  ['a mail program that added white space', `  https://host/#/8A8Z9nIk&key=${KEY}\n`],
])('a version 1 link from %s is understood', (_, text) => {
  expect(parseShareLink(text)).toEqual({ version: 1, id: '8A8Z9nIk', key: KEY, burn: false });
});

test('a version 1 link without a key is a link whose key comes apart', () => {
  for (const text of ['#/8A8Z9nIk', '#/8A8Z9nIk&key=', '#/8A8Z9nIk&key=x']) {
    expect(parseShareLink(text)).toEqual({
      version: 1,
      id: '8A8Z9nIk',
      key: undefined,
      burn: false,
    });
  }
});

test.each([
  'https://pastenym.ch/8A8Z9nIk',
  'http://host:8080/8A8Z9nIk/',
  'HTTPS://host/8A8Z9nIk?utm_source=x',
  ' https://host/8A8Z9nIk\n',
  '8A8Z9nIk',
])('%j, as the first Pastenym wrote links, is understood', (text) => {
  const link = { version: 1, id: '8A8Z9nIk', key: undefined, burn: false };
  expect(parseShareLink(text)).toEqual(link);
});

test('such a link may have its key with it', () => {
  const link = { version: 1, id: '8A8Z9nIk', key: KEY, burn: false };
  expect(parseShareLink(`https://host/8A8Z9nIk&key=${KEY}`)).toEqual(link);
  expect(parseShareLink(`8A8Z9nIk&key=${KEY}`)).toEqual(link);
});

test('a link says that reading destroys the paste, and where such a mark came from does not matter', () => {
  for (const text of [`#/8A8Z9nIk&key=${KEY}&burn`, `#/8A8Z9nIk&burn=1&key=${KEY}`]) {
    expect(parseShareLink(text)).toEqual({ version: 1, id: '8A8Z9nIk', key: KEY, burn: true });
  }
});

test('a version 2 link carries an id and a secret', () => {
  const expected = {
    version: 2,
    id: 'abcdefghijklmnopqrstuw',
    secret: SECRET,
    password: undefined,
    sizeKiB: undefined,
    burn: false,
  };
  const link = `https://host/#/abcdefghijklmnopqrstuw/${SECRET_TEXT}`;
  expect(parseShareLink(link)).toEqual(expected);
  expect(parseShareLink(`${link}&fbclid=1`)).toEqual(expected);
  expect(parseShareLink(`${link}&s=12&burn`)).toEqual({ ...expected, sizeKiB: 12, burn: true });
  expect(parseShareLink(`${link}&s=262144`)).toEqual({ ...expected, sizeKiB: 262_144 });
  for (const size of ['-1', '0', '', '1.5', '1e3', '262145', '9999999', '99999999999']) {
    expect(parseShareLink(`${link}&s=${size}`)).toEqual(expected);
  }
});

test('a version 2 link says how its password was stretched, within bounds', () => {
  const link = (parameters: string) => `#/abcdefghijklmnopqrstuw/${SECRET_TEXT}&p=${parameters}`;
  const encode = (memory: number) =>
    Buffer.from([0, memory, 0, 0, 3, 1, ...Array<number>(16).fill(7)]).toString('base64url');
  expect(parseShareLink(link(encode(1)))).toMatchObject({
    password: {
      memoryKiB: 65_536,
      iterations: 3,
      parallelism: 1,
      salt: Uint8Array.from(Array<number>(16).fill(7)),
    },
  });
  expect(() => parseShareLink(link(encode(255)))).toThrow(
    expect.objectContaining({ code: 'bad-params' }),
  );
  expect(() => parseShareLink(link('AAAA'))).toThrow(expect.objectContaining({ code: 'bad-link' }));
});

test.each([
  ['nothing', ''],
  ['no id', 'https://host/#/'],
  ['an id that is too short', '#/short'],
  ['an id that is too long', `#/${'a'.repeat(65)}`],
  ['an id with a foreign letter', '#/8A8Z9nI%'],
  ['an id of version 1 and a secret', `#/8A8Z9nIk/${SECRET_TEXT}`],
  ['an id of 21 letters and a secret', `#/abcdefghijklmnopqrstu/${SECRET_TEXT}`],
  ['an id of 23 letters and a secret', `#/abcdefghijklmnopqrstuwA/${SECRET_TEXT}`],
  ['an id whose last letter has bits to spare', `#/abcdefghijklmnopqrstuv/${SECRET_TEXT}`],
  ['a secret that is cut', `#/abcdefghijklmnopqrstuw/${SECRET_TEXT.slice(1)}`],
  ['a secret with a foreign letter', `#/abcdefghijklmnopqrstuw/${SECRET_TEXT.slice(1)}=`],
  ['a part too many', `#/abcdefghijklmnopqrstuw/${SECRET_TEXT}/x`],
  ['the page alone', 'https://host'],
  ['a folder of the page', 'https://host/paste/8A8Z9nIk'],
  ['a secret that a server would see', `https://host/abcdefghijklmnopqrstuw/${SECRET_TEXT}`],
  ['an id in its query', 'https://host/?8A8Z9nIk'],
  ['an id that is escaped', 'https://host/8A8Z9nI%6B'],
  ['another scheme', 'ftp://host/8A8Z9nIk'],
  ['a scheme that runs', 'javascript:8A8Z9nIk'],
  ['no host', 'https:///'],
  ['a host that is none', 'https://[/8A8Z9nIk'],
  ['a million letters', `#/${'a'.repeat(1_000_000)}`],
])('a link with %s is refused', (_, text) => {
  expect(() => parseShareLink(text)).toThrow(expect.objectContaining({ code: 'bad-link' }));
});

test('no text makes the parser fail in any other way', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string().map((s) => `#/aaaaaaaa${s}`),
        fc.string().map((s) => `https://${s}`),
        fc.string().map((s) => `https://host/aaaaaaaa${s}`),
        fc.webUrl({ withQueryParameters: true, withFragments: true }),
      ),
      (text) => {
        try {
          parseShareLink(text);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      },
    ),
  );
});
