import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatV1Reply } from '@pastenym/shared/v1/replies';
import type { JsonValue } from '@pastenym/shared/v1/python-json';
import { parseV1Request, type V1Request } from '@pastenym/shared/v1/requests';
import type { BrowserContext, Route } from 'playwright-core';

export const SERVICE_ADDRESS =
  'EiBAqpQdqQNzgJnzqRTqZ7qG9fYpzXCzmPjSyTWY7GRT.4nVRkEr6vGPBHXzqnUcdWrhmqTzrFeDNVtbhFe7yPtCj@FaVPwjMG71mr3fW1z9wFsRxCZHnGe66gKvgvM8FUodNg';

const script = readFileSync(join(import.meta.dirname, 'scripted-worker.js'), 'utf8');

/** What a client is told when it starts. */
export type Start = { address: string } | { fault: string; detail?: string };

/** What the mixnet brings to a client that has sent a request; nothing: it, or its answer, is lost. */
type Answer = JsonValue | undefined | Promise<JsonValue | undefined>;

export interface MixnetScript {
  start?: () => Start | Promise<Start>;
  answer?: (request: V1Request) => Answer;
}

/**
 * The mixnet, as a test wants it: pages of this browser profile get a Nym worker that asks here what happens. The page and its server are
 * the real ones. Heartbeats come back as long as `isDeaf` is false.
 */
export class ScriptedMixnet {
  readonly asked: V1Request[] = [];
  isDeaf = false;
  starts = 0;
  readonly #script: MixnetScript;
  readonly #openSockets = new Set<() => void>();
  readonly #startWaiters = new Set<() => void>();

  constructor(script: MixnetScript = {}) {
    this.#script = script;
  }

  async attach(context: BrowserContext): Promise<this> {
    // As the page's server would send it: with the same policy.
    await context.route('**/nym-worker.*.js', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: script, headers: withoutEncoding(response.headers()) });
    });
    await context.route('**/scripted-mixnet/*', (route) => this.#serve(route));
    return this;
  }

  /** The gateway goes away. */
  closeSockets(): void {
    for (const close of this.#openSockets) close();
    this.#openSockets.clear();
  }

  /** Resolves once so many clients have been started. */
  untilStarts(count: number): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (this.starts >= count) resolve();
      };
      this.#startWaiters.add(look);
      look();
    });
  }

  async #serve(route: Route): Promise<void> {
    const answer = await this.#react(route.request().url(), route.request().postData() ?? '{}');
    // The page may have gone, or ended the worker, meanwhile.
    await route.fulfill({ json: answer }).catch(() => undefined);
  }

  async #react(url: string, body: string): Promise<unknown> {
    if (url.endsWith('/start')) {
      this.starts += 1;
      for (const look of this.#startWaiters) look();
      return (await this.#script.start?.()) ?? { address: `client-${this.starts}` };
    }
    if (url.endsWith('/closed')) {
      await new Promise<void>((resolve) => this.#openSockets.add(resolve));
      return { closed: true };
    }
    const { self, payload } = JSON.parse(body) as { self: boolean; payload: number[] };
    if (self) return { messages: this.isDeaf ? [] : [payload] };
    return { messages: await this.#carry(Uint8Array.from(payload)) };
  }

  async #carry(message: Uint8Array): Promise<number[][]> {
    const request = parseV1Request(new TextDecoder().decode(message));
    if (request === undefined) throw new Error('The page has sent no request.');
    this.asked.push(request);
    const answer = await this.#script.answer?.(request);
    if (answer === undefined) return [];
    return [Array.from(new TextEncoder().encode(formatV1Reply(answer, request.id)))];
  }
}

function withoutEncoding(headers: Record<string, string>): Record<string, string> {
  const kept = Object.entries(headers).filter(
    ([name]) => !/^content-(?:encoding|length)$/.test(name),
  );
  return Object.fromEntries(kept);
}
