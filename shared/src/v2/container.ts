import * as z from 'zod/mini';
import { concatBytes } from '../bytes.js';
import { AppError } from '../errors.js';
import { paddedLength } from './padding.js';

/**
 * What is inside of a sealed paste: a text and any number of files, in one piece.
 *
 *     container = header length (u32 BE), header (JSON), text (UTF-8), the bytes of each file in turn
 *     framed    = compression (u8: 0 none, 1 deflate), length of what follows (u32 BE), container or its deflate stream, zeros
 *
 * `framed` is padded to `paddedLength`. Compression comes first: the other way round, it would undo the padding. (RFC 1951, without zlib's header. It is left out where
 * it gains nothing.) Format, language, names, types and sizes are all in here; the service sees none of them.
 */
export interface PasteContent {
  text: string;
  format: 'plain' | 'markdown' | 'code';
  /** Of code; as its author named it. */
  language?: string | undefined;
  files: PasteFile[];
}

/** Name and type are the author's: hostile until proven otherwise. */
export interface PasteFile {
  name: string;
  type: string;
  bytes: Uint8Array;
}

const COMPRESSION = { none: 0, deflate: 1 } as const;
const FRAME_HEADER_BYTES = 5;
const HEADER_LENGTH_BYTES = 4;
const MAX_HEADER_BYTES = 65_536;
const MAX_FILES = 64;
const MAX_NAME_LENGTH = 255;
/** What a paste may become when it is inflated. A hostile author could otherwise make a reader's browser swell to a thousand times of what it loaded. */
export const MAX_CONTAINER_BYTES = 256 * 1024 * 1024;

const shortText = z.string().check(z.maxLength(MAX_NAME_LENGTH));
const size = z.int().check(z.gte(0), z.lte(MAX_CONTAINER_BYTES));

const headerSchema = z.object({
  format: z.enum(['plain', 'markdown', 'code']),
  language: z.optional(shortText),
  textBytes: size,
  files: z
    .array(z.object({ name: shortText, type: shortText, bytes: size }))
    .check(z.maxLength(MAX_FILES)),
});

/** @throws AppError `bad-paste` (a name, a number of files beyond the bounds, half a surrogate pair in the text), `paste-too-large` */
export async function packContent(content: PasteContent): Promise<Uint8Array<ArrayBuffer>> {
  const container = writeContainer(content);
  const deflated = await deflate(container);
  const [compression, body] =
    deflated.length < container.length
      ? [COMPRESSION.deflate, deflated]
      : [COMPRESSION.none, container];
  const framed = new Uint8Array(paddedLength(FRAME_HEADER_BYTES + body.length));
  framed[0] = compression;
  new DataView(framed.buffer).setUint32(1, body.length);
  framed.set(body, FRAME_HEADER_BYTES);
  return framed;
}

/**
 * @param mostBytes what it may become when it is inflated
 * @throws AppError `bad-paste`, `paste-too-large`
 */
export async function unpackContent(
  framed: Uint8Array,
  mostBytes = MAX_CONTAINER_BYTES,
): Promise<PasteContent> {
  if (framed.length < FRAME_HEADER_BYTES) throw new AppError('bad-paste');
  const length = viewOf(framed).getUint32(1);
  const body = framed.subarray(FRAME_HEADER_BYTES, FRAME_HEADER_BYTES + length);
  const rest = framed.subarray(FRAME_HEADER_BYTES + length);
  if (body.length !== length || rest.some((byte) => byte !== 0)) throw new AppError('bad-paste');
  switch (framed[0]) {
    case COMPRESSION.none:
      return readContainer(body);
    case COMPRESSION.deflate:
      return readContainer(await inflate(body, mostBytes));
    default:
      throw new AppError('bad-paste', { detail: 'Its compression is unknown.' });
  }
}

