import { setTimeout as sleep } from 'node:timers/promises';
import type { RandomBytes } from '@pastenym/shared/random';
import { parseV1Reply } from '@pastenym/shared/v1/replies';
import { formatV1Request } from '@pastenym/shared/v1/requests';
import type { Logger } from '../logger.js';
import type { Mixnet } from './mixnet.js';

/** A nym-client keeps ten back for asking for more; a short answer needs one or two. */
const REPLY_SURBS = 20;
const FIRST_TIMEOUT_MS = 15_000;
const LONGEST_TIMEOUT_MS = 120_000;
/** Waiting varies by so much, so that services that started together do not ask together. */
const JITTER = 0.2;
const REQUEST_ID_BYTES = 16;
/** An answer to `ping` is shorter. What is longer is not read. */
const MAX_ANSWER_BYTES = 1024;

export interface SelfProbeOptions {
  sendAnonymous: Mixnet['sendAnonymous'];
  /** It has been answered: the service can be reached at this address. */
  onAnswer: (selfAddress: string) => void;
  random: RandomBytes;
  log: Logger;
  firstTimeoutMs?: number;
}

/**
 * Asks the service something, as anybody would: a `ping` to its own address, through the mixnet, answered by reply blocks. That a connection to
 * the nym-client is open, says little: its gateway may be dead, or the network out of reach. Until the answer is there, it asks again, waiting
 * longer each time.
 */
export class SelfProbe {
  readonly #options: Required<SelfProbeOptions>;
  #asking: { id: string; selfAddress: string; ended: AbortController } | undefined;

  constructor(options: SelfProbeOptions) {
    this.#options = { firstTimeoutMs: FIRST_TIMEOUT_MS, ...options };
  }

  /** Asks at this address; whatever was asked before is forgotten. */
  start(selfAddress: string): void {
    this.stop();
    const id = Buffer.from(this.#options.random(REQUEST_ID_BYTES)).toString('base64url');
    const ended = new AbortController();
    this.#asking = { id, selfAddress, ended };
    void this.#askUntil(ended.signal, selfAddress, id);
  }

  stop(): void {
    this.#asking?.ended.abort();
    this.#asking = undefined;
  }

  /** Takes a message that came without a sender tag, as answers do. All others that come so are of no interest. */
  take(message: Uint8Array): boolean {
    if (this.#asking === undefined || message.length > MAX_ANSWER_BYTES) return false;
    const { id, selfAddress } = this.#asking;
    if (parseV1Reply(Buffer.from(message).toString('utf8'))?.id !== id) return false;
    this.stop();
    this.#options.onAnswer(selfAddress);
    return true;
  }

  /** Each time it is the same request, so a late answer counts. */
  async #askUntil(signal: AbortSignal, selfAddress: string, id: string): Promise<void> {
    const request = Buffer.from(formatV1Request({ event: 'ping', id }));
    let timeoutMs = this.#options.firstTimeoutMs;
    for (;;) {
      await this.#send(selfAddress, request);
      await sleep(timeoutMs * this.#jitter(), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      this.#options.log.warn({ timeoutMs }, 'the service does not reach itself through the mixnet');
      timeoutMs = Math.min(2 * timeoutMs, LONGEST_TIMEOUT_MS);
    }
  }

  async #send(selfAddress: string, request: Uint8Array): Promise<void> {
    try {
      await this.#options.sendAnonymous(selfAddress, request, REPLY_SURBS);
    } catch (error) {
      this.#options.log.debug({ err: error }, 'the self-probe could not be sent');
    }
  }

  #jitter(): number {
    const [byte = 0] = this.#options.random(1);
    return 1 + (JITTER * byte) / 255;
  }
}
