import { setTimeout as sleep } from 'node:timers/promises';
import type { RandomBytes } from '@pastenym/shared/random';
import { drawId } from '@pastenym/shared/v2/id';
import { surbsFor } from '@pastenym/shared/v2/surbs';
import { formatV2Request, parseV2Reply } from '@pastenym/shared/v2/wire';
import type { Logger } from '../logger.js';
import type { Mixnet } from './mixnet.js';

/** The longest answer to `info`: 2060 characters that the operator has chosen, three bytes each, and numbers. What is longer is not read. */
const MAX_ANSWER_BYTES = 8192;
const REPLY_SURBS = surbsFor(MAX_ANSWER_BYTES);
const FIRST_TIMEOUT_MS = 15_000;
const LONGEST_TIMEOUT_MS = 120_000;
/** Waiting varies by so much, so that services that started together do not ask together. */
const JITTER = 0.2;

export interface SelfProbeOptions {
  sendAnonymous: Mixnet['sendAnonymous'];
  /** It has been answered for the first time since `start`: the service can be reached at this address. */
  onReachable: (selfAddress: string) => void;
  random: RandomBytes;
  log: Logger;
  /** From an answer to the next question. */
  intervalMs: number;
  firstTimeoutMs?: number;
  /** Of a clock that nobody sets. */
  elapsedMs?: () => number;
}

/** A question that has not been answered. */
interface Question {
  id: string;
  selfAddress: string;
  isFirst: boolean;
  /** Aborted when the answer is there, or nobody wants it any more. */
  ended: AbortController;
}

/**
 * Asks the service something, as anybody would: `info`, at its own address, through the mixnet, answered by reply blocks. That a connection to
 * the nym-client is open, says little: its gateway may be dead, or the network out of reach, and a nym-client may go deaf later. Until the answer is
 * there (that the service is busy, is one), it asks again, waiting longer each time; then it asks anew, at a slow pace, for as long as the connection lasts.
 */
export class SelfProbe {
  readonly #options: Required<SelfProbeOptions>;
  #running = new AbortController();
  #question: Question | undefined;
  #selfAddress: string | undefined;
  #answeredAtMs: number | undefined;

  constructor(options: SelfProbeOptions) {
    this.#options = {
      firstTimeoutMs: FIRST_TIMEOUT_MS,
      elapsedMs: () => performance.now(),
      ...options,
    };
  }

  /** Seconds since the service last heard itself at the address that it has; undefined if it never has. */
  get ageSeconds(): number | undefined {
    if (this.#answeredAtMs === undefined) return undefined;
    return (this.#options.elapsedMs() - this.#answeredAtMs) / 1000;
  }

  /** Asks at this address; whatever was asked before is forgotten. */
  start(selfAddress: string): void {
    this.stop();
    if (selfAddress !== this.#selfAddress) this.#answeredAtMs = undefined;
    this.#selfAddress = selfAddress;
    this.#running = new AbortController();
    void this.#run(selfAddress, this.#running.signal);
  }

  stop(): void {
    this.#running.abort();
    this.#end();
  }

  /** Takes a message that came without a sender tag, as answers do. All others that come so are of no interest. */
  take(message: Uint8Array): boolean {
    if (this.#question === undefined || message.length > MAX_ANSWER_BYTES) return false;
    const { id, selfAddress, isFirst } = this.#question;
    if (parseV2Reply(Buffer.from(message).toString('utf8'))?.id !== id) return false;
    this.#answeredAtMs = this.#options.elapsedMs();
    this.#end();
    if (isFirst) this.#options.onReachable(selfAddress);
    return true;
  }

  #end(): void {
    this.#question?.ended.abort();
    this.#question = undefined;
  }

  async #run(selfAddress: string, stopped: AbortSignal): Promise<void> {
    for (let isFirst = true; !stopped.aborted; isFirst = false) {
      const id = drawId(this.#options.random);
      this.#question = { id, selfAddress, isFirst, ended: new AbortController() };
      await this.#askUntilEnded(this.#question);
      await this.#pause(this.#options.intervalMs, stopped);
    }
  }

  /** Each time it is the same request, so a late answer counts. */
  async #askUntilEnded({ id, selfAddress, ended: { signal } }: Question): Promise<void> {
    const request = Buffer.from(formatV2Request(id, 'info', {}));
    let timeoutMs = this.#options.firstTimeoutMs;
    for (;;) {
      await this.#send(selfAddress, request);
      await this.#pause(timeoutMs, signal);
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

  async #pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    const [byte = 0] = this.#options.random(1);
    const jitter = 1 + (JITTER * byte) / 255;
    await sleep(milliseconds * jitter, undefined, { signal }).catch(() => undefined);
  }
}