function writeContainer({ text, format, language, files }: PasteContent): Uint8Array<ArrayBuffer> {
  const textBytes = encodeUtf8(text);
  const header = {
    format,
    ...(language === undefined ? {} : { language }),
    textBytes: textBytes.length,
    files: files.map(({ name, type, bytes }) => ({ name, type, bytes: bytes.length })),
  };
  if (!headerSchema.safeParse(header).success) throw new AppError('bad-paste');
  const headerBytes = new TextEncoder().encode(JSON.stringify(header));
  const length = new Uint8Array(HEADER_LENGTH_BYTES);
  viewOf(length).setUint32(0, headerBytes.length);
  const container = concatBytes(length, headerBytes, textBytes, ...files.map((it) => it.bytes));
  if (headerBytes.length > MAX_HEADER_BYTES || container.length > MAX_CONTAINER_BYTES) {
    throw new AppError('paste-too-large');
  }
  return container;
}

function readContainer(container: Uint8Array): PasteContent {
  if (container.length < HEADER_LENGTH_BYTES) throw new AppError('bad-paste');
  const headerBytes = viewOf(container).getUint32(0);
  if (headerBytes > MAX_HEADER_BYTES) throw new AppError('bad-paste');
  let at = HEADER_LENGTH_BYTES;
  const take = (length: number) => {
    const part = container.subarray(at, at + length);
    if (part.length !== length) throw new AppError('bad-paste', { detail: 'It is cut off.' });
    at += length;
    return part;
  };
  const { format, language, textBytes, files } = readHeader(take(headerBytes));
  const content = {
    text: decodeUtf8(take(textBytes)),
    format,
    language,
    files: files.map(({ name, type, bytes }) => ({ name, type, bytes: take(bytes).slice() })),
  };
  if (at !== container.length) throw new AppError('bad-paste', { detail: 'It goes on.' });
  return content;
}

function readHeader(bytes: Uint8Array): z.infer<typeof headerSchema> {
  try {
    return headerSchema.parse(JSON.parse(decodeUtf8(bytes)));
  } catch (cause) {
    throw new AppError('bad-paste', { cause });
  }
}

/** UTF-8 has no form for half of a surrogate pair, which would come back as another character. (In the header, JSON escapes it.) */
function encodeUtf8(text: string): Uint8Array {
  if (text.isWellFormed()) return new TextEncoder().encode(text);
  throw new AppError('bad-paste', { detail: 'Its text has half a surrogate pair.' });
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new AppError('bad-paste', { cause });
  }
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

const deflate = (bytes: Uint8Array) =>
  pump(bytes, new CompressionStream('deflate-raw'), Number.POSITIVE_INFINITY);

async function inflate(bytes: Uint8Array, mostBytes: number): Promise<Uint8Array> {
  try {
    return await pump(bytes, new DecompressionStream('deflate-raw'), mostBytes);
  } catch (cause) {
    throw cause instanceof AppError ? cause : new AppError('bad-paste', { cause });
  }
}

/** Sends bytes through a stream and collects what comes out, up to `mostBytes`. */
async function pump(
  bytes: Uint8Array,
  stream: GenericTransformStream,
  mostBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const written = write(bytes, stream.writable as WritableStream<Uint8Array>);
  // A reader that fails cancels the stream, and the writer with it; the reader's error is the one to tell.
  written.catch(() => undefined);
  const parts: Uint8Array[] = [];
  let total = 0;
  for await (const part of iterate(stream.readable as ReadableStream<Uint8Array>)) {
    total += part.length;
    if (total > mostBytes) throw new AppError('paste-too-large');
    parts.push(part);
  }
  await written;
  return concatBytes(...parts);
}

async function write(bytes: Uint8Array, writable: WritableStream<Uint8Array>): Promise<void> {
  const writer = writable.getWriter();
  await writer.write(bytes);
  await writer.close();
}

/** Safari's streams cannot be iterated by themselves. */
async function* iterate(readable: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = readable.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}
