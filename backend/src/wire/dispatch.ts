import { parseBoundedJson } from '@pastenym/shared/bounded-json';
import { AppError } from '@pastenym/shared/errors';
import { MAX_MESSAGE_BYTES } from '@pastenym/shared/limits';
import { openEnvelope, sealReply } from '@pastenym/shared/v1/envelope';
import { formatV1Reply, refusals } from '@pastenym/shared/v1/replies';
import { formatV2Failure, isV2Message } from '@pastenym/shared/v2/wire';
import { BUSY_RETRY_MS, MAX_V2_MESSAGE_BYTES } from '../limits.js';
import type { Failures } from './failures.js';
import type { Room } from './inbox.js';
import { peek } from './peek.js';
import type { AnswerV1 } from './v1.js';
import type { AnswerV2 } from './v2.js';

/** What JSON and base64 can make of one byte of text: `\u0000`, four thirds of it. */
const MAX_GROWTH = 8;
/** What stands around the text. */
const MAX_FRAME_BYTES = 16 * 1024;

/** Messages in, answers out. */
export interface Dispatch {
  /** @returns undefined if nobody waits for an answer: what came is not JSON, or has more parts than any request */
  answer: (message: Uint8Array, room: Room) => Promise<Uint8Array | undefined>;
  /**
   * The answer to a message that there is no room for, without reading it: it is too long, or the service is busy.
   * @returns undefined if nobody could tell whose answer that is
   */
  refuse: (message: Uint8Array) => Uint8Array | undefined;
}

export interface DispatchOptions {
  answerV1: AnswerV1;
  answerV2: AnswerV2;
  maxTextBytes: number;
  failures: Pick<Failures, 'report'>;
}

export function createDispatch(options: DispatchOptions): Dispatch {
  const { answerV1, answerV2, maxTextBytes, failures } = options;
  const maxV1Bytes = Math.min(MAX_MESSAGE_BYTES, maxTextBytes * MAX_GROWTH + MAX_FRAME_BYTES);
  const maxBytes = Math.max(maxV1Bytes, MAX_V2_MESSAGE_BYTES);
  const tooLong = { v1: refusals.tooLong(maxTextBytes), v2: new AppError('message-too-large') };
  const refuse = (message: Uint8Array) => {
    const refusal = message.length > maxBytes ? tooLong : BUSY;
    failures.report(refusal.v2);
    return formatRefusal(message, refusal);
  };
  return {
    refuse,

    async answer(message, room) {
      if (message.length > maxBytes) return refuse(message);
      const opened = open(message);
      if (opened === undefined) return undefined;
      if (isV2Message(opened.json)) {
        const answer = await answerV2(opened);
        return answer === undefined ? undefined : sealReply(opened.form, answer);
      }
      const { text, isAlwaysRaw } = await answerV1(opened, room);
      return sealReply(isAlwaysRaw ? 'raw' : opened.form, text);
    },
  };
}

/** Out of its envelope and parsed: the one time that this is done. */
function open(message: Uint8Array) {
  try {
    const envelope = openEnvelope(message);
    return { ...envelope, json: parseBoundedJson(envelope.text) };
  } catch (error) {
    if (error instanceof AppError && error.code === 'bad-message') return undefined;
    throw error;
  }
}

/** The same refusal for the clients of each version. */
interface Refusal {
  v1: string;
  v2: AppError;
}

const BUSY: Refusal = {
  v1: refusals.overloaded,
  v2: new AppError('busy', { retryAfterMs: BUSY_RETRY_MS }),
};

function formatRefusal(message: Uint8Array, { v1, v2 }: Refusal): Uint8Array | undefined {
  const { form, version, id } = peek(message);
  if (version === 1) return sealReply(form, formatV1Reply(v1));
  return id === undefined ? undefined : sealReply(form, formatV2Failure(id, v2));
}
