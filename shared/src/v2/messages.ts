import * as z from 'zod/mini';
import { decodeBase64Url, encodeBase64Url } from '../base64url.js';
import { ERRORS, type ErrorCode } from '../errors.js';
import { MAX_VIEWS } from '../limits.js';
import { isId } from './id.js';
import { PROOF_BYTES } from './keys.js';
import { MAX_PUZZLE_DIFFICULTY, PUZZLE_SOLUTION_BYTES } from './puzzle.js';
import { MAX_RECORDS, RECORD_BYTES } from './records.js';

/**
 * Version 2 of the wire format: what a client may ask, and what it is answered. One schema for each message, both ways: `z.decode` turns JSON into values with bytes in them,
 * `z.encode` turns them back. Bytes are base64url without padding. The tables in docs/protocol/v2.md are printed from here (`npm run docs`).
 */
export const WIRE_VERSION = 2;

const HASH_BYTES = 32;
export const CHALLENGE_BYTES = 32;

/** Bounds of the format itself; a service may allow less, and says so in `info`. */
export const MAX_PASTE_BYTES = MAX_RECORDS * RECORD_BYTES;
export const MAX_EXPIRY_SECONDS = 10 * 366 * 86_400;
export const MAX_NAME_LENGTH = 200;
export const MAX_NOTICE_LENGTH = 2000;
const MAX_MESSAGE_LENGTH = 2000;
export const MAX_LISTED = 64;
/** An hour. */
export const MAX_RETRY_AFTER_MS = 3_600_000;

const exactly = (length: number) => bytes(length, length);

/** `z.instanceof` would take only those that share no memory, such as no `Buffer`. */
const bytesSchema = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

function bytes(least: number, most: number) {
  const fits = (value: Uint8Array) => value.length >= least && value.length <= most;
  return z.codec(
    z
      .string()
      .check(
        z.maxLength(Math.ceil((most * 4) / 3)),
        z.meta({ contentEncoding: 'base64url', leastBytes: least, mostBytes: most }),
      ),
    bytesSchema.check(z.refine(fits)),
    {
      decode(text, context) {
        const value = decodeBase64Url(text);
        if (value !== undefined) return value;
        context.issues.push({ code: 'invalid_format', format: 'base64url', input: text });
        return z.NEVER;
      },
      encode: (value) => encodeBase64Url(value),
    },
  );
}

export const idSchema = z.string().check(z.refine(isId), z.meta({ title: 'id' }));

const count = (least: number, most: number) => z.int().check(z.gte(least), z.lte(most));

/** 0: any number of reads. */
const views = count(0, MAX_VIEWS);
const expiresInSeconds = count(1, MAX_EXPIRY_SECONDS);
const size = count(1, MAX_PASTE_BYTES);
const index = count(0, MAX_RECORDS - 1);
const epochSeconds = z.int().check(z.gte(0));
const chunk = bytes(1, RECORD_BYTES);
const proof = exactly(PROOF_BYTES);
const nothing = z.object({});

const limitsSchema = z.object({
  maxPasteBytes: size,
  maxViews: count(1, MAX_VIEWS),
  minExpirySeconds: expiresInSeconds,
  maxExpirySeconds: expiresInSeconds,
});

const puzzleSchema = z.object({
  difficulty: count(0, MAX_PUZZLE_DIFFICULTY),
  challenge: exactly(CHALLENGE_BYTES),
  validForSeconds: z.int().check(z.gte(0)),
});

/** Every event: what a request carries as `data`, and what its answer does. */
export const events = {
  info: {
    request: nothing,
    reply: z.object({
      version: z.string().check(z.maxLength(MAX_NAME_LENGTH)),
      protocols: z.array(count(1, 255)).check(z.maxLength(MAX_LISTED)),
      name: z.string().check(z.maxLength(MAX_NAME_LENGTH)),
      notice: z.string().check(z.maxLength(MAX_NOTICE_LENGTH)),
      limits: limitsSchema,
      expiriesSeconds: z.array(expiresInSeconds).check(z.maxLength(MAX_LISTED)),
      capabilities: z.object({ ipfs: z.boolean(), blockHeight: z.boolean() }),
      puzzle: puzzleSchema,
    }),
  },
  createPaste: {
    request: z.object({
      accessHash: exactly(HASH_BYTES),
      deleteHash: exactly(HASH_BYTES),
      views,
      expiresInSeconds,
      size,
      contentHash: exactly(HASH_BYTES),
      content: z.optional(chunk),
      puzzle: z.optional(
        z.object({
          challenge: exactly(CHALLENGE_BYTES),
          solution: exactly(PUZZLE_SOLUTION_BYTES),
        }),
      ),
    }),
    reply: z.object({
      pasteId: idSchema,
      expiresAt: epochSeconds,
      uploadId: z.optional(idSchema),
    }),
  },
  putChunk: {
    request: z.object({ uploadId: idSchema, index, content: chunk }),
    reply: z.object({ missing: z.array(index).check(z.maxLength(MAX_LISTED)) }),
  },
  readPaste: {
    request: z.object({ pasteId: idSchema, accessProof: proof }),
    reply: z.object({
      size,
      views,
      viewsLeft: z.nullable(z.int().check(z.gte(0))),
      expiresInSeconds,
      expiresAt: epochSeconds,
      content: chunk,
    }),
  },
  readChunk: {
    request: z.object({ pasteId: idSchema, accessProof: proof, claim: idSchema, index }),
    reply: z.object({ content: chunk }),
  },
  ackRead: {
    request: z.object({ pasteId: idSchema, accessProof: proof, claim: idSchema }),
    reply: nothing,
  },
  deletePaste: {
    request: z.object({ pasteId: idSchema, deleteProof: proof }),
    reply: nothing,
  },
  pasteStatus: {
    request: z.object({ pasteId: idSchema, accessProof: proof }),
    reply: z.object({
      size,
      views,
      viewsLeft: z.nullable(z.int().check(z.gte(0))),
      expiresAt: epochSeconds,
    }),
  },
} as const;

export type EventName = keyof typeof events;
export type RequestData<E extends EventName> = z.output<(typeof events)[E]['request']>;
export type ReplyData<E extends EventName> = z.output<(typeof events)[E]['reply']>;

/** A request for each event, told apart by its name. */
export type V2Request = {
  [E in EventName]: { id: string; event: E; data: RequestData<E> };
}[EventName];

/** Neither this nor a reply has a `pad` here: it is for those who count bytes on the way, and nobody looks at it. */
export const requestSchema = z.object({
  v: z.literal(WIRE_VERSION),
  id: idSchema,
  event: z.string().check(z.maxLength(MAX_NAME_LENGTH)),
  data: z.unknown(),
});

const errorCodes = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];

export const replySchema = z.discriminatedUnion('ok', [
  z.object({ v: z.literal(WIRE_VERSION), id: idSchema, ok: z.literal(true), data: z.unknown() }),
  z.object({
    v: z.literal(WIRE_VERSION),
    id: idSchema,
    ok: z.literal(false),
    error: z.object({
      // A newer service may know more codes than this client.
      code: z.catch(z.enum(errorCodes), 'internal'),
      message: z.string().check(z.maxLength(MAX_MESSAGE_LENGTH)),
      // A number that is none leaves it to the client when to come back; a huge one would overflow a timer, which then rings at once.
      retryAfterMs: z.catch(z.optional(count(0, MAX_RETRY_AFTER_MS)), undefined),
    }),
  }),
]);
