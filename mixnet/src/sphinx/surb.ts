import {
  ACK,
  ADDRESS_BYTES,
  HEADER_BYTES,
  IPV6_ADDRESS_BYTES,
  MAX_HOPS,
  PAYLOAD_KEY_BYTES,
  PAYLOAD_KEY_SEED_BYTES,
  SURB_ACK_BYTES,
} from '../geometry.js';
import { addressOf, buildHeader, buildPacket, type HeaderInput } from './build.js';
import {
  expandPayloadKeySeed,
  EXPLICIT_PAYLOAD_KEY_VERSION,
  SEEDED_PAYLOAD_KEY_VERSION,
} from './key-schedule.js';
import { takeNodeAddress, trimNodeAddress } from './node-address.js';
import { encryptPayload } from './payload.js';
import { SphinxError } from './sphinx-error.js';

/**
 * Single-use reply blocks: a ready header and the payload keys of its hops, with which somebody can answer without
 * knowing to whom (sphinx-packet 0.6, `src/surb`). On the wire: `header (348) | first hop (32) | key material`, where
 * the material of each hop is a seed of 16 bytes (version 259) or a whole key of 192 (up to 258).
 */

export interface Surb {
  readonly header: Uint8Array;
  /** 32 bytes. */
  readonly firstHop: Uint8Array;
  /** One LIONESS key of 192 bytes for each hop, in the order of the route. */
  readonly payloadKeys: readonly Uint8Array[];
}

const MATERIAL_OFFSET = HEADER_BYTES + ADDRESS_BYTES;

/** @returns the reply block in its wire form */
export function buildSurb(input: HeaderInput): Uint8Array {
  const { header, hopKeys } = buildHeader(input);
  const version = input.version ?? SEEDED_PAYLOAD_KEY_VERSION;
  const materialBytes =
    version <= EXPLICIT_PAYLOAD_KEY_VERSION ? PAYLOAD_KEY_BYTES : PAYLOAD_KEY_SEED_BYTES;
  const material = hopKeys.map((keys) => keys.payloadMaterial.subarray(0, materialBytes));
  return new Uint8Array(Buffer.concat([header, addressOf(input.route, 0), ...material]));
}

/** @throws SphinxError `surb-length` */
export function parseSurb(bytes: Uint8Array): Surb {
  const material = bytes.subarray(MATERIAL_OFFSET);
  return {
    header: bytes.subarray(0, HEADER_BYTES),
    firstHop: bytes.subarray(HEADER_BYTES, MATERIAL_OFFSET),
    payloadKeys:
      material.length < PAYLOAD_KEY_BYTES
        ? cut(material, PAYLOAD_KEY_SEED_BYTES).map(expandPayloadKeySeed)
        : cut(material, PAYLOAD_KEY_BYTES),
  };
}

function cut(material: Uint8Array, partBytes: number): Uint8Array[] {
  const count = material.length / partBytes;
  if (!Number.isInteger(count) || count < 1 || count > MAX_HOPS)
    throw new SphinxError('surb-length');
  return Array.from({ length: count }, (_, i) =>
    material.subarray(i * partBytes, (i + 1) * partBytes),
  );
}

/** The packet that carries `plaintext` back along the block's route, and the hop to send it to. Use a block once. */
export function replyWithSurb(
  { header, firstHop, payloadKeys }: Surb,
  plaintext: Uint8Array,
  payloadBytes: number,
): { firstHop: Uint8Array; packet: Uint8Array } {
  const payload = encryptPayload(plaintext, payloadBytes, payloadKeys);
  return { firstHop, packet: new Uint8Array(Buffer.concat([header, payload])) };
}

export interface SurbAck {
  /** 32 bytes. */
  readonly firstHop: Uint8Array;
  /** A complete packet of ack size. */
  readonly packet: Uint8Array;
}

/** What a sender puts in front of a message so that the last hop can acknowledge it: 405 bytes. */
export function buildSurbAck(input: HeaderInput, ackPlaintext: Uint8Array): Uint8Array {
  const surbAck = new Uint8Array(SURB_ACK_BYTES);
  const { payloadBytes } = ACK;
  surbAck.set(trimNodeAddress(addressOf(input.route, 0)));
  surbAck.set(buildPacket({ ...input, plaintext: ackPlaintext, payloadBytes }), IPV6_ADDRESS_BYTES);
  return surbAck;
}

/**
 * Cuts the plaintext of a data packet into its ack and the message.
 * @throws SphinxError `plaintext-length`, `bad-address`
 */
export function splitSurbAck(plaintext: Uint8Array): { ack: SurbAck; message: Uint8Array } {
  if (plaintext.length < SURB_ACK_BYTES) throw new SphinxError('plaintext-length');
  const { address } = takeNodeAddress(plaintext.subarray(0, IPV6_ADDRESS_BYTES));
  return {
    ack: { firstHop: address, packet: plaintext.subarray(IPV6_ADDRESS_BYTES, SURB_ACK_BYTES) },
    message: plaintext.subarray(SURB_ACK_BYTES),
  };
}
