import { bases } from 'multiformats/basics';
import { CID } from 'multiformats/cid';

const BASES = Object.values(bases);

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

/**
 * As `readCid`, of a CID in any base: the service takes the spellings of nodes alone, and people copy a CID from wherever it is written.
 * Bytes that are fewer than those of a CID that it takes are none: they may be an id of ours.
 */
export function readCidInAnyBase(text: string): string | undefined {
  const base = BASES.find(({ prefix }) => text.startsWith(prefix));
  try {
    return readCid(CID.parse(text, base).toV1().toString());
  } catch {
    return undefined;
  }
}
