/**
 * Requests and answers over a mixnet that loses, repeats and delays messages.
 *
 * * Every request has a random id, which its answer carries back; an answer with another id is dropped. A request without an answer is sent
 *   again, with the same id, after growing time-outs, and at once when the connection has been rebuilt.
 * * Some answers of version 1 carry no id. So one request is under way at a time; the others wait in turn. And a link on which a late answer
 *   without an id could still come, because the request before was sent twice, given up, or answered without an id, is not used for the
 *   next one: the connection is asked for a new identity, to which no old answer finds its way.
 */
import { base64urlnopad } from '@scure/base';
import { AppError } from '@pastenym/shared/errors';
import { secureRandom, type RandomBytes } from '@pastenym/shared/random';
import type { Connection } from './connection.js';
import { systemSchedule, type Schedule } from '../schedule.js';
import type { Store } from '../store.js';

/** What is asked, in some version of the wire format. */
export interface Exchange<Answer> {
  encode: (id: string) => Uint8Array;
  /** @returns undefined for what is no answer at all */
  decode: (message: Uint8Array) => Reply<Answer> | undefined;
  /** Reply blocks to send along. */
  replySurbs: number;
}

export interface Reply<Answer> {
  /** The request's, where the answer can carry it. */
  id: string | undefined;
  answer: Answer;
}

export type RequestProgress =
  | { stage: 'queued'; waitingFor: 'turn' | 'connection' | 'service' }
  | { stage: 'sending'; copy: number }
  | { stage: 'waiting'; copy: number }
  | { stage: 'answered' };

export interface RequestOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: RequestProgress) => void) | undefined;
}

export interface Transport {
  /**
   * @throws AppError `timed-out` (no answer to any copy), `queue-full`
   * @throws the reason of `signal`
   */
  request: <Answer>(exchange: Exchange<Answer>, options?: RequestOptions) => Promise<Answer>;
}

export interface TransportTimes {
  /** How long to wait for the answer to the first copy; each further copy waits twice as long. */
  firstTimeoutMs: number;
  /** What a slow client sends, by which the time-out of a long request grows. */
  bytesPerSecond: number;
}

/** Near by, an answer takes half a second. On the main network, seconds; and 2 kB packets leave 20 ms apart, 1.6 kB of ours in each. */
export const TRANSPORT_TIMES: Record<'local' | 'mainnet', TransportTimes> = {
  local: { firstTimeoutMs: 10_000, bytesPerSecond: 200_000 },
  mainnet: { firstTimeoutMs: 30_000, bytesPerSecond: 40_000 },
};

export const REQUEST_ID_BYTES = 16;
export const MAX_COPIES = 4;
/** Beyond that a person has pressed too often: further requests fail with `queue-full`. */
export const MAX_QUEUED = 8;

export interface TransportOptions {
  connection: Connection;
  /** Where the service can be reached; several are the same service. Empty: not yet. */
  serviceAddresses: Store<readonly string[]>;
  /** Asked when a request is sent: the network is not known before. */
  times: () => TransportTimes;
  schedule?: Schedule;
  randomBytes?: RandomBytes;
}

export function createTransport(options: TransportOptions): Transport {
  return new Requests(options);
}

/** A request, with the type of its answer forgotten. */
interface Job {
  id: string;
  exchange: Exchange<unknown>;
  message: Uint8Array;
  copies: number;
  /** The link that carries it now, and how many copies it has carried. */
  link: number | undefined;
  copiesOnLink: number;
  progress: (progress: RequestProgress) => void;
  resolve: (answer: unknown) => void;
  reject: (error: unknown) => void;
}

class Requests implements Transport {
  readonly #connection: Connection;
  readonly #serviceAddresses: Store<readonly string[]>;
  readonly #times: () => TransportTimes;
  readonly #schedule: Schedule;
  readonly #randomBytes: RandomBytes;
  readonly #queue: Job[] = [];
  #active: Job | undefined;
  #clearTimer = (): void => undefined;
  /** The link on which a late answer without an id may still come. */
  #stainedLink: number | undefined;

