import { nodeBuffer } from './node-buffer.js';

const utf8 = new TextEncoder();

export const browserUtf8Length = (text: string): number => utf8.encode(text).length;

/** How many bytes a text has in UTF-8. Node counts them without writing them down. */
export const utf8Length = (text: string): number =>
  nodeBuffer?.byteLength(text) ?? browserUtf8Length(text);
