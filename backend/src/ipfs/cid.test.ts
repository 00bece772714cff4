import { expect, test } from '@jest/globals';
import { bases } from 'multiformats/basics';
import { CID } from 'multiformats/cid';
import { readCid, readCidInAnyBase } from './cid.js';

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

test.each(Object.values(bases))('an operator may give it in $name', ({ encoder }) => {
  expect(readCidInAnyBase(CID.parse(V1).toString(encoder))).toBe(V1);
});

test('an operator may give it in the older version, too', () => {
  expect(readCidInAnyBase(V0)).toBe(V1);
});

test.each([
  ['', 'nothing'],
  ['8A8Z9nIk', 'an id of ours'],
  ['uAVUAAV4', 'an id of the original’s that is the CID of a single byte'],
  [`z${V0}`, 'the older version behind the code of a base'],
  [`${V1} `, 'with a space'],
  ['zdj7Wg2Qkk4mYgAkVU1kppfQ2sMGz5zPwERVpeWmxCQLDxVo', 'too short'],
])('%j is none in any base: %s', (text) => {
  expect(readCidInAnyBase(text)).toBeUndefined();
});
