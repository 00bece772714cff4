import { AppError } from '../errors.js';

/**
 * A sealed paste is a sequence of records, each AES-256-GCM (NIST SP 800-38D) under the paste's content key. As in STREAM (Hoang, Reyhanitabar, Rogaway, Vizár, "Online
 * Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", 2015, §7), the nonce counts the records and marks the last, so that none can be left out, added, moved or
 * cut off:
 *
 *     nonce = 7 zero bytes, index as u32 BE, 1 for the last record and 0 for the others
 *     AAD   = what the service sees and repeats: see `describeParameters`
 *
 * A record is also the unit in which a paste travels (a "chunk").
 */
export const RECORD_BYTES = 65_536;
/** Of a paste: 256 MiB. */
export const MAX_RECORDS = 4096;
const TAG_BYTES = 16;
export const RECORD_PLAINTEXT_BYTES = RECORD_BYTES - TAG_BYTES;
const NONCE_BYTES = 12;
const INDEX_AT = 7;
const LAST_AT = 11;

/** What the author asked the service for. Bound into every record: a service that tells a reader something else is found out. */
export interface VisibleParameters {
  /** How many reads the paste survives; 0 for any number. */
  views: number;
  /** For how long it was asked to be kept, in seconds. */
  expiresInSeconds: number;
  /** How many records there are. */
  chunks: number;
}

const AAD_LABEL = 'pastenym/v2 record';

const MAX_U32 = 0xffff_ffff;

/**
 * The AAD: the label in ASCII, then views, seconds and chunks as u32 BE.
 * @throws AppError `bad-params` for what is no such number: it would be cut to another, and 2^32 + 1 views would pass for one
 */
export function describeParameters(parameters: VisibleParameters): Uint8Array<ArrayBuffer> {
  const { views, expiresInSeconds, chunks } = parameters;
  const label = new TextEncoder().encode(AAD_LABEL);
  const bytes = new Uint8Array(label.length + 12);
  bytes.set(label);
  const view = new DataView(bytes.buffer, label.length);
  view.setUint32(0, asU32(views));
  view.setUint32(4, asU32(expiresInSeconds));
  view.setUint32(8, asU32(chunks));
  return bytes;
}

function asU32(value: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= MAX_U32) return value;
  throw new AppError('bad-params', { detail: `${value} is not a number of views or seconds.` });
}

/** How many records hold `length` bytes; at least one. */
export function countRecords(length: number): number {
  return Math.max(1, Math.ceil(length / RECORD_PLAINTEXT_BYTES));
}

/** The length of a paste of `length` bytes once it is sealed. */
export const sealedLength = (length: number) => length + countRecords(length) * TAG_BYTES;

/**
 * Opens one record; records may come in any order.
 * @throws AppError `wrong-key`: the key is not this paste's, or something was changed
 */
export async function openRecord(
  record: Uint8Array,
  index: number,
  contentKey: CryptoKey,
  visible: VisibleParameters,
): Promise<Uint8Array<ArrayBuffer>> {
  if (record.length > RECORD_BYTES || index >= visible.chunks) throw new AppError('bad-paste');
  const algorithm = gcm(index, visible.chunks, describeParameters(visible));
  try {
    return new Uint8Array(
      await crypto.subtle.decrypt(algorithm, contentKey, Uint8Array.from(record)),
    );
  } catch (cause) {
    throw new AppError('wrong-key', { cause });
  }
}

/** What WebCrypto is told for one record. */
export function gcm(index: number, chunks: number, additionalData: Uint8Array<ArrayBuffer>) {
  const iv = new Uint8Array(NONCE_BYTES);
  new DataView(iv.buffer).setUint32(INDEX_AT, index);
  iv[LAST_AT] = index === chunks - 1 ? 1 : 0;
  return { name: 'AES-GCM', iv, additionalData, tagLength: TAG_BYTES * 8 };
}
