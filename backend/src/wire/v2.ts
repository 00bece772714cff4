import { AppError } from '@pastenym/shared/errors';
import type { EventName, RequestData } from '@pastenym/shared/v2/messages';
import {
  formatV2Failure,
  formatV2Reply,
  parseV2Request,
  requestIdOf,
} from '@pastenym/shared/v2/wire';
import { MAX_V2_MESSAGE_BYTES } from '../limits.js';
import type { ParsedMessage } from './parsed-message.js';
import { ackRead } from './v2/ack-read.js';
import { createPaste } from './v2/create-paste.js';
import { deletePaste } from './v2/delete-paste.js';
import type { Handler, V2Options } from './v2/handler.js';
import { info } from './v2/info.js';
import { pasteStatus } from './v2/paste-status.js';
import { putChunk } from './v2/put-chunk.js';
import { readChunk } from './v2/read-chunk.js';
import { readPaste } from './v2/read-paste.js';

/** @returns undefined if the message has no id: its sender could not tell whose answer that is */
export type AnswerV2 = (message: ParsedMessage) => Promise<string | undefined>;

/** A request whose event is known. */
interface Request<E extends EventName> {
  id: string;
  event: E;
  data: RequestData<E>;
}

const handlers: { [E in EventName]: Handler<E> } = {
  info,
  createPaste,
  putChunk,
  readPaste,
  readChunk,
  ackRead,
  deletePaste,
  pasteStatus,
};

/** Version 2 of the wire: whatever the message is, it answers and does not throw. */
export function createAnswerV2(options: V2Options): AnswerV2 {
  return async ({ json, text }) => {
    const id = requestIdOf(json);
    if (id === undefined) return undefined;
    try {
      if (Buffer.byteLength(text) > MAX_V2_MESSAGE_BYTES) throw new AppError('message-too-large');
      return await serve(parseV2Request(json), options);
    } catch (error) {
      return formatV2Failure(id, options.failures.report(error));
    }
  };
}

async function serve<E extends EventName>(
  { id, event, data }: Request<E>,
  options: V2Options,
): Promise<string> {
  return formatV2Reply(id, event, await handlers[event](data, options, id));
}
