import { hkdf } from '@noble/hashes/hkdf.js';
import { blake3 } from '@noble/hashes/blake3.js';
import { AEAD_KEY_BYTES, AEAD_NONCE_BYTES, AEAD_TAG_BYTES, seal, unseal } from '../crypto/aead.js';
import {
  ED25519_KEY_BYTES,
  ED25519_SIGNATURE_BYTES,
  signEd25519,
  type SigningKey,
  verifiesEd25519,
} from '../crypto/ed25519.js';
import type { RandomBytes } from '../crypto/random.js';
import { x25519, X25519_BYTES, x25519PublicKey } from '../crypto/sodium.js';
import { ProtocolError } from './protocol-error.js';

/**
 * The registration handshake of protocol version 3 and later (Nym's `gateway-requests`, `src/registration/handshake`),
 * the gateway's side of it. Both sides agree on the key that will protect all their frames from then on, and prove
 * that they hold their identity keys.
 *
 *   client:  identity (32) | ephemeral (32) | salt (16)
 *   gateway: ephemeral (32) | AEAD(signature of its ephemeral | the client's) (80) | nonce (12)
 *   client:  AEAD(signature of its ephemeral | the gateway's) (80) | nonce (12)
 *   gateway: 01
 */

const SALT_BYTES = 16;
const INIT_BYTES = ED25519_KEY_BYTES + X25519_BYTES + SALT_BYTES;
const SEALED_SIGNATURE_BYTES = ED25519_SIGNATURE_BYTES + AEAD_TAG_BYTES;
const CONFIRMATION_BYTES = SEALED_SIGNATURE_BYTES + AEAD_NONCE_BYTES;
export const HANDSHAKE_DONE = Uint8Array.of(1);

/** What the gateway knows between the client's two messages. */
export interface PendingHandshake {
  readonly clientIdentity: Uint8Array;
  /** The key that both will share, 32 bytes. */
  readonly sharedKey: Uint8Array;
  /** What the client has to sign. */
  readonly clientSigns: Uint8Array;
}

/**
 * Answers the client's first message.
 * @throws ProtocolError when it is malformed or its ephemeral key is of low order
 */
export function answerHandshake(
  init: Uint8Array,
  gateway: SigningKey,
  random: RandomBytes,
): { answer: Uint8Array; pending: PendingHandshake } {
  if (init.length !== INIT_BYTES)
    throw new ProtocolError('the handshake message has a wrong length');
  const clientIdentity = init.slice(0, ED25519_KEY_BYTES);
  const clientEphemeral = init.slice(ED25519_KEY_BYTES, ED25519_KEY_BYTES + X25519_BYTES);
  const salt = init.slice(ED25519_KEY_BYTES + X25519_BYTES);

  const secret = random(X25519_BYTES);
  const ephemeral = x25519PublicKey(secret);
  const sharedKey = deriveSharedKey(agree(secret, clientEphemeral), salt);
  const signature = signEd25519(gateway, Buffer.concat([ephemeral, clientEphemeral]));
  const { ciphertext, nonce } = seal(sharedKey, signature, random);
  const clientSigns = Buffer.concat([clientEphemeral, ephemeral]);
  return {
    answer: Buffer.concat([ephemeral, ciphertext, nonce]),
    pending: { clientIdentity, sharedKey, clientSigns },
  };
}

/**
 * Checks the client's second message.
 * @throws ProtocolError when the client does not hold the identity that it claims
 */
export function confirmHandshake(pending: PendingHandshake, confirmation: Uint8Array): void {
  if (confirmation.length !== CONFIRMATION_BYTES) {
    throw new ProtocolError('the handshake message has a wrong length');
  }
  const signature = unseal(pending.sharedKey, {
    ciphertext: confirmation.subarray(0, SEALED_SIGNATURE_BYTES),
    nonce: confirmation.subarray(SEALED_SIGNATURE_BYTES),
  });
  const isProven =
    signature !== undefined &&
    verifiesEd25519(pending.clientIdentity, pending.clientSigns, signature);
  if (!isProven) throw new ProtocolError('the handshake signature is not valid');
}

/** HKDF (RFC 5869) over BLAKE3, no info. */
export const deriveSharedKey = (agreed: Uint8Array, salt: Uint8Array): Uint8Array =>
  hkdf(blake3, agreed, salt, undefined, AEAD_KEY_BYTES);

function agree(secret: Uint8Array, clientEphemeral: Uint8Array): Uint8Array {
  try {
    return x25519(secret, clientEphemeral);
  } catch {
    throw new ProtocolError('the ephemeral key is not valid');
  }
}
