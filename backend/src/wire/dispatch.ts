import { AppError } from '@pastenym/shared/errors';
import { MAX_MESSAGE_BYTES } from '@pastenym/shared/limits';
import { openEnvelope, sealReply, type EnvelopeForm } from '@pastenym/shared/v1/envelope';
import { formatV1Reply, refusals } from '@pastenym/shared/v1/replies';
import type { Room } from './inbox.js';
import type { AnswerV1 } from './v1.js';

/** What JSON and base64 can make of one byte of text: `\u0000`, four thirds of it. */
const MAX_GROWTH = 8;
/** What stands around the text. */
const MAX_FRAME_BYTES = 16 * 1024;

/** Messages in, answers out. */
export interface Dispatch {
  /** @returns undefined if nobody waits for an answer: what came is not JSON */
  answer: (message: Uint8Array, room: Room) => Promise<Uint8Array | undefined>;
  /** The answer to a message that there is no room for, without reading it: it is too long, or the service is busy. */
  refuse: (message: Uint8Array) => Uint8Array;
}

export function createDispatch({
  answerV1,
  maxTextBytes,
}: {
  answerV1: AnswerV1;
  maxTextBytes: number;
}): Dispatch {
  const maxBytes = Math.min(MAX_MESSAGE_BYTES, maxTextBytes * MAX_GROWTH + MAX_FRAME_BYTES);
  const refuse = (message: Uint8Array) => {
    const isTooLong = message.length > maxBytes;
    const refusal = isTooLong ? refusals.tooLong(maxTextBytes) : refusals.overloaded;
    return sealReply(guessForm(message), formatV1Reply(refusal));
  };
  return {
    refuse,

    async answer(message, room) {
      if (message.length > maxBytes) return refuse(message);
      const envelope = open(message);
      if (envelope === undefined) return undefined;
      const answer = await answerV1(envelope.text, room);
      if (answer === undefined) return undefined;
      return sealReply(answer.isAlwaysRaw ? 'raw' : envelope.form, answer.text);
    },
  };
}

function open(message: Uint8Array) {
  try {
    return openEnvelope(message);
  } catch (error) {
    if (error instanceof AppError && error.code === 'bad-message') return undefined;
    throw error;
  }
}

/** The form of a message that is not opened. A header begins with seven NUL bytes, which are `AAAA…` in base64. */
function guessForm(message: Uint8Array): EnvelopeForm {
  if (message[0] === 0) return 'headed';
  return Buffer.from(message.subarray(0, 8)).toString('latin1') === 'AAAAAAAA'
    ? 'base64-headed'
    : 'raw';
}
