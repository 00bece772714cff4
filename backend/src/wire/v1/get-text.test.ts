import { beforeEach, expect, jest, test } from '@jest/globals';
import { refusals } from '@pastenym/shared/v1/replies';
import { formatIpfsDocument } from '../../ipfs/ipfs-document.js';
import type { OpenPastes } from '../../pastes/open-pastes.js';
import { getText } from './get-text.js';

const V0 = 'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG';
const V1 = 'bafybeie5nqv6kd3qnfjupgvz34woh3oksc3iau6abmyajn7qvtf6d2ho34';

/** Everything is on IPFS. */
const document = formatIpfsDocument({ text: 'x', encParams: undefined, createdAt: 0 });
const ipfs = {
  isAvailable: true,
  add: () => Promise.resolve(V1),
  cat: jest.fn(() => Promise.resolve(document)),
};

beforeEach(() => {
  ipfs.cat.mockClear();
});

const withBlocked = (blocked: string): OpenPastes => ({
  create: () => Promise.resolve(''),
  contentBytes: () => Promise.resolve(undefined),
  isBlocked: (id) => Promise.resolve(id === blocked),
  takeView: () => Promise.resolve(undefined),
});

test.each([V0, V1])('a CID that is blocked is not fetched, spelt as %s', async (cid) => {
  const { reply } = await getText(cid, { pastes: withBlocked('another'), ipfs });
  expect(reply).toMatchObject({ text: 'x' });
  expect(ipfs.cat).toHaveBeenCalledTimes(1);
  const refused = getText(cid, { pastes: withBlocked(V1), ipfs });
  await expect(refused).rejects.toMatchObject({ name: 'V1Refusal', reply: refusals.notFound });
  expect(ipfs.cat).toHaveBeenCalledTimes(1);
});
