import { timingSafeEqual } from 'node:crypto';
import { x25519, X25519_BYTES } from '../crypto/sodium.js';
import {
  ALPHA_BYTES,
  GAMMA_BYTES,
  HEADER_BYTES,
  MIN_PACKET_BYTES,
  ROUTING_STREAM_BYTES,
} from '../geometry.js';
import {
  expandSharedSecret,
  headerMac,
  type HopKeys,
  payloadKey,
  xorHeaderStream,
} from './key-schedule.js';
import { lionessDecrypt } from './lioness.js';
import { unpadPlaintext } from './payload.js';
import { parseRoutingBlock, type RoutingBlock, splitHeader } from './routing.js';
import { SphinxError } from './sphinx-error.js';

export { SphinxError, type SphinxErrorCode } from './sphinx-error.js';

/** A packet that goes on to another node. */
export interface ForwardHop {
  readonly kind: 'forward';
  /** The next node's address, 32 bytes: `type | port (big-endian) | IP | zeros`. */
  readonly nextHop: Uint8Array;
  /** How long the sender asks this node to hold the packet, in nanoseconds. */
  readonly delayNs: bigint;
  /** What to send there; as long as what came in. */
  readonly packet: Uint8Array;
  /** The same 32 bytes if and only if the same packet comes again to the same key. */
  readonly replayTag: Uint8Array;
}

/** A packet whose way ends here. */
export interface FinalHop {
  readonly kind: 'final';
  /** The recipient's Ed25519 identity key, 32 bytes. */
  readonly destination: Uint8Array;
  /** 16 bytes; zero in all packets that Nym's clients make. */
  readonly identifier: Uint8Array;
  readonly plaintext: Uint8Array;
  readonly replayTag: Uint8Array;
}

export type Unwrapped = ForwardHop | FinalHop;

/** A packet whose header is proven to be for this node, before anything of it has been decrypted. */
export interface OpenedPacket {
  /** A view: copy it before keeping it. */
  readonly replayTag: Uint8Array;
  readonly packet: Uint8Array;
  readonly keys: HopKeys;
}

type ForwardBlock = Extract<RoutingBlock, { kind: 'forward' }>;
type FinalBlock = Extract<RoutingBlock, { kind: 'final' }>;

/**
 * Does what one hop does with a Sphinx packet of any version and size: derives the shared secret, checks the MAC,
 * decrypts the routing information and one layer of the payload (sphinx-packet 0.6, `SphinxPacket::process`). The
 * arrays of the result are copies.
 * @param packet `alpha (32) | gamma (16) | beta (300) | payload (at least 33)`
 * @param nodePrivateKey the node's X25519 private key, 32 bytes, clamped or not
 * @throws SphinxError `key-length`, `packet-length`, `bad-alpha`, `bad-mac`, `bad-flag`, `bad-payload`
 */
export function unwrap(packet: Uint8Array, nodePrivateKey: Uint8Array): Unwrapped {
  return decryptPacket(openPacket(packet, nodePrivateKey));
}

/** The first half of {@link unwrap}, up to the MAC. A node looks up the replay tag before it does the second half. */
export function openPacket(packet: Uint8Array, nodePrivateKey: Uint8Array): OpenedPacket {
  if (nodePrivateKey.length !== X25519_BYTES) throw new SphinxError('key-length');
  if (packet.length < MIN_PACKET_BYTES) throw new SphinxError('packet-length');
  const { alpha, gamma, beta } = splitHeader(packet.subarray(0, HEADER_BYTES));
  const keys = expandSharedSecret(multiply(nodePrivateKey, alpha));
  if (!timingSafeEqual(headerMac(keys.macKey, beta), gamma)) throw new SphinxError('bad-mac');
  return { replayTag: keys.replayTag, packet, keys };
}

/** The second half of {@link unwrap}. */
export function decryptPacket({ packet, keys }: OpenedPacket): Unwrapped {
  const betaAndZeros = new Uint8Array(ROUTING_STREAM_BYTES);
  betaAndZeros.set(packet.subarray(ALPHA_BYTES + GAMMA_BYTES, HEADER_BYTES));
  const block = parseRoutingBlock(xorHeaderStream(keys.streamKey, betaAndZeros));
  return block.kind === 'forward'
    ? decryptForward(packet, keys, block)
    : decryptFinal(packet, keys, block);
}

function decryptForward(packet: Uint8Array, keys: HopKeys, block: ForwardBlock): ForwardHop {
  const next = new Uint8Array(packet);
  next.set(multiply(keys.blindingFactor, packet.subarray(0, ALPHA_BYTES)));
  next.set(block.nextGamma, ALPHA_BYTES);
  next.set(block.nextBeta, ALPHA_BYTES + GAMMA_BYTES);
  decryptPayload(next.subarray(HEADER_BYTES), keys, block.version);
  return {
    kind: 'forward',
    nextHop: new Uint8Array(block.nextHop),
    delayNs: block.delayNs,
    packet: next,
    replayTag: new Uint8Array(keys.replayTag),
  };
}

function decryptFinal(packet: Uint8Array, keys: HopKeys, block: FinalBlock): FinalHop {
  const payload = new Uint8Array(packet.subarray(HEADER_BYTES));
  decryptPayload(payload, keys, block.version);
  return {
    kind: 'final',
    destination: new Uint8Array(block.destination),
    identifier: new Uint8Array(block.identifier),
    plaintext: new Uint8Array(unpadPlaintext(payload)),
    replayTag: new Uint8Array(keys.replayTag),
  };
}

function decryptPayload(payload: Uint8Array, keys: HopKeys, version: number): void {
  lionessDecrypt(payloadKey(keys.payloadMaterial, version), payload);
}

function multiply(scalar: Uint8Array, alpha: Uint8Array): Uint8Array {
  try {
    return x25519(scalar, alpha);
  } catch (cause) {
    throw new SphinxError('bad-alpha', { cause });
  }
}
