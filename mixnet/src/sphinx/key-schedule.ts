import { createCipheriv, createHmac, hkdfSync } from 'node:crypto';
import {
  BLINDING_FACTOR_BYTES,
  EXPANDED_SECRET_BYTES,
  GAMMA_BYTES,
  MAC_KEY_BYTES,
  PAYLOAD_KEY_BYTES,
  PAYLOAD_KEY_SEED_BYTES,
  STREAM_KEY_BYTES,
} from '../geometry.js';

/** The last version whose packets use the payload key of the key schedule itself; 259 and later expand its seed. */
export const EXPLICIT_PAYLOAD_KEY_VERSION = 258;
export const SEEDED_PAYLOAD_KEY_VERSION = 259;

// The strings are those of sphinx-packet 0.6, `src/constants.rs`: HKDF_INPUT_SEED and the payload key's salt and info.
const HEADER_INFO =
  'Dwste mou enan moxlo arketa makru kai ena upomoxlio gia na ton topothetisw kai tha kinisw thn gh.';
const PAYLOAD_SALT = 'sphinx-payload-key-V01-CS01-HKDF:SHA256-SALT';
const PAYLOAD_INFO = 'sphinx-payload-key-V01-CS01-HKDF:SHA256-INFO';
const NO_SALT = new Uint8Array(0);
const ZERO_IV = new Uint8Array(16);

/** The keys that sender and hop derive from their shared secret. */
export interface HopKeys {
  readonly streamKey: Uint8Array;
  readonly macKey: Uint8Array;
  /** 192 bytes: the payload key of versions up to 258; its first 16 bytes are the seed of the later ones'. */
  readonly payloadMaterial: Uint8Array;
  readonly blindingFactor: Uint8Array;
  readonly replayTag: Uint8Array;
}

/** Expands the 32-byte X25519 shared secret of one hop with HKDF-SHA256 (RFC 5869). */
export function expandSharedSecret(sharedSecret: Uint8Array): HopKeys {
  const okm = new Uint8Array(
    hkdfSync('sha256', sharedSecret, NO_SALT, HEADER_INFO, EXPANDED_SECRET_BYTES),
  );
  const macStart = STREAM_KEY_BYTES;
  const payloadStart = macStart + MAC_KEY_BYTES;
  const blindingStart = payloadStart + PAYLOAD_KEY_BYTES;
  const tagStart = blindingStart + BLINDING_FACTOR_BYTES;
  return {
    streamKey: okm.subarray(0, macStart),
    macKey: okm.subarray(macStart, payloadStart),
    payloadMaterial: okm.subarray(payloadStart, blindingStart),
    blindingFactor: okm.subarray(blindingStart, tagStart),
    replayTag: okm.subarray(tagStart),
  };
}

/** The 192-byte LIONESS key for a packet of this version. */
export function payloadKey(payloadMaterial: Uint8Array, version: number): Uint8Array {
  if (version <= EXPLICIT_PAYLOAD_KEY_VERSION) return payloadMaterial;
  return expandPayloadKeySeed(payloadMaterial.subarray(0, PAYLOAD_KEY_SEED_BYTES));
}

/** Expands a 16-byte seed to a 192-byte LIONESS key. */
export const expandPayloadKeySeed = (seed: Uint8Array): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', seed, PAYLOAD_SALT, PAYLOAD_INFO, PAYLOAD_KEY_BYTES));

/** `bytes` XOR the AES-128-CTR stream of a hop, from its start. */
export const xorHeaderStream = (streamKey: Uint8Array, bytes: Uint8Array): Uint8Array =>
  createCipheriv('aes-128-ctr', streamKey, ZERO_IV).update(bytes);

/** gamma: the first 16 bytes of HMAC-SHA256 over beta. */
export const headerMac = (macKey: Uint8Array, beta: Uint8Array): Uint8Array =>
  createHmac('sha256', macKey).update(beta).digest().subarray(0, GAMMA_BYTES);
