import sodium from 'sodium-native';

/**
 * The three primitives of the hop path that node:crypto lacks or does slowly (it has no keyed BLAKE2b, and importing a
 * raw X25519 scalar there costs as much as the multiplication), from libsodium.
 */

export const X25519_BYTES = 32;
const CHACHA20_ZERO_NONCE = Buffer.alloc(8);

/** @types/sodium-native asks for Buffers; the library takes any view of bytes, without copying it. */
const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/**
 * X25519 of RFC 7748 section 5: clamps the 32-byte scalar, ignores the top bit of the 32-byte point.
 * @throws when the point is of low order, so that the result would not depend on the scalar (RFC 7748 section 6.1).
 */
export function x25519(scalar: Uint8Array, point: Uint8Array): Uint8Array {
  const product = new Uint8Array(X25519_BYTES);
  sodium.crypto_scalarmult(asBuffer(product), asBuffer(scalar), asBuffer(point));
  return product;
}

/** The X25519 public key (32 bytes) of a private key (32 bytes, clamped or not). */
export function x25519PublicKey(scalar: Uint8Array): Uint8Array {
  const product = new Uint8Array(X25519_BYTES);
  sodium.crypto_scalarmult_base(asBuffer(product), asBuffer(scalar));
  return product;
}

/** Keyed BLAKE2b (RFC 7693); key and digest of at most 64 bytes. */
export function blake2b(message: Uint8Array, key: Uint8Array, digestBytes: number): Uint8Array {
  const digest = new Uint8Array(digestBytes);
  sodium.crypto_generichash(asBuffer(digest), asBuffer(message), asBuffer(key));
  return digest;
}

/** XORs `bytes`, in place, with the ChaCha20 stream of a 32-byte key that is used once: nonce zero, counter zero. */
export function chacha20XorInPlace(bytes: Uint8Array, key: Uint8Array): void {
  const view = asBuffer(bytes);
  sodium.crypto_stream_chacha20_xor(view, view, CHACHA20_ZERO_NONCE, asBuffer(key));
}
