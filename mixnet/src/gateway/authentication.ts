import { timingSafeEqual } from 'node:crypto';
import { base58 } from '@scure/base';
import { unseal } from '../crypto/aead.js';
import { ED25519_KEY_BYTES, verifiesEd25519 } from '../crypto/ed25519.js';
import { MAX_CLOCK_SKEW_MS } from '../limits.js';
import type { AuthenticateV1, AuthenticateV2 } from './control-messages.js';
import { ProtocolError } from './protocol-error.js';

/**
 * How a registered client comes back (Nym's `gateway-requests`, `src/types/text_request/authenticate.rs`): version 2
 * signs its identity, the identity sealed with the shared key, the nonce and the time; version 1 only sends the sealed
 * identity.
 */

const TIMESTAMP_BYTES = 8;
const MS_PER_SECOND = 1000;
const FAILED = 'failed to authenticate the client';
/** 48 bytes, the longest base58 string of a version 1 request, take at most this many characters. */
const MAX_BASE58_CHARACTERS = 66;

/** A client that says who it is; nothing of it is proven yet. */
export interface Claim {
  readonly identity: Uint8Array;
  readonly sealedIdentity: Uint8Array;
  readonly nonce: Uint8Array;
}

export const claimOfV2 = (request: AuthenticateV2): Claim => ({
  identity: request.clientIdentity,
  sealedIdentity: request.addressCiphertext,
  nonce: request.nonce,
});

/** @throws ProtocolError */
export const claimOfV1 = (request: AuthenticateV1): Claim => ({
  identity: decodeBase58(request.address),
  sealedIdentity: decodeBase58(request.enc_address),
  nonce: decodeBase58(request.iv),
});

function decodeBase58(text: string): Uint8Array {
  // Decoding takes time that grows with the square of the length.
  if (text.length > MAX_BASE58_CHARACTERS) throw new ProtocolError(`${FAILED}: a key is too long`);
  try {
    return base58.decode(text);
  } catch {
    throw new ProtocolError(`${FAILED}: a key is not base58`);
  }
}

/**
 * Checks that the client holds the key that it agreed on when it registered.
 * @throws ProtocolError also when the client is not registered (no key)
 */
export function verifyClaim(
  claim: Claim,
  sharedKey: Uint8Array | undefined,
): asserts sharedKey is Uint8Array {
  if (sharedKey === undefined) throw new ProtocolError(`${FAILED}: the client is not registered`);
  const { identity, nonce, sealedIdentity } = claim;
  const unsealed = unseal(sharedKey, { nonce, ciphertext: sealedIdentity });
  const isSame =
    unsealed?.length === ED25519_KEY_BYTES &&
    identity.length === ED25519_KEY_BYTES &&
    timingSafeEqual(unsealed, identity);
  if (!isSame) throw new ProtocolError(`${FAILED}: the shared key is another one`);
}

/**
 * Checks the signature and the time of a version 2 request.
 * @throws ProtocolError
 */
export function verifyV2(request: AuthenticateV2, nowMs: number): void {
  const skewMs = Math.abs(request.requestUnixTimestamp * MS_PER_SECOND - nowMs);
  if (skewMs > MAX_CLOCK_SKEW_MS) throw new ProtocolError(`${FAILED}: its clock is wrong`);
  const isSigned = verifiesEd25519(
    request.clientIdentity,
    signedBytes(request),
    request.requestSignature,
  );
  if (!isSigned) throw new ProtocolError(`${FAILED}: the signature is not valid`);
}

/** version (1) | identity (32) | sealed identity (48) | nonce (12) | seconds (8, big-endian) */
export function signedBytes(request: AuthenticateV2): Uint8Array {
  const seconds = Buffer.alloc(TIMESTAMP_BYTES);
  seconds.writeBigUInt64BE(BigInt(request.requestUnixTimestamp));
  return Buffer.concat([
    Uint8Array.of(request.protocolVersion),
    request.clientIdentity,
    request.addressCiphertext,
    request.nonce,
    seconds,
  ]);
}
