/**
 * Reads the body of an answer, but no more of it than is of use.
 * @throws RangeError if it is longer
 */
export async function readBody(response: Response, maxBytes: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  // Node's own streams can be iterated; the type of the web's does not say so.
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += part.length;
    if (bytes > maxBytes) throw new RangeError(`An answer of more than ${maxBytes} bytes.`);
    parts.push(part);
  }
  return Buffer.concat(parts, bytes);
}
