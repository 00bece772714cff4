import type { ErrorCode } from '@pastenym/shared/errors';
import type { JsonValue } from '@pastenym/shared/v1/python-json';
import { formatV1Reply, refusals, V1Refusal, type PingReply } from '@pastenym/shared/v1/replies';
import { readV1Request, type V1Request } from '@pastenym/shared/v1/requests';
import { SMALL_ANSWER_BYTES } from '../limits.js';
import type { Room } from './inbox.js';
import type { ParsedMessage } from './parsed-message.js';
import { KeptAnswers, type LastingAnswer } from './v1/kept-answers.js';
import { getText } from './v1/get-text.js';
import type { Served, V1Options } from './v1/handler.js';
import { newText } from './v1/new-text.js';

/** An answer's JSON. The oldest clients expect it behind a header, except (so the original has it) where their request is no request. */
export interface V1Answer {
  text: string;
  isAlwaysRaw: boolean;
}

export type AnswerV1 = (message: ParsedMessage, room: Room) => Promise<V1Answer>;

/** The last version of the original, which this one behaves like. Its clients show it, and know an answer to `ping` by it. */
const VERSION = '2.0.3';

/** 128 random bits in base64url. The original's clients send no id; a short one of somebody else's could be the same for two requests. */
const REQUEST_ID = /^[A-Za-z0-9_-]{22}$/;

/** Version 1 of the wire: whatever the message is, it answers and does not throw. */
export function createAnswerV1(options: V1Options): AnswerV1 {
  return async (message, room) => {
    try {
      const request = readV1Request(message.json);
      return { text: await answerOnce(request, message.text, room, options), isAlwaysRaw: false };
    } catch (error) {
      return answerFailure(error, options);
    }
  };
}

/** A request that can be told from all others has one effect, however often it comes. */
async function answerOnce(
  request: V1Request,
  text: string,
  room: Room,
  options: V1Options,
): Promise<string> {
  const isRepeatable = request.event !== 'ping' && REQUEST_ID.test(request.id ?? '');
  const key = isRepeatable ? KeptAnswers.key(text) : undefined;
  await makeRoom(request, key, room, options);
  if (key === undefined) return (await serve(request, options)).answer;
  return options.keptAnswers.once(key, () => serve(request, options));
}

/** A few large pastes, read by many at once, would fill the memory. */
async function makeRoom(
  request: V1Request,
  key: string | undefined,
  room: Room,
  { pastes, keptAnswers }: V1Options,
): Promise<void> {
  if (request.event !== 'getText') return;
  const kept = key === undefined ? undefined : keptAnswers.length(key);
  const bytes = kept ?? (await pastes.contentBytes(request.data.urlId)) ?? 0;
  if (bytes > SMALL_ANSWER_BYTES) await room.reserve(bytes);
}

/** A refusal has had no effect, so the request may be tried again: its answer is not kept. */
async function serve(request: V1Request, options: V1Options): Promise<LastingAnswer> {
  try {
    const { reply, goodUntil } = await handle(request, options);
    return { answer: formatV1Reply(reply, request.id), goodUntil };
  } catch (error) {
    if (!(error instanceof V1Refusal)) throw error;
    return { answer: formatV1Reply(error.reply, request.id), goodUntil: 0 };
  }
}

async function handle(request: V1Request, options: V1Options): Promise<Served> {
  switch (request.event) {
    case 'ping':
      return { reply: ping(options), goodUntil: 0 };
    case 'newText':
      return newText(request.data, options);
    case 'getText':
      return getText(request.data.urlId, options);
  }
}

function ping({ capabilities: { ipfs, blockHeight } }: V1Options): PingReply {
  const capabilities = { ipfs_hosting: ipfs(), expiration_bitcoin_height: blockHeight() };
  return { version: VERSION, alive: true, capabilities };
}

function answerFailure(error: unknown, { failures }: V1Options): V1Answer {
  if (error instanceof V1Refusal) {
    return { text: formatV1Reply(error.reply), isAlwaysRaw: error.isNoRequest };
  }
  return { text: formatV1Reply(refusalFor(failures.report(error).code)), isAlwaysRaw: false };
}

function refusalFor(code: ErrorCode): JsonValue {
  if (code === 'busy') return refusals.overloaded;
  if (code === 'store-full') return refusals.full;
  return refusals.internal;
}
