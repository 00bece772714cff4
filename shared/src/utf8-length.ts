/** As much of Node's `Buffer` as is used here, where Node's types are not. */
interface NodeBuffer {
  byteLength(text: string): number;
}

const { Buffer: nodeBuffer } = globalThis as { Buffer?: NodeBuffer };
const utf8 = new TextEncoder();

/** How many bytes a text has in UTF-8. Node counts them without writing them down. */
export const utf8Length = (text: string): number =>
  nodeBuffer?.byteLength(text) ?? utf8.encode(text).length;
