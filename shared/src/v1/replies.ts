import * as z from 'zod/mini';
import { tryParseBoundedJson } from '../bounded-json.js';
import { encryptionSchema } from './encryption-parameters.js';
import { isJsonObject, pythonJson, type JsonValue } from './python-json.js';

/**
 * What a version 1 client is told. Success is an object. Failure is a JSON string, which clients recognise by `error` anywhere in it,
 * but for a paste that is not there: that is an object too. (The original encoded this one twice, which no client of its own could read.)
 */
export const refusals = {
  empty: 'Error parsing message: received data is empty',
  missing: (member: 'event' | 'data') => `Error parsing message: '${member}'`,
  unknownEvent: (event: unknown) => `Error event ${describeEvent(event)} not found`,
  badText: 'Error with text to share',
  noText: 'Message has no text!',
  tooLong: (maxLength: number) => `Error text too long. Max is ${maxLength}`,
  badExpiry: (detail: string) => `Error with the expiration. ${detail}`,
  noIpfs: 'Error: storage on IPFS is not available',
  ipfsIsForever: 'Error: a paste on IPFS cannot expire or be burnt',
  noBlockHeight: 'Error: expiration at a block height is not available',
  overloaded: 'Error: the service is busy, try again later',
  full: 'Error: the service has no room left',
  noPastes: 'Error: this service takes new pastes only from newer clients',
  internal: 'Error',
  notFound: { error: 'text not found' },
} as const;

const MAX_EVENT_LENGTH = 64;

/** The event comes back to its sender: bounded, and readable whatever it was. */
function describeEvent(event: unknown): string {
  const text = typeof event === 'object' && event !== null ? 'of this type' : String(event);
  return text.slice(0, MAX_EVENT_LENGTH);
}

/** Thrown where a request cannot be served; carries the answer. */
export class V1Refusal extends Error {
  override readonly name = 'V1Refusal';
  readonly reply: JsonValue;
  /** What came is JSON, but no request at all. */
  readonly isNoRequest: boolean;

  constructor(reply: JsonValue, { isNoRequest = false } = {}) {
    super('The request is refused.');
    this.reply = reply;
    this.isNoRequest = isNoRequest;
  }
}

/**
 * Writes a reply as the original does.
 * @param id the request's, if it had one; only objects can carry it
 */
export function formatV1Reply(reply: JsonValue, id?: string): string {
  return pythonJson(id !== undefined && isJsonObject(reply) ? { ...reply, id } : reply);
}

export const pingReplySchema = z.object({
  version: z.string(),
  alive: z.boolean(),
  capabilities: z.object({ ipfs_hosting: z.boolean(), expiration_bitcoin_height: z.boolean() }),
});

export const newTextReplySchema = z.object({
  ipfs: z.boolean(),
  hash: z.optional(z.string()),
  url_id: z.string(),
});

/** `expiration_time` is absolute, `YYYY-MM-DDTHH:MM:SSZ`; `created_on` is precise to the day; `num_view` counts this read. */
export const getTextReplySchema = z.object({
  text: z.string(),
  num_view: z.optional(z.int()),
  created_on: z.string(),
  is_burn: z.boolean(),
  is_ipfs: z.boolean(),
  burn_view: z.optional(z.int()),
  expiration_time: z.nullish(z.string()),
  expiration_height: z.nullish(z.int()),
  encParams: z.optional(encryptionSchema),
});

export type PingReply = z.infer<typeof pingReplySchema>;
export type NewTextReply = z.infer<typeof newTextReplySchema>;
export type GetTextReply = z.infer<typeof getTextReplySchema>;

/** A reply as its reader sees it: an object, or a failure. `id` is the request's, where the reply could carry it. */
export type V1Reply =
  | { kind: 'object'; id: string | undefined; members: Record<string, unknown> }
  | { kind: 'not-found'; id: string | undefined }
  | { kind: 'failure'; id: undefined; text: string };

/** @returns undefined for what is no reply at all */
export function parseV1Reply(text: string): V1Reply | undefined {
  const json = tryParseBoundedJson(text);
  if (typeof json === 'string') return parseStringReply(json);
  const members = z.record(z.string(), z.unknown()).safeParse(json);
  if (!members.success) return undefined;
  const id = z.string().safeParse(members.data['id']).data;
  return Object.hasOwn(members.data, 'error')
    ? { kind: 'not-found', id }
    : { kind: 'object', id, members: members.data };
}

/** The original's not-found is an object inside of a string. */
function parseStringReply(text: string): V1Reply {
  const inner = text.startsWith('{') ? parseV1Reply(text) : undefined;
  return inner?.kind === 'not-found' ? inner : { kind: 'failure', id: undefined, text };
}
