import { AppError } from '@pastenym/shared/errors';
import * as z from 'zod';
import { readBody } from '../http-body.js';
import type { Logger } from '../logger.js';
import { Poller } from '../poller.js';
import { withoutCredentials, type ApiAccess } from '../without-credentials.js';

/** A block comes every ten minutes or so. */
const INTERVAL_MS = 60_000;
const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 4096;

/** JSON-RPC as Bitcoin Core speaks it; heights fit into 31 bits for the next forty thousand years. */
const answerSchema = z.object({ result: z.int().min(0).max(0x7fff_ffff) });

export interface BlockHeightOptions {
  /** Of the node's RPC; user and password stand in it, if it wants some. */
  url: URL;
  log: Logger;
  intervalMs?: number;
  timeoutMs?: number;
}

/**
 * The height of the Bitcoin block chain, as a node tells it that is asked every minute: nobody waits for the node. While it is silent, the last known height
 * goes on to be the height, but the service does not promise to expire anything by it.
 */
export class BlockHeight {
  readonly #poller: Poller;
  #height: number | undefined;

  constructor({ url, log, intervalMs = INTERVAL_MS, timeoutMs = TIMEOUT_MS }: BlockHeightOptions) {
    const node = withoutCredentials(url);
    this.#poller = new Poller({
      intervalMs,
      timeoutMs,
      ask: async (signal) => {
        const height = await askHeight(node, signal);
        // A node that is catching up again must not bring back what has expired.
        this.#height = Math.max(this.#height ?? 0, height);
      },
      onChange: (isAnswered, error) => {
        if (isAnswered) log.info('the Bitcoin node answers');
        else log.warn({ err: error }, 'the Bitcoin node does not answer; trying again');
      },
    });
  }

  /** Undefined until the node has answered for the first time. */
  get height(): number | undefined {
    return this.#height;
  }

  /** Whether pastes may be promised to expire at a height. */
  get isAvailable(): boolean {
    return this.#poller.isAnswered;
  }

  stop(): Promise<void> {
    return this.#poller.stop();
  }
}

async function askHeight(node: ApiAccess, signal: AbortSignal): Promise<number> {
  const body = JSON.stringify({
    jsonrpc: '1.0',
    id: 'pastenym',
    method: 'getblockcount',
    params: [],
  });
  const headers = { ...node.headers, 'content-type': 'application/json' };
  const response = await fetch(node.url, {
    method: 'POST',
    headers,
    body,
    signal,
    redirect: 'error',
  });
  const answer = await readBody(response, MAX_ANSWER_BYTES);
  if (!response.ok) throw new AppError('not-available', { detail: `HTTP ${response.status}.` });
  return answerSchema.parse(JSON.parse(answer.toString('utf8'))).result;
}
