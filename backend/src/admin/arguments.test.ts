import { resolve } from 'node:path';
import { base64 } from 'multiformats/bases/base64';
import { CID } from 'multiformats/cid';
import { create } from 'multiformats/hashes/digest';
import { expect, test } from '@jest/globals';
import { COMMANDS, formatHelp, readArguments, readId, UsageError } from './arguments.js';

const SECRET = 'A'.repeat(43);
const SLASHED_CID = CID.create(1, 0x55, create(0x12, new Uint8Array(32).fill(0xff)));
/** Of a hash of 64 bytes. */
const LONG_CID = CID.create(1, 0x55, create(0x13, new Uint8Array(64))).toString();

test.each([
  ['8A8Z9nIk', '8A8Z9nIk'],
  [' 8A8Z9nIk\n', '8A8Z9nIk'],
  ['/8A8Z9nIk', '8A8Z9nIk'],
  ['#/8A8Z9nIk', '8A8Z9nIk'],
  ['https://paste.example/#/8A8Z9nIk', '8A8Z9nIk'],
  ['https://paste.example/#/8A8Z9nIk&key=b2d6ae002a1674da', '8A8Z9nIk'],
  ['https://paste.example/8A8Z9nIk', '8A8Z9nIk'],
  [
    `https://paste.example/a/b/#/abc_efghijklmnopqrstuv/${SECRET}&s=64&burn`,
    'abc_efghijklmnopqrstuv',
  ],
  // Cut off where somebody copied too little, it still names the paste.
  ['https://paste.example/#/abc_efghijklmnopqrstuv/AAAA', 'abc_efghijklmnopqrstuv'],
  ['abc_efghijklmnopqrstuv/x&p=nonsense', 'abc_efghijklmnopqrstuv'],
  [`https://paste.example/#/${LONG_CID}&key=b2d6ae`, LONG_CID],
  [
    'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG',
    'bafybeie5nqv6kd3qnfjupgvz34woh3oksc3iau6abmyajn7qvtf6d2ho34',
  ],
  ['ipfs://bafkreigh2akiscaildcqabsyg3dfr6', 'bafkreigh2akiscaildcqabsyg3dfr6'],
  ...[
    'zdj7Wg2Qkk4mYgAkVU1kppfQ2sMGz5zPwERVpeWmxCQLDxVoC',
    'k2jmtxvacy5p64u708sn9oawhfsizpcwgk1g59ckse0h1r7a2j7d0tlr',
    'BAFYBEIE5NQV6KD3QNFJUPGVZ34WOH3OKSC3IAU6ABMYAJN7QVTF6D2HO34',
    'https://paste.example/#/zdj7Wg2Qkk4mYgAkVU1kppfQ2sMGz5zPwERVpeWmxCQLDxVoC&key=b2d6ae',
    'ipfs://k2jmtxvacy5p64u708sn9oawhfsizpcwgk1g59ckse0h1r7a2j7d0tlr',
  ].map((text): [string, string] => [
    text,
    'bafybeie5nqv6kd3qnfjupgvz34woh3oksc3iau6abmyajn7qvtf6d2ho34',
  ]),
  // In base64, with a slash.
  [SLASHED_CID.toString(base64), SLASHED_CID.toString()],
])('%j is a paste', (text, id) => {
  expect(readId(text)).toBe(id);
});

test.each([
  '',
  ' ',
  'short',
  'https://paste.example/',
  'https://paste.example/#/',
  'a b c d e f g h',
  'x'.repeat(65),
  `https://h/#/~~~/${SECRET}`,
])('%j is none, and is not repeated', (text) => {
  expect(() => readId(text)).toThrow(/^This is neither the id of a paste nor a link to one\.$/);
});

test('a command comes with what it needs, and nothing else', () => {
  expect(readArguments(['stats'])).toEqual({
    command: 'stats',
    argument: resolve(''),
    json: false,
  });
  expect(readArguments(['show', '8A8Z9nIk', '--json'])).toEqual({
    command: 'show',
    argument: '8A8Z9nIk',
    json: true,
  });
  expect(readArguments(['backup', 'x'])).toMatchObject({ argument: resolve('x') });
  expect(readArguments(['show', '--', '-abcdefg'])).toMatchObject({ argument: '-abcdefg' });
  for (const args of [
    ['show'],
    ['backup'],
    ['stats', 'x'],
    ['show', 'a', 'b'],
    [],
    ['SHOW', 'x'],
    ['toString'],
    ['--nonsense'],
    ['show', '-abcdefg'],
  ]) {
    expect(() => readArguments(args)).toThrow(UsageError);
  }
});

test('help is given whatever else is asked, and names every command', () => {
  expect(readArguments(['--help'])).toEqual({ command: 'help' });
  expect(readArguments(['nonsense', '-h'])).toEqual({ command: 'help' });
  for (const [name, { does }] of Object.entries(COMMANDS)) {
    expect(formatHelp()).toMatch(`  ${name} `);
    expect(formatHelp()).toContain(does);
  }
});
