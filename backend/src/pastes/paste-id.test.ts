import { expect, test } from '@jest/globals';
import { CID } from 'multiformats/cid';
import { bases } from 'multiformats/basics';
import { createPasteId, isPasteId } from './paste-id.js';

/** Whether any of the alphabets that a CID may be written in makes one of this text. */
function isCid(text: string): boolean {
  return Object.values(bases).some((base) => {
    try {
      CID.parse(text, base);
      return true;
    } catch {
      return false;
    }
  });
}

test('real CIDs are recognised as such', () => {
  const v0 = 'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG';
  expect(isCid(v0)).toBe(true);
  for (const base of Object.values(bases)) {
    const v1 = CID.parse(v0).toV1();
    expect(isCid(base.encoder.encode(v1.bytes))).toBe(true);
  }
});

test('no id can be taken for a CID, in whatever alphabet', () => {
  for (let i = 0; i < 2000; i++) {
    const id = createPasteId();
    if (isCid(id)) throw new Error(`${id} is a CID.`);
  }
});

test('an id has an underscore, which only those alphabets have that it never begins as', () => {
  const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  const withUnderscore = Object.values(bases)
    .filter((base) => base.encoder.encode(all).includes('_'))
    .map((base) => base.prefix);
  // The first is no alphabet: it is the bytes as they are.
  expect(withUnderscore.sort()).toEqual(['\0', 'U', 'u']);
  const ids = Array.from({ length: 200_000 }, () => createPasteId());
  expect(ids.filter((id) => !/^(?![uU-])[A-Za-z0-9_-]{22}$/.test(id))).toEqual([]);
  expect(ids.filter((id) => !id.includes('_'))).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
});

test('an id is drawn again until it will do', () => {
  const draws = ['uA_'.padEnd(22, 'A'), '-_'.padEnd(22, 'A'), 'A'.repeat(22), 'B_'.padEnd(22, 'A')];
  const random = () => Uint8Array.from(Buffer.from(draws.shift() ?? '', 'base64url'));
  expect(createPasteId(random)).toBe('B_'.padEnd(22, 'A'));
});

test('ids of ours and of the original are ids, other texts are not', () => {
  for (const id of ['8A8Z9nIk', createPasteId(), 'a'.repeat(64)]) expect(isPasteId(id)).toBe(true);
  for (const text of ['', '8A8Z9nI', 'a'.repeat(65), '8A8Z9nI/', '8A8Z9nIk\n', 'é'.repeat(8)]) {
    expect(isPasteId(text)).toBe(false);
  }
});
