import { once } from 'node:events';
import { Readable } from 'node:stream';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hex } from '../../test/support/vectors.js';
import { PACKET_SIZES, REGULAR } from '../geometry.js';
import { formatFrame, FrameError, FrameReader, type KeyRotation, type MixFrame } from './frame.js';

const anyFrame = fc
  .record({
    size: fc.constantFrom(...PACKET_SIZES),
    rotation: fc.constantFrom<KeyRotation>(0, 1, 2),
    fill: fc.nat(255),
  })
  .map(({ size, rotation, fill }): MixFrame => ({
    rotation,
    packet: new Uint8Array(size.packetBytes).fill(fill),
  }));

/** The same frame as older nodes send it: version 7, without the rotation. */
function legacy(frame: Uint8Array): Uint8Array {
  return Uint8Array.from([7, ...frame.subarray(1, 3), ...frame.subarray(4)]);
}

/** Reads all frames of a stream that delivers these chunks. */
async function readAll(chunks: readonly Uint8Array[]): Promise<MixFrame[]> {
  const stream = Readable.from(chunks, { objectMode: false });
  const reader = new FrameReader(stream);
  const frames: MixFrame[] = [];
  stream.on('readable', () => {
    try {
      for (let frame = reader.next(); frame; frame = reader.next()) frames.push(frame);
    } catch (error) {
      stream.destroy(error instanceof FrameError ? error : new Error('not a FrameError'));
    }
  });
  await once(stream, 'end');
  return frames;
}

/** Quicker to compare than thousands of numbers. */
const textOf = ({ rotation, packet }: MixFrame): string => `${rotation} ${hex(packet)}`;

function cutUp(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts.map((cut) => cut % bytes.length).toSorted((a, b) => a - b)];
  return places.map((from, i) => bytes.subarray(from, places[i + 1])).filter((c) => c.length > 0);
}

test('frames are read whole however the network cuts them up', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyFrame, { minLength: 1, maxLength: 4 }),
      fc.array(fc.nat(200_000), { maxLength: 12 }),
      async (frames, cuts) => {
        const bytes = Buffer.concat(frames.map(formatFrame));
        const read = await readAll(cutUp(bytes, cuts));
        expect(read.map(textOf)).toEqual(frames.map(textOf));
      },
    ),
    { numRuns: 50 },
  );
});

test('a frame of version 7 is read, its rotation unknown', async () => {
  const packet = new Uint8Array(REGULAR.packetBytes).fill(3);
  const [frame] = await readAll([legacy(formatFrame({ packet, rotation: 2 }))]);
  expect(frame?.rotation).toBe(0);
  expect(Buffer.from(frame!.packet)).toEqual(Buffer.from(packet));
});

test('a frame that is cut off is not one', async () => {
  const bytes = formatFrame({ packet: new Uint8Array(REGULAR.packetBytes), rotation: 1 });
  expect(await readAll([bytes.subarray(0, -1)])).toEqual([]);
});

test.each([
  ['version 6', [6, 1, 0, 0]],
  ['version 9', [9, 1, 0, 0]],
  ['size tag 0', [8, 0, 0, 0]],
  ['the size tag of an Outfox packet', [8, 6, 0, 0]],
  ['the type of an Outfox packet', [8, 1, 2, 0]],
  ['rotation 3', [8, 1, 0, 3]],
])('a frame with %s is refused', async (_, header) => {
  const bytes = Uint8Array.from([...header, ...new Uint8Array(REGULAR.packetBytes)]);
  await expect(readAll([bytes])).rejects.toBeInstanceOf(FrameError);
});

test('a packet of no known size cannot be framed', () => {
  expect(() => formatFrame({ packet: new Uint8Array(100), rotation: 0 })).toThrow(FrameError);
});

test('no bytes make reading fail in any other way', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), async (bytes) => {
      const outcome = await readAll([bytes]).catch((error: unknown) => error);
      expect(Array.isArray(outcome) || outcome instanceof FrameError).toBe(true);
    }),
  );
});
