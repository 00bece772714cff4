import { formatV1Reply, refusals } from '@pastenym/shared/v1/replies';
import { escapeHtml } from '@pastenym/shared/v1/html-escape';
import type { JsonValue } from '@pastenym/shared/v1/python-json';
import { parseV1Request, type NewText, type V1Request } from '@pastenym/shared/v1/requests';
import { AppError } from '@pastenym/shared/errors';
import type { ShareLink } from '@pastenym/shared/share-link';
import type { RequestOptions, Transport } from '../../src/connection/transport.js';
import { sealPaste, storePaste, type Draft } from '../../src/pastes/create.js';

type Answer = JsonValue | undefined | Promise<JsonValue>;

/**
 * A transport with no mixnet: requests go through the wire format, to a service that is a function, and its answers back through it.
 * `answer` may give nothing: then the request waits for ever, or until it is cancelled.
 */
export function transportTo(answer: (request: V1Request) => Answer): Transport {
  return {
    async request({ id, message, decode }, { signal, onProgress } = {}) {
      signal?.throwIfAborted();
      const request = parseV1Request(new TextDecoder().decode(message));
      if (request === undefined) throw new Error('This is no request.');
      onProgress?.({ stage: 'sending', attempt: 1, isAgain: false });
      onProgress?.({ stage: 'waiting', attempt: 1, isAgain: false });
      const reply = answer(request);
      const text = formatV1Reply(reply === undefined ? await aborted(signal) : await reply, id);
      signal?.throwIfAborted();
      const decoded = decode(new TextEncoder().encode(text));
      if (decoded === undefined) throw new Error('This is no reply.');
      return decoded.answer;
    },
  };
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });
}

/** A transport whose requests arrive, and whose answers get lost for as long as `isLosing` says so. */
export function lossyTransportTo(
  service: { answer: (request: V1Request) => JsonValue },
  isLosing: () => boolean,
): Transport {
  return transportTo((request) => {
    const answer = service.answer(request);
    return isLosing() ? Promise.reject(new AppError('timed-out')) : answer;
  });
}

/** Seals a draft, and stores it. */
export async function createPaste(
  draft: Draft,
  transport: Transport,
  options?: RequestOptions,
): Promise<ShareLink> {
  return storePaste(await sealPaste(draft), transport, options);
}

/** A small paste service in memory, with the rules of version 1. A request that comes again gets the answer that it got before. */
export function pasteService() {
  const pastes = new Map<string, NewText & { reads: number }>();
  const asked: V1Request[] = [];
  const outcomes = new Map<string, JsonValue>();

  function answer(request: V1Request): JsonValue {
    asked.push(request);
    const key = JSON.stringify(request);
    const outcome = outcomes.get(key) ?? serve(request);
    outcomes.set(key, outcome);
    return outcome;
  }

  function serve(request: V1Request): JsonValue {
    if (request.event === 'newText') {
      const id = `paste-00${pastes.size + 1}`;
      pastes.set(id, { ...request.data, reads: 0 });
      return { ipfs: false, url_id: id };
    }
    return request.event === 'getText' ? read(request.data.urlId) : refusals.internal;
  }

  function read(id: string): JsonValue {
    const paste = pastes.get(id);
    if (paste === undefined) return refusals.notFound;
    paste.reads += 1;
    if (paste.reads === paste.views) pastes.delete(id);
    return {
      text: escapeHtml(paste.text),
      num_view: paste.reads,
      created_on: '2026-11-22T00:00:00Z',
      is_burn: paste.views !== undefined,
      is_ipfs: false,
      burn_view: paste.views ?? 0,
      expiration_time: paste.expiration === undefined ? null : '2026-11-29T14:05:09Z',
      expiration_height: null,
      ...(paste.encParams === undefined ? {} : { encParams: paste.encParams }),
    };
  }

  return { pastes, asked, answer, transport: transportTo(answer) };
}
