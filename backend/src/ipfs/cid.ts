import { CID } from 'multiformats/cid';

/** CIDv1 in base32, and CIDv0 in base58: as IPFS nodes write them. */
const SPELLINGS = /^(?:b[a-z2-7]{58,112}|Qm[1-9A-HJ-NP-Za-km-z]{44})$/;

/** @returns the one spelling under which we ask for it, and in which it is blocked: CIDv1 in base32; undefined if it is none */
export function readCid(text: string): string | undefined {
  if (!SPELLINGS.test(text)) return undefined;
  try {
    return CID.parse(text).toV1().toString();
  } catch {
    return undefined; // some letters, or some bits at the end, that no CID has
  }
}
