import { formatV1Reply, refusals } from '@pastenym/shared/v1/replies';
import { escapeHtml } from '@pastenym/shared/v1/html-escape';
import type { JsonValue } from '@pastenym/shared/v1/python-json';
import { parseV1Request, type NewText, type V1Request } from '@pastenym/shared/v1/requests';
import type { Transport } from '../../src/connection/transport.js';

type Answer = JsonValue | undefined | Promise<JsonValue>;

/**
 * A transport with no mixnet: requests go through the wire format, to a service that is a function, and its answers back through it.
 * `answer` may give nothing: then the request waits for ever, or until it is cancelled.
 */
export function transportTo(answer: (request: V1Request) => Answer): Transport {
  let requests = 0;
  return {
    async request(exchange, { signal, onProgress } = {}) {
      signal?.throwIfAborted();
      requests += 1;
      const id = `request-${requests}`;
      const request = parseV1Request(new TextDecoder().decode(exchange.encode(id)));
      if (request === undefined) throw new Error('This is no request.');
      onProgress?.({ stage: 'sending', copy: 1 });
      onProgress?.({ stage: 'waiting', copy: 1 });
      const reply = answer(request);
      const text = formatV1Reply(reply === undefined ? await aborted(signal) : await reply, id);
      signal?.throwIfAborted();
      const decoded = exchange.decode(new TextEncoder().encode(text));
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

/** A small paste service in memory, with the rules of version 1. */
export function pasteService() {
  const pastes = new Map<string, NewText & { reads: number }>();
  const asked: V1Request[] = [];

  function answer(request: V1Request): JsonValue {
    asked.push(request);
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
