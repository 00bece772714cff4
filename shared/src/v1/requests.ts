import * as z from 'zod/mini';
import { tryParseBoundedJson } from '../bounded-json.js';
import { MAX_REQUEST_ID_LENGTH, MAX_V1_TEXT_LENGTH, MAX_VIEWS } from '../limits.js';
import {
  areEncryptionParameters,
  type EncryptionParameters,
  type NoEncryption,
} from './encryption-parameters.js';
import { refusals, V1Refusal } from './replies.js';

/**
 * What a version 1 client asks: `{"event": …, "data": …}`. Other members are ignored, but for an `id`, which comes back in an object reply.
 * (The original's command line client sends its own Nym address as `sender`. It must not be read.)
 */
export type V1Request = { id?: string } & (
  | { event: 'ping' }
  | { event: 'newText'; data: NewText }
  | { event: 'getText'; data: { urlId: string } }
);

export interface NewText {
  /** base64 of ciphertext and tag; for a paste that is not encrypted, the document itself. */
  text: string;
  /** How many reads it survives; undefined for any number. */
  views: number | undefined;
  /** A phrase for `parseExpiry`. */
  expiration: string | undefined;
  /** In how many Bitcoin blocks it expires. */
  expirationBlocks: number | undefined;
  ipfs: boolean;
  /** As it came, since readers get it back so; undefined or empty: not encrypted. */
  encParams: EncryptionParameters | NoEncryption | undefined;
}

const requestSchema = z.object({
  event: z.optional(z.unknown()),
  data: z.optional(z.unknown()),
  id: z.catch(z.optional(z.string().check(z.maxLength(MAX_REQUEST_ID_LENGTH))), undefined),
});

const objectSchema = z.record(z.string(), z.unknown());

/** Half of a surrogate pair cannot be written as UTF-8: a paste with one would come back changed. */
const wellFormed = z.refine<string>((text) => text.isWellFormed());

/** Members of a wrong type mean what their absence means, as they always did, except where that would keep a paste longer than asked for. */
const newTextSchema = z.object({
  text: z.string().check(z.minLength(1), wellFormed),
  burn: z.catch(z.boolean(), false),
  burn_view: z.catch(z.int().check(z.gte(1), z.lte(MAX_VIEWS)), 1),
  expiration_time: z.nullish(z.string()),
  expiration_height: z.nullish(z.int()),
  ipfs: z.catch(z.boolean(), false),
  encParams: z.optional(z.unknown()),
});

/**
 * @param text JSON, out of its envelope
 * @returns undefined if it is not JSON, or nothing that any client of version 1 would write: nobody waits for an answer to that
 * @throws V1Refusal whatever else is wrong, with the answer that the sender expects
 */
export function parseV1Request(text: string): V1Request | undefined {
  const json = tryParseBoundedJson(text);
  return json === undefined ? undefined : readV1Request(json);
}

/** The same of JSON that has been parsed already. */
export function readV1Request(json: unknown): V1Request {
  if (json === null) throw noRequest(refusals.empty);
  const request = requestSchema.safeParse(json);
  if (!request.success) throw noRequest(refusals.missing('event'));
  const { event, data, id } = request.data;
  if (event === undefined) throw noRequest(refusals.missing('event'));
  if (data === undefined) throw noRequest(refusals.missing('data'));
  return { ...(id === undefined ? {} : { id }), ...parseEvent(event, data) };
}

const noRequest = (reply: string) => new V1Refusal(reply, { isNoRequest: true });

function parseEvent(event: unknown, data: unknown): V1Request {
  switch (event) {
    case 'ping':
      return { event };
    case 'newText':
      return { event, data: parseNewText(data) };
    case 'getText':
      return { event, data: { urlId: parseUrlId(data) } };
    default:
      throw new V1Refusal(refusals.unknownEvent(event));
  }
}

function parseNewText(data: unknown): NewText {
  const object = objectSchema.safeParse(data);
  if (!object.success) throw new V1Refusal(refusals.badText);
  if (!Object.hasOwn(object.data, 'text')) throw new V1Refusal(refusals.noText);
  const parsed = newTextSchema.safeParse(object.data);
  if (!parsed.success) throw new V1Refusal(refusals.badText);
  const { text, burn, burn_view, expiration_time, expiration_height, ipfs, encParams } =
    parsed.data;
  if (text.length > MAX_V1_TEXT_LENGTH) throw new V1Refusal(refusals.tooLong(MAX_V1_TEXT_LENGTH));
  return {
    text,
    views: burn ? burn_view : undefined,
    expiration: expiration_time === '' ? undefined : (expiration_time ?? undefined),
    expirationBlocks: (expiration_height ?? 0) > 0 ? (expiration_height ?? undefined) : undefined,
    ipfs,
    encParams: parseEncParams(encParams),
  };
}

function parseEncParams(encParams: unknown): NewText['encParams'] {
  const object = objectSchema.safeParse(encParams);
  if (!object.success) return undefined;
  if (!areEncryptionParameters(object.data)) throw new V1Refusal(refusals.badText);
  // The input itself: its members stay in the sender's order.
  return object.data;
}

const getTextSchema = z.object({ urlId: z.string() });

/** What is no id at all is answered as an id that does not exist. */
function parseUrlId(data: unknown): string {
  const parsed = getTextSchema.safeParse(data);
  if (!parsed.success) throw new V1Refusal(refusals.notFound);
  return parsed.data.urlId.trim();
}

/** The request of our own clients: private, and with a request id, which the original's never had. */
export function formatV1Request(request: V1Request & { id: string }): string {
  const { event, id } = request;
  switch (event) {
    case 'ping':
      return JSON.stringify({ event, id, data: 'empty' });
    case 'getText':
      return JSON.stringify({ event, id, data: request.data });
    case 'newText':
      return JSON.stringify({ event, id, data: formatNewText(request.data) });
  }
}

function formatNewText(paste: NewText) {
  return {
    text: paste.text,
    private: paste.encParams !== undefined,
    burn: paste.views !== undefined,
    burn_view: paste.views ?? 0,
    encParams: paste.encParams ?? '',
    ipfs: paste.ipfs,
    expiration_time: paste.expiration ?? '',
    expiration_height: paste.expirationBlocks ?? null,
  };
}
