import {
  ADDRESS_BYTES,
  BETA_BYTES,
  DELAY_BYTES,
  DESTINATION_BYTES,
  FINAL_BLOCK_BYTES,
  FLAG_BYTES,
  FORWARD_BLOCK_BYTES,
  GAMMA_BYTES,
  IDENTIFIER_BYTES,
  STEP_BYTES,
  VERSION_BYTES,
} from '../geometry.js';
import { SphinxError } from './sphinx-error.js';

/** The routing information that one hop finds in its slot of beta (sphinx-packet 0.6, `src/header/routing`). */
export type RoutingBlock =
  | {
      readonly kind: 'forward';
      readonly version: number;
      readonly nextHop: Uint8Array;
      readonly delayNs: bigint;
      readonly nextGamma: Uint8Array;
      readonly nextBeta: Uint8Array;
    }
  | {
      readonly kind: 'final';
      readonly version: number;
      readonly destination: Uint8Array;
      readonly identifier: Uint8Array;
    };

const FORWARD_FLAG = 1;
const FINAL_FLAG = 2;
/** The version is `00` followed by a big-endian number; the flag comes before it. */
const VERSION_OFFSET = FLAG_BYTES + 1;
const BODY_OFFSET = FLAG_BYTES + VERSION_BYTES;
const DELAY_OFFSET = BODY_OFFSET + ADDRESS_BYTES;
const IDENTIFIER_OFFSET = BODY_OFFSET + DESTINATION_BYTES;

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/**
 * Reads the 360 decrypted bytes of beta and the slot of zeros after it; the parts are views.
 * @throws SphinxError `bad-flag`
 */
export function parseRoutingBlock(block: Uint8Array): RoutingBlock {
  const version = viewOf(block).getUint16(VERSION_OFFSET);
  switch (block[0]) {
    case FORWARD_FLAG:
      return {
        kind: 'forward',
        version,
        nextHop: block.subarray(BODY_OFFSET, DELAY_OFFSET),
        delayNs: viewOf(block).getBigUint64(DELAY_OFFSET),
        nextGamma: block.subarray(FORWARD_BLOCK_BYTES, STEP_BYTES),
        nextBeta: block.subarray(STEP_BYTES, STEP_BYTES + BETA_BYTES),
      };
    case FINAL_FLAG:
      return {
        kind: 'final',
        version,
        destination: block.subarray(BODY_OFFSET, IDENTIFIER_OFFSET),
        identifier: block.subarray(IDENTIFIER_OFFSET, IDENTIFIER_OFFSET + IDENTIFIER_BYTES),
      };
    default:
      throw new SphinxError('bad-flag');
  }
}

function startBlock(flag: number, version: number, byteCount: number): Uint8Array {
  const block = new Uint8Array(byteCount);
  block[0] = flag;
  viewOf(block).setUint16(VERSION_OFFSET, version);
  return block;
}

/** The last hop's block, 52 bytes. */
export function formatFinalBlock(
  version: number,
  destination: Uint8Array,
  identifier: Uint8Array,
): Uint8Array {
  const block = startBlock(FINAL_FLAG, version, FINAL_BLOCK_BYTES);
  block.set(destination, BODY_OFFSET);
  block.set(identifier, IDENTIFIER_OFFSET);
  return block;
}

/** A forwarding hop's slot, 60 bytes: its block and the MAC of the next header. */
export function formatForwardStep(
  version: number,
  nextHop: Uint8Array,
  delayNs: bigint,
  nextGamma: Uint8Array,
): Uint8Array {
  const step = startBlock(FORWARD_FLAG, version, STEP_BYTES);
  step.set(nextHop, BODY_OFFSET);
  viewOf(step).setBigUint64(DELAY_OFFSET, delayNs);
  step.set(nextGamma, DELAY_OFFSET + DELAY_BYTES);
  return step;
}

/** gamma and beta of a header. */
export interface SealedRouting {
  readonly gamma: Uint8Array;
  readonly beta: Uint8Array;
}

/** Cuts a header of 348 bytes into alpha, gamma and beta, as views. */
export function splitHeader(header: Uint8Array): SealedRouting & { readonly alpha: Uint8Array } {
  const gammaStart = header.length - BETA_BYTES - GAMMA_BYTES;
  return {
    alpha: header.subarray(0, gammaStart),
    gamma: header.subarray(gammaStart, gammaStart + GAMMA_BYTES),
    beta: header.subarray(gammaStart + GAMMA_BYTES),
  };
}
