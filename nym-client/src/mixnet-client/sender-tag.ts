import { SENDER_TAG_BYTES } from '../protocol/limits.js';

/**
 * The WASM client hands over sender tags as objects without a method to read them, while `send_reply` wants them in
 * base58. In version 1.4.1 the object's pointer leads to a 4-byte borrow flag (a `RefCell`'s, as wasm-bindgen lays out
 * exported structs) with the 16 bytes of the tag behind it. Only that very build is accepted (wasm-package.ts).
 */
export interface OpaqueSenderTag {
  readonly __wbg_ptr: number;
  free(): void;
}

const BORROW_FLAG_BYTES = 4;

/**
 * Reads a tag out of the memory of the WASM module, and frees the object.
 * @throws Error if the memory does not look as it must
 */
export function takeSenderTag(memory: ArrayBufferLike, tag: OpaqueSenderTag): Uint8Array {
  const start = tag.__wbg_ptr >>> 0;
  if (start === 0 || start + BORROW_FLAG_BYTES + SENDER_TAG_BYTES > memory.byteLength) {
    throw new Error('A sender tag lies outside of the memory of the WASM client.');
  }
  const borrowFlag = new DataView(memory).getUint32(start, true);
  if (borrowFlag !== 0) throw new Error('A sender tag does not lie where it should.');
  const bytes = new Uint8Array(memory, start + BORROW_FLAG_BYTES, SENDER_TAG_BYTES).slice();
  tag.free();
  return bytes;
}
