import { randomBytes } from 'node:crypto';

/** Gives that many unpredictable bytes. An argument wherever chance matters, so that tests can load the dice. */
export type RandomBytes = (byteCount: number) => Uint8Array;

export const systemRandom: RandomBytes = (byteCount) => new Uint8Array(randomBytes(byteCount));

const U32_RANGE = 2 ** 32;

/** True with the given probability. Draws nothing at probability zero. */
export function happens(probability: number, random: RandomBytes): boolean {
  if (probability <= 0) return false;
  const drawn = Buffer.from(random(4)).readUInt32LE();
  return drawn / U32_RANGE < probability;
}
