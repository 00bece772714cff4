/** As much of Node's `Buffer` as this package uses, where Node's types are not. */
export interface NodeBuffer {
  byteLength(text: string): number;
  from(text: string, encoding: 'base64url'): Uint8Array<ArrayBuffer>;
  from(
    buffer: ArrayBufferLike,
    at: number,
    length: number,
  ): { toString(encoding: 'base64url'): string };
}

/** Undefined in browsers. */
export const { Buffer: nodeBuffer } = globalThis as { Buffer?: NodeBuffer };
