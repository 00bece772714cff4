import { AEAD_NONCE_BYTES, AEAD_TAG_BYTES, seal, unseal } from '../crypto/aead.js';
import type { RandomBytes } from '../crypto/random.js';
import { IPV6_ADDRESS_BYTES, MAX_PACKET_BYTES, packetSizeByLength } from '../geometry.js';
import {
  isKeyRotation,
  type KeyRotation,
  MIX_PACKET_TYPE,
  UNKNOWN_ROTATION,
} from '../link/frame.js';
import { SphinxError } from '../sphinx/sphinx-error.js';
import { takeNodeAddress } from '../sphinx/node-address.js';
import { ProtocolError } from './protocol-error.js';

/**
 * The binary websocket frames between clients and gateways (Nym's `gateway-requests`, `src/types/binary_*.rs`):
 * `kind | 01 (encrypted) | nonce (12) | AEAD(content)`.
 */

const FORWARD_SPHINX = 1;
const FORWARD_SPHINX_V2 = 2;
const PUSHED_MESSAGE = 1;
const ENCRYPTED = 1;
const PREFIX_BYTES = 2;
const NONCE_END = PREFIX_BYTES + AEAD_NONCE_BYTES;
/** Packet type and key rotation. */
const MAX_FORWARD_PREFIX_BYTES = 2;

/** The longest frame that a client may send; text messages are shorter still. */
export const MAX_CLIENT_FRAME_BYTES =
  NONCE_END + MAX_FORWARD_PREFIX_BYTES + IPV6_ADDRESS_BYTES + MAX_PACKET_BYTES + AEAD_TAG_BYTES;

/** A packet that a client wants to be sent to the first hop of its route. */
export interface ForwardRequest {
  readonly rotation: KeyRotation;
  /** 32 bytes. */
  readonly firstHop: Uint8Array;
  readonly packet: Uint8Array;
}

/** @throws ProtocolError */
export function openForwardRequest(frame: Uint8Array, sharedKey: Uint8Array): ForwardRequest {
  const [kind, encrypted] = frame;
  if (kind !== FORWARD_SPHINX && kind !== FORWARD_SPHINX_V2) {
    throw new ProtocolError('the binary message is of an unknown kind');
  }
  if (encrypted !== ENCRYPTED) throw new ProtocolError('the binary message is not encrypted');
  const nonce = frame.subarray(PREFIX_BYTES, NONCE_END);
  const content = unseal(sharedKey, { nonce, ciphertext: frame.subarray(NONCE_END) });
  if (content === undefined) throw new ProtocolError('the binary message cannot be decrypted');
  return parseForward(kind, content);
}

/** `packet type | key rotation (kind 2 only) | first hop (7 or 19) | packet` */
function parseForward(
  kind: typeof FORWARD_SPHINX | typeof FORWARD_SPHINX_V2,
  content: Uint8Array,
): ForwardRequest {
  const rotation = kind === FORWARD_SPHINX_V2 ? content[1] : UNKNOWN_ROTATION;
  const rest = content.subarray(kind);
  const { address, bytesTaken } = takeFirstHop(rest);
  const packet = rest.subarray(bytesTaken);
  if (content[0] !== MIX_PACKET_TYPE) throw new ProtocolError('only Sphinx packets are carried');
  if (!isKeyRotation(rotation)) throw new ProtocolError('the key rotation is unknown');
  if (!packetSizeByLength(packet.length)) throw new ProtocolError('the packet has a wrong length');
  return { rotation, firstHop: address, packet };
}

function takeFirstHop(bytes: Uint8Array): { address: Uint8Array; bytesTaken: number } {
  try {
    return takeNodeAddress(bytes);
  } catch (error) {
    if (!(error instanceof SphinxError)) throw error;
    throw new ProtocolError('the address of the first hop is malformed');
  }
}

/** A message or an ack for the client. */
export function sealPushedMessage(
  message: Uint8Array,
  sharedKey: Uint8Array,
  random: RandomBytes,
): Uint8Array {
  const { nonce, ciphertext } = seal(sharedKey, message, random);
  return Buffer.concat([Uint8Array.of(PUSHED_MESSAGE, ENCRYPTED), nonce, ciphertext]);
}
