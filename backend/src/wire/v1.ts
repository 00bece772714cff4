import type { Clock } from '@pastenym/shared/clock';
import { pythonJson, type JsonValue } from '@pastenym/shared/v1/python-json';
import { formatV1Reply, refusals, V1Refusal, type PingReply } from '@pastenym/shared/v1/replies';
import { parseV1Request, type V1Request } from '@pastenym/shared/v1/requests';
import type { Counters } from '../counters.js';
import { SMALL_ANSWER_BYTES } from '../limits.js';
import type { Logger } from '../logger.js';
import type { OpenPastes } from '../pastes/open-pastes.js';
import type { Room } from './inbox.js';
import { Outcomes } from './outcomes.js';
import { getText } from './v1/get-text.js';
import { newText } from './v1/new-text.js';

/** An answer's JSON. The oldest clients expect it behind a header, except (so the original has it) where their request is no request. */
export interface V1Answer {
  text: string;
  isAlwaysRaw: boolean;
}

/** @returns undefined if the text is not JSON */
export type AnswerV1 = (text: string, room: Room) => Promise<V1Answer | undefined>;

export interface V1Options {
  pastes: OpenPastes;
  outcomes: Outcomes;
  clock: Clock;
  maxTextBytes: number;
  counters: Counters;
  log: Logger;
}

/** The last version of the original, which this one behaves like. Its clients show it, and know an answer to `ping` by it. */
const PING_REPLY = {
  version: '2.0.3',
  alive: true,
  capabilities: { ipfs_hosting: false, expiration_bitcoin_height: false },
} as const satisfies PingReply;

/** 128 random bits in base64url. The original's clients send no id; a short one of somebody else's could be the same for two requests. */
const REQUEST_ID = /^[A-Za-z0-9_-]{22}$/;

/** Version 1 of the wire: whatever the text is, it answers and does not throw. */
export function createAnswerV1(options: V1Options): AnswerV1 {
  return async (text, room) => {
    try {
      const request = parseV1Request(text);
      if (request === undefined) return undefined;
      return { text: await answerOnce(request, text, room, options), isAlwaysRaw: false };
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
  const key = isRepeatable ? Outcomes.key(text) : undefined;
  await makeRoom(request, key, room, options);
  const answer = async () => formatV1Reply(await serve(request, options), request.id);
  return key === undefined ? answer() : options.outcomes.once(key, answer);
}

/** A few large pastes, read by many at once, would fill the memory. */
async function makeRoom(
  request: V1Request,
  key: string | undefined,
  room: Room,
  { pastes, outcomes }: V1Options,
): Promise<void> {
  if (request.event !== 'getText') return;
  const kept = key === undefined ? undefined : outcomes.length(key);
  const bytes = kept ?? (await pastes.contentBytes(request.data.urlId)) ?? 0;
  if (bytes > SMALL_ANSWER_BYTES) await room.reserve(bytes);
}

/** A refusal is an answer, which is kept as any other. */
async function serve(request: V1Request, options: V1Options): Promise<JsonValue> {
  try {
    return await handle(request, options);
  } catch (error) {
    if (error instanceof V1Refusal) return error.reply;
    throw error;
  }
}

async function handle(request: V1Request, options: V1Options): Promise<JsonValue> {
  switch (request.event) {
    case 'ping':
      return PING_REPLY;
    case 'newText':
      return newText(request.data, options);
    case 'getText':
      return getText(request.data.urlId, options);
  }
}

function answerFailure(error: unknown, { counters, log }: V1Options): V1Answer {
  if (error instanceof V1Refusal) {
    return { text: pythonJson(error.reply), isAlwaysRaw: isNoRequest(error.reply) };
  }
  counters.failed++;
  log.error({ err: error }, 'a request failed');
  return { text: formatV1Reply(refusals.internal), isAlwaysRaw: false };
}

function isNoRequest(reply: JsonValue): boolean {
  return (
    reply === refusals.empty ||
    reply === refusals.missing('event') ||
    reply === refusals.missing('data')
  );
}
