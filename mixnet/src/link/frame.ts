import type { Readable } from 'node:stream';
import { packetSizeByLength, packetSizeByTag } from '../geometry.js';

/**
 * Frames between nodes (Nym's `nymsphinx-framing`, `src/packet.rs` and `codec.rs`):
 * `version | size tag | packet type | key rotation (only since version 8) | Sphinx packet`.
 * The length follows from the size tag. Frames follow each other; nothing is ever answered.
 */

export const FRAME_VERSION = 8;
const LEGACY_FRAME_VERSION = 7;
export const MIX_PACKET_TYPE = 0;
/** Which of a node's keys the sender took: unknown, that of an odd or an even rotation. */
export type KeyRotation = 0 | 1 | 2;
export const UNKNOWN_ROTATION: KeyRotation = 0;

/** Version, size tag and packet type: what both versions begin with. */
const FIXED_HEADER_BYTES = 3;
const ROTATION_BYTES = 1;
const HEADER_BYTES = FIXED_HEADER_BYTES + ROTATION_BYTES;

export interface MixFrame {
  readonly rotation: KeyRotation;
  /** A Sphinx packet of one of the known sizes. */
  readonly packet: Uint8Array;
}

/** Bytes that are no frame. There is no way to find the next one, so the connection must end. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

export function isKeyRotation(byte: number | undefined): byte is KeyRotation {
  return byte === 0 || byte === 1 || byte === 2;
}

/** The frame of version 8. The packet must have a known size. */
export function formatFrame({ packet, rotation }: MixFrame): Uint8Array {
  const size = packetSizeByLength(packet.length);
  if (size === undefined) throw new FrameError('a packet of no known size');
  const frame = new Uint8Array(HEADER_BYTES + packet.length);
  frame.set([FRAME_VERSION, size.tag, MIX_PACKET_TYPE, rotation]);
  frame.set(packet, HEADER_BYTES);
  return frame;
}

interface FrameHeader {
  readonly rotationBytes: number;
  readonly packetBytes: number;
}

function parseHeader(header: Uint8Array): FrameHeader {
  const [version, sizeTag, packetType] = header;
  const size = packetSizeByTag(sizeTag ?? 0);
  if (version !== FRAME_VERSION && version !== LEGACY_FRAME_VERSION) {
    throw new FrameError('a frame version other than 7 and 8');
  }
  if (size === undefined) throw new FrameError('a size tag other than 1 to 5');
  if (packetType !== MIX_PACKET_TYPE) throw new FrameError('a packet type other than Sphinx');
  const rotationBytes = version === LEGACY_FRAME_VERSION ? 0 : ROTATION_BYTES;
  return { rotationBytes, packetBytes: size.packetBytes };
}

function parseBody(body: Uint8Array, { rotationBytes }: FrameHeader): MixFrame {
  const rotation = rotationBytes === 0 ? UNKNOWN_ROTATION : body[0];
  if (!isKeyRotation(rotation)) throw new FrameError('a key rotation other than 0, 1 and 2');
  return { rotation, packet: body.subarray(rotationBytes) };
}

/**
 * Takes frames off a stream one by one. The stream keeps what is not complete yet, and no more than its
 * high-water mark or one frame of it: that is the back-pressure.
 */
export class FrameReader {
  readonly #stream: Pick<Readable, 'read'>;
  #header: FrameHeader | undefined;

  constructor(stream: Pick<Readable, 'read'>) {
    this.#stream = stream;
  }

  /** Whether a frame has begun and is not complete. */
  get isInsideFrame(): boolean {
    return this.#header !== undefined;
  }

  /**
   * @returns the next frame, or undefined until the stream says `readable` again
   * @throws FrameError
   */
  next(): MixFrame | undefined {
    this.#header ??= this.#readHeader();
    if (this.#header === undefined) return undefined;
    const body = this.#read(this.#header.rotationBytes + this.#header.packetBytes);
    if (body === undefined) return undefined;
    const frame = parseBody(body, this.#header);
    this.#header = undefined;
    return frame;
  }

  #readHeader(): FrameHeader | undefined {
    const header = this.#read(FIXED_HEADER_BYTES);
    return header === undefined ? undefined : parseHeader(header);
  }

  #read(byteCount: number): Uint8Array | undefined {
    const bytes: unknown = this.#stream.read(byteCount);
    // A stream that has ended gives what is left, which may be less than was asked for.
    return bytes instanceof Uint8Array && bytes.length === byteCount ? bytes : undefined;
  }
}
