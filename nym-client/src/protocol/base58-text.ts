import { base58 } from '@scure/base';
import { MAX_BASE58_CHARACTERS } from './limits.js';
import { debugCharacter } from './rust-text.js';

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/**
 * Why `text` is not base58, in the words of Rust's crate bs58 (0.5.1), or undefined if it is.
 * Positions count bytes of UTF-8; since the first character outside ASCII ends the search, they equal characters.
 */
export function base58Complaint(text: string): string | undefined {
  let at = 0;
  for (const character of text) {
    if (character > '\x7f') {
      return `provided string contained non-ascii character starting at byte ${at}`;
    }
    if (!ALPHABET.includes(character)) {
      const shown = debugCharacter(character);
      return `provided string contained invalid character ${shown} at byte ${at}`;
    }
    at++;
  }
  return undefined;
}

/**
 * Decodes text about which there is no complaint. What is too long to be any key is cut, so that decoding stays quick:
 * the bytes are then still too many for a key, but fewer than the native client would count.
 */
export function decodeBase58(text: string): Uint8Array {
  return base58.decode(text.slice(0, MAX_BASE58_CHARACTERS));
}
