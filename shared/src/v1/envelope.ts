import { decodeBase64 } from '../base64.js';
import { AppError } from '../errors.js';
import { MAX_MESSAGE_BYTES } from '../limits.js';

/**
 * The forms in which version 1 clients wrap their JSON, over the years:
 *
 * | form            | message                                        | sent by                              |
 * |-----------------|------------------------------------------------|--------------------------------------|
 * | `raw`           | JSON                                           | web page since 2.0.2                 |
 * | `base64`        | base64 of JSON                                 | command line client since 2023-05    |
 * | `headed`        | metadata length (u64 BE), metadata, JSON       | web page up to 2.0.1 (the SDK's own) |
 * | `base64-headed` | base64 of `headed`                             | command line client before           |
 *
 * Whoever sends a headed form gets a headed answer; all others get raw JSON.
 */
export type EnvelopeForm = 'raw' | 'base64' | 'headed' | 'base64-headed';

export interface Envelope {
  form: EnvelopeForm;
  /** What was wrapped: JSON, if the sender is honest. */
  text: string;
}

const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const LENGTH_BYTES = 8;
const MAX_METADATA_BYTES = 1024;
/** Old readers cut exactly 54 bytes, whatever the length says; so this is the only metadata that an answer can carry. */
const METADATA = '{"mimeType":"application/json","headers":null}';

/**
 * Unwraps a message.
 * @throws AppError `bad-message`: too long, not UTF-8, or a header that is not one
 */
export function openEnvelope(message: Uint8Array): Envelope {
  if (message.length > MAX_MESSAGE_BYTES) {
    throw new AppError('bad-message', { detail: 'It is too long.' });
  }
  const decoded = decodeIfBase64(message);
  const [form, body]: [EnvelopeForm, Uint8Array] =
    decoded === undefined ? ['raw', message] : ['base64', decoded];
  if (!startsWithHeader(body)) return { form, text: decodeUtf8(body) };
  return { form: form === 'raw' ? 'headed' : 'base64-headed', text: decodeUtf8(cutHeader(body)) };
}

/** Wraps an answer for whoever sent a message of this form. */
export function sealReply(form: EnvelopeForm, text: string): Uint8Array {
  const body = utf8.encode(text);
  if (form === 'raw' || form === 'base64') return body;
  const metadata = utf8.encode(METADATA);
  const message = new Uint8Array(LENGTH_BYTES + metadata.length + body.length);
  message[LENGTH_BYTES - 1] = metadata.length;
  message.set(metadata, LENGTH_BYTES);
  message.set(body, LENGTH_BYTES + metadata.length);
  return message;
}

/** JSON text and headers never start like base64, but `null`, `true` and `1234` do: those are taken for base64, as the original does. */
function decodeIfBase64(message: Uint8Array): Uint8Array | undefined {
  return isBase64Letter(message[0]) ? decodeBase64(message) : undefined;
}

function isBase64Letter(byte: number | undefined): boolean {
  return byte !== undefined && /[A-Za-z0-9+/]/.test(String.fromCharCode(byte));
}

/** No JSON text starts with a NUL byte; the length of every metadata does. */
const startsWithHeader = (body: Uint8Array) => body[0] === 0;

function cutHeader(body: Uint8Array): Uint8Array {
  if (body.length < LENGTH_BYTES) throw new AppError('bad-message');
  const length = new DataView(body.buffer, body.byteOffset).getBigUint64(0);
  if (length > MAX_METADATA_BYTES || LENGTH_BYTES + Number(length) > body.length) {
    throw new AppError('bad-message', { detail: 'Its header is too long.' });
  }
  return body.subarray(LENGTH_BYTES + Number(length));
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch (cause) {
    throw new AppError('bad-message', { detail: 'It is not UTF-8.', cause });
  }
}
