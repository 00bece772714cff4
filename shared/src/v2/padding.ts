/**
 * Padmé (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", 2019, §4.2): lengths are rounded up so that
 * only O(log log L) bits of them show, at a cost of at most 12 %.
 */

/** Below this, everything looks alike: most texts and all control messages. In bytes. */
export const PADDING_FLOOR_BYTES = 1024;

/**
 * The length to which `length` bytes are padded.
 * @param length a whole number of bytes, 0 to 2^31 - 1
 */
export function paddedLength(length: number): number {
  if (length <= PADDING_FLOOR_BYTES) return PADDING_FLOOR_BYTES;
  const exponent = Math.floor(Math.log2(length));
  const significantBits = Math.floor(Math.log2(exponent)) + 1;
  const step = 2 ** (exponent - significantBits);
  return Math.ceil(length / step) * step;
}
