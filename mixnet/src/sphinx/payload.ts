import { MIN_PAYLOAD_BYTES, PAYLOAD_OVERHEAD_BYTES, PAYLOAD_ZERO_BYTES } from '../geometry.js';
import { lionessEncrypt } from './lioness.js';
import { SphinxError } from './sphinx-error.js';

const END_MARKER = 1;

/** 16 zeros, the plaintext, one byte 01, and zeros up to the length of the payload. */
export function padPlaintext(plaintext: Uint8Array, payloadBytes: number): Uint8Array {
  const tooLong = plaintext.length > payloadBytes - PAYLOAD_OVERHEAD_BYTES;
  if (tooLong || payloadBytes < MIN_PAYLOAD_BYTES) throw new SphinxError('plaintext-length');
  const padded = new Uint8Array(payloadBytes);
  padded.set(plaintext, PAYLOAD_ZERO_BYTES);
  padded[PAYLOAD_ZERO_BYTES + plaintext.length] = END_MARKER;
  return padded;
}

/**
 * The plaintext of a decrypted payload, as a view. The payload has no MAC: that it begins with 16 zeros and that
 * nothing but zeros follows the last marker is all that tells an intact one.
 * @throws SphinxError `bad-payload`
 */
export function unpadPlaintext(padded: Uint8Array): Uint8Array {
  const leading = padded.subarray(0, PAYLOAD_ZERO_BYTES).some((byte) => byte !== 0);
  const marker = padded.lastIndexOf(END_MARKER);
  const trailing = padded.subarray(marker + 1).some((byte) => byte !== 0);
  if (leading || marker < PAYLOAD_ZERO_BYTES || trailing) throw new SphinxError('bad-payload');
  return padded.subarray(PAYLOAD_ZERO_BYTES, marker);
}

/** The payload as the first hop gets it: padded, then encrypted for each hop, the last hop first. */
export function encryptPayload(
  plaintext: Uint8Array,
  payloadBytes: number,
  hopPayloadKeys: readonly Uint8Array[],
): Uint8Array {
  const payload = padPlaintext(plaintext, payloadBytes);
  for (const key of hopPayloadKeys.toReversed()) lionessEncrypt(key, payload);
  return payload;
}
