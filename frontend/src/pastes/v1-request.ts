import { MAX_MESSAGE_BYTES } from '@pastenym/shared/limits';
import { parseV1Reply, type V1Reply } from '@pastenym/shared/v1/replies';
import { formatV1Request, type V1Request } from '@pastenym/shared/v1/requests';
import { createRequestId } from '../connection/request-id.js';
import type { OutgoingRequest } from '../connection/transport.js';

/**
 * A nym-client keeps the last ten of somebody's reply blocks for asking for more; with twenty, the answer leaves at once, and a long one
 * fetches what it needs. Each makes the request half a kilobyte longer.
 */
const REPLY_SURBS = 20;

/** Makes a request of version 1, with a new id; its answer is whatever the service says. */
export function createV1Request(request: V1Request): OutgoingRequest<V1Reply> {
  const id = createRequestId();
  return {
    id,
    message: new TextEncoder().encode(formatV1Request({ ...request, id })),
    decode(message) {
      const reply = parseMessage(message);
      return reply === undefined ? undefined : { id: reply.id, answer: reply };
    },
    replySurbs: REPLY_SURBS,
  };
}

function parseMessage(message: Uint8Array): V1Reply | undefined {
  if (message.length > MAX_MESSAGE_BYTES) return undefined;
  try {
    return parseV1Reply(new TextDecoder('utf-8', { fatal: true }).decode(message));
  } catch {
    // Not UTF-8: one of our own heartbeats.
    return undefined;
  }
}
