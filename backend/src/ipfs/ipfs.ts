import { AppError } from '@pastenym/shared/errors';
import * as z from 'zod';
import { readBody } from '../http-body.js';
import type { Logger } from '../logger.js';
import { Poller } from '../poller.js';
import { Slots } from '../slots.js';
import { withoutCredentials, type ApiAccess } from '../without-credentials.js';
import { readCid } from './cid.js';

/**
 * Files on IPFS, through the RPC API of a Kubo node (https://docs.ipfs.tech/reference/kubo/rpc/, `/api/v0/add`, `cat`, `version`). Three calls by `fetch`: the
 * official client for this API would bring an implementation of libp2p's addresses and keys along, of which nothing is needed here.
 */
const INTERVAL_MS = 30_000;
const POLL_TIMEOUT_MS = 10_000;
const ADD_TIMEOUT_MS = 30_000;
/** The node may look for it in the whole network; whoever waits has given up by then. */
const CAT_TIMEOUT_MS = 20_000;
/** Anybody can ask for anything that nobody has, so few may wait at the same time. */
const MAX_CALLS = 4;
const MAX_WAITING_CALLS = 16;
const MAX_ANSWER_BYTES = 4096;

const addedSchema = z.object({ Hash: z.string().transform(readCid).pipe(z.string()) });

export interface IpfsOptions {
  /** Up to the API's own path, which is `/api/v0`; user and password stand in it, if it wants some. */
  url: URL;
  log: Logger;
  intervalMs?: number;
  catTimeoutMs?: number;
}

export class Ipfs {
  readonly #options: Required<IpfsOptions>;
  readonly #node: ApiAccess;
  readonly #poller: Poller;
  readonly #slots = new Slots(MAX_CALLS, MAX_WAITING_CALLS);

  constructor(options: IpfsOptions) {
    this.#options = { intervalMs: INTERVAL_MS, catTimeoutMs: CAT_TIMEOUT_MS, ...options };
    const { url, log, intervalMs } = this.#options;
    this.#node = withoutCredentials(url);
    this.#poller = new Poller({
      intervalMs,
      timeoutMs: POLL_TIMEOUT_MS,
      ask: async (signal) => {
        await this.#call('version', {}, signal, MAX_ANSWER_BYTES);
      },
      onChange: (isAnswered, error) => {
        if (isAnswered) log.info('the IPFS node answers');
        else log.warn({ err: error }, 'the IPFS node does not answer; trying again');
      },
    });
  }

  /** Whether the node has answered the last time that it was asked how it is. */
  get isAvailable(): boolean {
    return this.#poller.isAnswered;
  }

  /**
   * Stores a file and pins it.
   * @returns its CID, version 1 in base32
   * @throws AppError `busy`, `not-available`
   */
  async add(content: Uint8Array): Promise<string> {
    const form = new FormData();
    form.append('file', new Blob([Uint8Array.from(content)]));
    const signal = AbortSignal.timeout(ADD_TIMEOUT_MS);
    const parameters = { 'cid-version': '1', 'cid-base': 'base32', pin: 'true' };
    const answer = await this.#slots.run(() =>
      this.#call('add', parameters, signal, MAX_ANSWER_BYTES, form),
    );
    return readAdded(answer);
  }

  /**
   * @param cid as `readCid` gives it
   * @returns undefined if nobody has it, or it is longer
   * @throws AppError `busy`
   */
  async cat(cid: string, maxBytes: number): Promise<Buffer | undefined> {
    const signal = AbortSignal.timeout(this.#options.catTimeoutMs);
    return this.#slots.run(() =>
      this.#call('cat', { arg: cid }, signal, maxBytes).catch((error: unknown) => {
        this.#options.log.debug({ err: error }, 'nothing was read from IPFS');
        return undefined;
      }),
    );
  }

  stop(): Promise<void> {
    return this.#poller.stop();
  }

  async #call(
    command: string,
    parameters: Record<string, string>,
    signal: AbortSignal,
    maxBytes: number,
    body?: FormData,
  ): Promise<Buffer> {
    const { headers } = this.#node;
    const url = new URL(this.#node.url);
    url.pathname = `${url.pathname.replace(/\/+$/, '')}/api/v0/${command}`;
    url.search = new URLSearchParams(parameters).toString();
    const redirect = 'error';
    const init: RequestInit = { method: 'POST', headers, signal, redirect, ...(body && { body }) };
    try {
      const response = await fetch(url, init);
      const answer = await readBody(response, maxBytes);
      if (response.ok) return answer;
      throw new AppError('not-available', { detail: `HTTP ${response.status}.` });
    } catch (cause) {
      throw cause instanceof AppError ? cause : new AppError('not-available', { cause });
    }
  }
}

function readAdded(answer: Buffer): string {
  try {
    return addedSchema.parse(JSON.parse(answer.toString('utf8'))).Hash;
  } catch (cause) {
    throw new AppError('not-available', { detail: 'The IPFS node was not understood.', cause });
  }
}
