import { blake2b, chacha20XorInPlace } from '../crypto/sodium.js';
import { LIONESS_LEFT_BYTES } from '../geometry.js';

/**
 * LIONESS (Anderson and Biham, 1996), a cipher whose block is the whole payload, from ChaCha20 and BLAKE2b keyed with
 * 64 bytes, as in the Rust crate `lioness`. The key is k1 (32) | k2 (64) | k3 (32) | k4 (64). Both functions work in
 * place on a block of more than 32 bytes.
 */

interface RoundKeys {
  readonly k1: Uint8Array;
  readonly k2: Uint8Array;
  readonly k3: Uint8Array;
  readonly k4: Uint8Array;
}

const roundKeys = (key: Uint8Array): RoundKeys => ({
  k1: key.subarray(0, 32),
  k2: key.subarray(32, 96),
  k3: key.subarray(96, 128),
  k4: key.subarray(128, 192),
});

const xor = (left: Uint8Array, other: Uint8Array): Uint8Array =>
  left.map((byte, i) => byte ^ (other[i] ?? 0));

function streamRound(left: Uint8Array, right: Uint8Array, key: Uint8Array): void {
  chacha20XorInPlace(right, xor(left, key));
}

function hashRound(left: Uint8Array, right: Uint8Array, key: Uint8Array): void {
  left.set(xor(left, blake2b(right, key, LIONESS_LEFT_BYTES)));
}

/** What a sender does, once for each hop, the last hop's key first. */
export function lionessEncrypt(key: Uint8Array, block: Uint8Array): void {
  const { k1, k2, k3, k4 } = roundKeys(key);
  const left = block.subarray(0, LIONESS_LEFT_BYTES);
  const right = block.subarray(LIONESS_LEFT_BYTES);
  streamRound(left, right, k1);
  hashRound(left, right, k2);
  streamRound(left, right, k3);
  hashRound(left, right, k4);
}

/** What every hop does. */
export function lionessDecrypt(key: Uint8Array, block: Uint8Array): void {
  const { k1, k2, k3, k4 } = roundKeys(key);
  const left = block.subarray(0, LIONESS_LEFT_BYTES);
  const right = block.subarray(LIONESS_LEFT_BYTES);
  hashRound(left, right, k4);
  streamRound(left, right, k3);
  hashRound(left, right, k2);
  streamRound(left, right, k1);
}
