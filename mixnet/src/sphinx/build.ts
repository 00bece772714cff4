import { type RandomBytes, systemRandom } from '../crypto/random.js';
import { x25519, X25519_BYTES, x25519PublicKey } from '../crypto/sodium.js';
import {
  ADDRESS_BYTES,
  BETA_BYTES,
  DESTINATION_BYTES,
  FINAL_BLOCK_BYTES,
  IDENTIFIER_BYTES,
  MAX_HOPS,
  ROUTING_STREAM_BYTES,
  STEP_BYTES,
} from '../geometry.js';
import {
  expandSharedSecret,
  headerMac,
  type HopKeys,
  payloadKey,
  SEEDED_PAYLOAD_KEY_VERSION,
  xorHeaderStream,
} from './key-schedule.js';
import { encryptPayload } from './payload.js';
import { formatFinalBlock, formatForwardStep, type SealedRouting } from './routing.js';
import { SphinxError } from './sphinx-error.js';

/**
 * Building packets: what a client does (sphinx-packet 0.6, `SphinxHeader::new`). The network itself only unwraps; tests,
 * the benchmark and developers of clients build.
 */

export interface RouteHop {
  /** 32 bytes, see `node-address.ts`. */
  readonly address: Uint8Array;
  /** The node's X25519 public key, 32 bytes. */
  readonly publicKey: Uint8Array;
}

export interface HeaderInput {
  /** One to five hops, the last of them the recipient's gateway. */
  readonly route: readonly RouteHop[];
  /** The recipient's identity, 32 bytes. */
  readonly destination: Uint8Array;
  /** 16 bytes; zeros when left out, as all Nym clients do. */
  readonly identifier?: Uint8Array;
  /** How long each hop shall hold the packet; zero where left out. The last hop's is never sent. */
  readonly delaysNs?: readonly bigint[];
  /** 258 or 259; 259 when left out. */
  readonly version?: number;
  /** Gives the 32-byte ephemeral secret first, then the padding of the last hop's block. */
  readonly random?: RandomBytes;
}

export interface PacketInput extends HeaderInput {
  readonly plaintext: Uint8Array;
  /** The length of the payload, see `PACKET_SIZES` in `geometry.ts`. */
  readonly payloadBytes: number;
}

export interface BuiltHeader {
  /** 348 bytes. */
  readonly header: Uint8Array;
  /** What each hop will derive, in the order of the route. */
  readonly hopKeys: readonly HopKeys[];
}

const concat = (...parts: readonly Uint8Array[]): Uint8Array =>
  new Uint8Array(Buffer.concat(parts));

/**
 * A packet to send to the first hop of its route.
 * @throws SphinxError `bad-route`, `bad-alpha` (a node's key is of low order), `plaintext-length`
 */
export function buildPacket(input: PacketInput): Uint8Array {
  const { header, hopKeys } = buildHeader(input);
  const version = input.version ?? SEEDED_PAYLOAD_KEY_VERSION;
  const keys = hopKeys.map((hop) => payloadKey(hop.payloadMaterial, version));
  return concat(header, encryptPayload(input.plaintext, input.payloadBytes, keys));
}

/** @throws SphinxError `bad-route`, `bad-alpha` */
export function buildHeader(input: HeaderInput): BuiltHeader {
  assertRoute(input);
  const random = input.random ?? systemRandom;
  const secret = random(X25519_BYTES);
  const hopKeys = deriveHopKeys(secret, input.route);
  const [lastKeys, ...earlierKeys] = hopKeys.toReversed();
  if (lastKeys === undefined) throw new SphinxError('bad-route');
  const routing = earlierKeys.reduce(
    (next, keys, fromLast) => sealForwardHop(input, keys, hopKeys.length - 2 - fromLast, next),
    sealFinalHop(input, lastKeys, filler(earlierKeys.toReversed()), random),
  );
  return { header: concat(x25519PublicKey(secret), routing.gamma, routing.beta), hopKeys };
}

function assertRoute({ route, destination, identifier }: HeaderInput): void {
  const fits =
    route.length >= 1 &&
    route.length <= MAX_HOPS &&
    destination.length === DESTINATION_BYTES &&
    (identifier?.length ?? IDENTIFIER_BYTES) === IDENTIFIER_BYTES &&
    route.every(
      (hop) => hop.address.length === ADDRESS_BYTES && hop.publicKey.length === X25519_BYTES,
    );
  if (!fits) throw new SphinxError('bad-route');
}

/**
 * Every hop replaces alpha by alpha times its blinding factor, so the secret shared with a hop is its public key times
 * the ephemeral secret times the factors of all hops before it.
 */
function deriveHopKeys(secret: Uint8Array, route: readonly RouteHop[]): HopKeys[] {
  const scalars = [secret];
  return route.map(({ publicKey }) => {
    const keys = expandSharedSecret(multiplyAll(scalars, publicKey));
    scalars.push(keys.blindingFactor);
    return keys;
  });
}

function multiplyAll(scalars: readonly Uint8Array[], publicKey: Uint8Array): Uint8Array {
  try {
    return scalars.reduce((point, scalar) => x25519(scalar, point), publicKey);
  } catch (cause) {
    throw new SphinxError('bad-alpha', { cause });
  }
}

/** What the zeros that each hop appends have become when the packet reaches the last one. */
function filler(earlierKeys: readonly HopKeys[]): Uint8Array {
  return earlierKeys.reduce<Uint8Array>((previous, { streamKey }) => {
    const extended = concat(previous, new Uint8Array(STEP_BYTES));
    const offset = ROUTING_STREAM_BYTES - extended.length;
    return xorHeaderStream(streamKey, concat(new Uint8Array(offset), extended)).subarray(offset);
  }, new Uint8Array(0));
}

function sealFinalHop(
  input: HeaderInput,
  { streamKey, macKey }: HopKeys,
  fill: Uint8Array,
  random: RandomBytes,
): SealedRouting {
  const block = formatFinalBlock(
    input.version ?? SEEDED_PAYLOAD_KEY_VERSION,
    input.destination,
    input.identifier ?? new Uint8Array(IDENTIFIER_BYTES),
  );
  // Random, not zero: a last hop that sees zeros would learn the length of the route.
  const padding = random(BETA_BYTES - fill.length - FINAL_BLOCK_BYTES);
  const beta = concat(xorHeaderStream(streamKey, concat(block, padding)), fill);
  return { gamma: headerMac(macKey, beta), beta };
}

function sealForwardHop(
  input: HeaderInput,
  { streamKey, macKey }: HopKeys,
  hop: number,
  next: SealedRouting,
): SealedRouting {
  const step = formatForwardStep(
    input.version ?? SEEDED_PAYLOAD_KEY_VERSION,
    addressOf(input.route, hop + 1),
    input.delaysNs?.[hop] ?? 0n,
    next.gamma,
  );
  const kept = next.beta.subarray(0, BETA_BYTES - STEP_BYTES);
  const beta = xorHeaderStream(streamKey, concat(step, kept));
  return { gamma: headerMac(macKey, beta), beta };
}

/** @throws SphinxError `bad-route` */
export function addressOf(route: readonly RouteHop[], hop: number): Uint8Array {
  const at = route[hop];
  if (at === undefined) throw new SphinxError('bad-route');
  return at.address;
}
