import * as z from 'zod/mini';
import { tryParseBoundedJson } from '../bounded-json.js';
import { AppError, type ErrorCode } from '../errors.js';
import { utf8Length } from '../utf8-length.js';
import {
  events,
  replySchema,
  requestSchema,
  WIRE_VERSION,
  type EventName,
  type ReplyData,
  type RequestData,
  type V2Request,
} from './messages.js';
import { isId } from './id.js';
import { paddedLength } from './padding.js';

/** Messages of version 2 as text: padded JSON on the way out, parsed once on the way in. */

/** Whether a parsed message is for version 2 at all. */
export const isV2Message = (json: unknown): boolean => member(json, 'v') === WIRE_VERSION;

/** The id of a request, whatever else is wrong with it: with it, an answer finds its way. */
export function requestIdOf(json: unknown): string | undefined {
  const id = member(json, 'id');
  return typeof id === 'string' && isId(id) ? id : undefined;
}

/** Of what may be anything. */
const member = (json: unknown, name: string): unknown =>
  typeof json === 'object' && json !== null ? (json as Record<string, unknown>)[name] : undefined;

/** @throws AppError `unknown-event`, `bad-request` (with the path of what is wrong) */
export function parseV2Request(json: unknown): V2Request {
  const { id, event, data } = check(requestSchema, json);
  if (!isEventName(event)) throw new AppError('unknown-event');
  // The event and its data belong together, which TypeScript cannot follow through a lookup.
  return { id, event, data: check(events[event].request, data) } as V2Request;
}

/** @returns padded JSON */
export function formatV2Request<E extends EventName>(
  id: string,
  event: E,
  data: RequestData<E>,
): string {
  const schema: z.ZodMiniType = events[event].request;
  return pad({ v: WIRE_VERSION, id, event, data: z.encode(schema, data) });
}

/** @returns padded JSON */
export function formatV2Reply<E extends EventName>(
  id: string,
  event: E,
  data: ReplyData<E>,
): string {
  const schema: z.ZodMiniType = events[event].reply;
  return pad({ v: WIRE_VERSION, id, ok: true, data: z.encode(schema, data) });
}

/** Why a request failed. */
export interface Failure {
  code: ErrorCode;
  message: string;
  retryAfterMs?: number | undefined;
}

/** @returns padded JSON */
export const formatV2Failure = (id: string, { code, message, retryAfterMs }: Failure): string =>
  pad({ v: WIRE_VERSION, id, ok: false, error: { code, message, retryAfterMs } });

/** A reply whose data has not been looked at: which schema it fits depends on what was asked, which its id tells. */
export type V2Reply = z.output<typeof replySchema>;

/** @returns undefined for anything else */
export function parseV2Reply(text: string): V2Reply | undefined {
  return replySchema.safeParse(tryParseBoundedJson(text)).data;
}

/** @throws AppError `bad-message` */
export function parseReplyData<E extends EventName>(event: E, data: unknown): ReplyData<E> {
  const parsed = events[event].reply.safeParse(data);
  if (!parsed.success) throw new AppError('bad-message', { cause: parsed.error });
  // As above.
  return parsed.data as ReplyData<E>;
}

const isEventName = (event: string): event is EventName => Object.hasOwn(events, event);

function check<S extends z.ZodMiniType>(schema: S, json: unknown): z.output<S> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const path = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new AppError('bad-request', { detail: `Look at "${path}".`, cause: parsed.error });
}

/** Adds `pad`, so that the length of the whole, in UTF-8, tells only a size class. */
function pad(message: object): string {
  const text = JSON.stringify({ ...message, pad: '' });
  const length = utf8Length(text);
  const closing = '"}';
  return text.slice(0, -closing.length) + ' '.repeat(paddedLength(length) - length) + closing;
}
