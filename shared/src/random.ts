/** Returns `length` unpredictable bytes. An argument wherever chance matters. */
export type RandomBytes = (length: number) => Uint8Array<ArrayBuffer>;

/** `crypto.getRandomValues` gives at most this many bytes at a time (Web Cryptography API §10.1.1). */
const MAX_BYTES_PER_CALL = 65_536;

export const secureRandom: RandomBytes = (length) => {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += MAX_BYTES_PER_CALL) {
    crypto.getRandomValues(bytes.subarray(at, at + MAX_BYTES_PER_CALL));
  }
  return bytes;
};
