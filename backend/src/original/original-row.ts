import { decodeBase64Text } from '@pastenym/shared/base64';
import { MAX_V1_TEXT_LENGTH, MAX_VIEWS } from '@pastenym/shared/limits';
import { areEncryptionParameters } from '@pastenym/shared/v1/encryption-parameters';
import { escapeHtml, unescapeHtml } from '@pastenym/shared/v1/html-escape';
import { pythonJson, type JsonValue } from '@pastenym/shared/v1/python-json';
import * as z from 'zod';
import { MAX_REPLY_BYTES } from '../limits.js';
import { isPasteId } from '../pastes/paste-id.js';
import { SECONDS_PER_DAY } from '../pastes/present.js';
import type { NewOpenPaste } from '../store/store.js';

/** Why a row of the original's database is no paste of ours, as its operator is told. */
export const ROW_FAULTS = {
  'bad-row': 'a column is missing, or of another type than the original writes',
  'bad-id': 'the id is none of 8 to 64 letters, digits, "-" and "_"',
  ipfs: 'the content is on IPFS, not in the database: it is read from there, not imported',
  expired: 'the time is over',
  burnt: 'all views have been taken',
  'bad-views': 'views and their limit do not go together',
  'bad-expiry': 'the expiry is no time, or no block height, of the future',
  'bad-date': 'the day on which it was made cannot be read',
  'bad-text': 'the text is empty, or not as the original stores texts: UTF-8, with HTML escaped',
  'bad-encryption': 'the encryption parameters are none that the clients could use',
  'too-long': 'the text is longer than a reply may be',
} as const;

export type RowFault = keyof typeof ROW_FAULTS;

/** Thrown where a row is found to be no paste. */
class RowError extends Error {
  override readonly name = 'RowError';
  readonly fault: RowFault;

  constructor(fault: RowFault) {
    super(ROW_FAULTS[fault]);
    this.fault = fault;
  }
}

const flag = z.union([z.literal(0), z.literal(1)]).nullish();

/** A row of the table `texts`. Columns that old versions did not have may be missing. What the original never reads is left out. */
const rowSchema = z.object({
  text: z.instanceof(Uint8Array),
  url_id: z.string(),
  is_ipfs: flag,
  expiration_time: z.unknown().optional(),
  expiration_height: z.unknown().optional(),
  encryption_params_b64: z.string().nullish(),
  num_view: z.int().min(0),
  is_burn: flag,
  burn_view: z.int().min(0).nullish(),
  created_on: z.string(),
});

type Row = z.infer<typeof rowSchema>;

/**
 * Makes a paste of a row, such that a reader gets the very answer that the original would give, with as many views taken as there. (But for a time of
 * day: of when a paste was made, the day is kept.)
 * @param value of the row; the text as bytes
 * @returns why not, if it cannot be
 */
export function readRow(value: unknown, nowSeconds: number): NewOpenPaste | RowFault {
  const row = rowSchema.safeParse(value);
  if (!row.success) return 'bad-row';
  try {
    return toPaste(row.data, nowSeconds);
  } catch (error) {
    if (error instanceof RowError) return error.fault;
    throw error;
  }
}

function toPaste(row: Row, nowSeconds: number): NewOpenPaste {
  if (row.is_ipfs === 1) throw new RowError('ipfs');
  if (!isPasteId(row.url_id)) throw new RowError('bad-id');
  const expiresAt = readTime(row.expiration_time, nowSeconds);
  const expiresAtBlock = readHeight(row.expiration_height);
  const maxViews = readMaxViews(row);
  const details = readDetails(row.encryption_params_b64 ?? undefined);
  return {
    id: row.url_id,
    content: readText(row.text, details),
    details,
    maxViews,
    views: row.num_view,
    createdDay: readDay(row.created_on),
    expiresAt,
    expiresAtBlock,
  };
}

/** The last second that the original can write: of the year 9999. */
const LAST_SECOND = 253_402_300_799;

/** Of a phrase that it did not understand the original made 0, which is 1970, and deleted the paste within a minute. */
function readTime(value: unknown, nowSeconds: number): number | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value > LAST_SECOND) {
    throw new RowError('bad-expiry');
  }
  if (value <= nowSeconds) throw new RowError('expired');
  return value;
}

/** Whether the height has been reached, the service knows, if anybody does. */
function readHeight(value: unknown): number | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw new RowError('bad-expiry');
}

/** The original writes 0 where views are not limited. Before it could limit them to another number, it burnt at the first. */
function readMaxViews({ is_burn, burn_view, num_view }: Row): number | undefined {
  if (is_burn !== 1) {
    if ((burn_view ?? 0) !== 0) throw new RowError('bad-views');
    return undefined;
  }
  const maxViews = burn_view ?? 1;
  if (maxViews < 1 || maxViews > MAX_VIEWS) throw new RowError('bad-views');
  if (num_view >= maxViews) throw new RowError('burnt');
  return maxViews;
}

/** `YYYY-MM-DD HH:MM:SS`, with fractions perhaps. */
const CREATED_ON = /^(\d{4}-\d\d-\d\d)[ T]\d\d:\d\d:\d\d(?:\.\d+)?$/;

function readDay(text: string): number {
  const day = CREATED_ON.exec(text)?.[1] ?? '';
  const milliseconds = Date.parse(`${day}T00:00:00Z`);
  if (!(milliseconds >= 0) || !new Date(milliseconds).toISOString().startsWith(day)) {
    throw new RowError('bad-date');
  }
  return milliseconds / 1000 / SECONDS_PER_DAY;
}

/** @returns JSON, as `getText` wants it, which answers it as Python would */
function readDetails(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const json = decode(decodeBase64Text(text) ?? new Uint8Array()) ?? '';
  const parameters = parseJson(json);
  if (parameters === undefined || !areEncryptionParameters(parameters)) {
    throw new RowError('bad-encryption');
  }
  // The comparison leaves out what would not come back as it was: fractions, repeated names, an order that JavaScript changes.
  if (withoutSpaces(pythonJson(parameters)) !== withoutSpaces(json)) {
    throw new RowError('bad-encryption');
  }
  return JSON.stringify(parameters);
}

function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

const withoutSpaces = (text: string) => text.replace(/ /g, '');

/** Stored is the text itself; it is escaped when it is answered. */
function readText(bytes: Uint8Array, details = ''): Uint8Array {
  const escaped = decode(bytes) ?? '';
  const text = unescapeHtml(escaped);
  if (text === '' || escapeHtml(text) !== escaped) throw new RowError('bad-text');
  const replyLength = pythonJson(escaped).length + pythonJson(details).length + REPLY_FRAME_BYTES;
  if (text.length > MAX_V1_TEXT_LENGTH || replyLength > MAX_REPLY_BYTES) {
    throw new RowError('too-long');
  }
  return Buffer.from(text);
}

/** What stands around text and parameters in a reply. */
const REPLY_FRAME_BYTES = 1024;

/** @returns undefined if it is not UTF-8 */
function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
