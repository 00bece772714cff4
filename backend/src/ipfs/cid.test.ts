import { expect, test } from '@jest/globals';
import { readCid } from './cid.js';

const V0 = 'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG';
const V1 = 'bafybeie5nqv6kd3qnfjupgvz34woh3oksc3iau6abmyajn7qvtf6d2ho34';

test('a CID has one spelling, whichever it came in', () => {
  expect(readCid(V0)).toBe(V1);
  expect(readCid(V1)).toBe(V1);
});

test.each([
  ['', 'nothing'],
  ['8A8Z9nIk', 'an id of ours'],
  [`${V1.slice(0, -1)}5`, 'the same with bits behind its end that nodes overlook'],
  [`b${'a2'.repeat(56)}`, 'letters of the right number'],
  [`Qm${'1'.repeat(44)}`, 'of the older version, too'],
  [`${V1}\n`, 'with a line break'],
  [V1.toUpperCase(), 'in capitals'],
])('%j is none: %s', (text) => {
  expect(readCid(text)).toBeUndefined();
});
