import { gcmsiv } from '@noble/ciphers/aes.js';
import type { RandomBytes } from './random.js';

/**
 * AES-256-GCM-SIV (RFC 8452) with empty associated data, the AEAD between gateways and clients. OpenSSL has it only
 * since 3.2, Node.js 20 to 22 have 3.0.
 */

export const AEAD_KEY_BYTES = 32;
export const AEAD_NONCE_BYTES = 12;
export const AEAD_TAG_BYTES = 16;

export interface Sealed {
  readonly nonce: Uint8Array;
  /** As long as the plaintext and the 16-byte tag. */
  readonly ciphertext: Uint8Array;
}

/** Encrypts under a fresh random nonce: the caller cannot choose one, hence cannot use one twice. */
export function seal(key: Uint8Array, plaintext: Uint8Array, random: RandomBytes): Sealed {
  const nonce = random(AEAD_NONCE_BYTES);
  return { nonce, ciphertext: gcmsiv(key, nonce).encrypt(plaintext) };
}

/** @returns undefined when it was not sealed with this key */
export function unseal(key: Uint8Array, { nonce, ciphertext }: Sealed): Uint8Array | undefined {
  if (nonce.length !== AEAD_NONCE_BYTES || ciphertext.length < AEAD_TAG_BYTES) return undefined;
  try {
    return gcmsiv(key, nonce).decrypt(ciphertext);
  } catch {
    // With these lengths the only error is "invalid tag".
    return undefined;
  }
}
