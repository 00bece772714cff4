import { secureRandom, type RandomBytes } from '@pastenym/shared/random';
import { drawId } from '@pastenym/shared/v2/id';

/** Ids of every version, ours and the original's (8 characters). */
const PASTE_ID = /^[A-Za-z0-9_-]{8,64}$/;

/**
 * Version 1 clients and services tell a paste's id from an IPFS content identifier (CID) by its look, so none of ours may look like one.
 * A CIDv0 is base58; a CIDv1 begins with the code of its alphabet, and of all alphabets of multibase only base64url has `_`, whose codes
 * are `u` and `U` (https://github.com/multiformats/multibase). An id does not begin with `-` either, since command line clients would take
 * it for an option.
 */
const UNMISTAKABLE = /^[^uU-].*_|^_/;

/** Draws an id of 22 characters. About 28 of 100 draws will do, so 126 of the 128 random bits remain. */
export function createPasteId(random: RandomBytes = secureRandom): string {
  for (;;) {
    const id = drawId(random);
    if (UNMISTAKABLE.test(id)) return id;
  }
}

export function isPasteId(text: string): boolean {
  return PASTE_ID.test(text);
}