  constructor(options: TransportOptions) {
    this.#connection = options.connection;
    this.#serviceAddresses = options.serviceAddresses;
    this.#times = options.times;
    this.#schedule = options.schedule ?? systemSchedule;
    this.#randomBytes = options.randomBytes ?? secureRandom;
    this.#connection.subscribe(() => {
      this.#pump();
    });
    this.#serviceAddresses.subscribe(() => {
      this.#pump();
    });
    this.#connection.onMessage((message) => {
      this.#hear(message);
    });
  }

  async request<Answer>(
    exchange: Exchange<Answer>,
    { signal, onProgress }: RequestOptions = {},
  ): Promise<Answer> {
    signal?.throwIfAborted();
    if (this.#queue.length >= MAX_QUEUED) throw new AppError('queue-full');
    const { promise, resolve, reject } = withResolvers<unknown>();
    const id = base64urlnopad.encode(this.#randomBytes(REQUEST_ID_BYTES));
    const job: Job = {
      id,
      // Answers go back to the exchange that has decoded them.
      exchange,
      message: exchange.encode(id),
      copies: 0,
      link: undefined,
      copiesOnLink: 0,
      progress: onProgress ?? (() => undefined),
      resolve,
      reject,
    };
    const abort = () => {
      this.#drop(job, signal?.reason);
    };
    signal?.addEventListener('abort', abort);
    this.#queue.push(job);
    this.#pump();
    try {
      return (await promise) as Answer;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Does what can be done now: begins the next request, sends the one under way on a new link, or says what is waited for. */
  #pump(): void {
    const link = this.#usableLink();
    this.#active ??= this.#queue.shift();
    for (const job of this.#queue) job.progress({ stage: 'queued', waitingFor: 'turn' });
    const job = this.#active;
    if (job === undefined) return;
    if (link === undefined) this.#wait(job, 'connection');
    else if (job.link === link) return;
    else if (this.#serviceAddresses.get().length === 0) this.#wait(job, 'service');
    else this.#send(job, link);
  }

  /** A stained link is replaced at once, so that the next request need not wait for it. */
  #usableLink(): number | undefined {
    const state = this.#connection.get();
    if (state.name !== 'connected') return undefined;
    if (state.link !== this.#stainedLink) return state.link;
    this.#connection.renew();
    return undefined;
  }

  /** An answer to what the old link has sent cannot come any more. */
  #wait(job: Job, waitingFor: 'connection' | 'service'): void {
    this.#clearTimer();
    job.link = undefined;
    job.copiesOnLink = 0;
    job.progress({ stage: 'queued', waitingFor });
  }

  #send(job: Job, link: number): void {
    if (job.copies >= MAX_COPIES) {
      this.#drop(job, new AppError('timed-out'));
      return;
    }
    job.link = link;
    job.copies += 1;
    job.copiesOnLink += 1;
    const copy = job.copies;
    job.progress({ stage: 'sending', copy });
    this.#setTimer(this.#timeoutMs(job), () => {
      this.#connection.suspect();
      this.#send(job, link);
    });
    this.#connection.send(job.message, this.#recipient(copy), job.exchange.replySurbs).then(
      () => {
        if (this.#active === job && job.copies === copy) job.progress({ stage: 'waiting', copy });
      },
      () => {
        // The client is gone, or did not take it: the time-out, or the next link, sends it again.
      },
    );
  }

  /** Every second copy goes to the next address, if there is one. */
  #recipient(copy: number): string {
    const addresses = this.#serviceAddresses.get();
    return addresses[Math.floor((copy - 1) / 2) % addresses.length] ?? '';
  }

  #timeoutMs({ copies, message }: Job): number {
    const { firstTimeoutMs, bytesPerSecond } = this.#times();
    return firstTimeoutMs * 2 ** (copies - 1) + (message.length / bytesPerSecond) * 1000;
  }

  #hear(message: Uint8Array): void {
    const job = this.#active;
    if (job?.link === undefined) return;
    const reply = job.exchange.decode(message);
    if (reply === undefined) return;
    if (reply.id !== undefined && reply.id !== job.id) return;
    this.#end(job, reply.id === undefined || job.copiesOnLink > 1);
    job.progress({ stage: 'answered' });
    job.resolve(reply.answer);
  }

  /** Given up, by a time-out or by whoever asked. */
  #drop(job: Job, reason: unknown): void {
    const at = this.#queue.indexOf(job);
    if (at >= 0) this.#queue.splice(at, 1);
    else if (this.#active === job) this.#end(job, job.copiesOnLink > 0);
    job.reject(reason);
  }

  #end(job: Job, stained: boolean): void {
    this.#clearTimer();
    this.#active = undefined;
    if (stained) this.#stainedLink = job.link;
    this.#pump();
  }

  #setTimer(delayMs: number, task: () => void): void {
    this.#clearTimer();
    this.#clearTimer = this.#schedule(delayMs, task);
  }
}

/** `Promise.withResolvers`, which browsers of 2023 do not have. */
function withResolvers<T>() {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
