/**
 * Requests and answers over a mixnet that loses, repeats and delays messages.
 *
 * * Every request has a random id, which its answer carries back; an answer with another id is dropped. A request without an answer is sent
 *   again, as it was, after growing time-outs, and at once when the connection has been rebuilt.
 * * A request belongs to whoever made it. One that was given up or cancelled may have had its effect; made again, with the same id, it is
 *   answered without having it twice.
 * * Some answers of version 1 carry no id. So one request is under way at a time; the others wait in turn. And a link on which a late answer
 *   without an id could still come, because the request before was sent twice, given up, or answered without an id, is not used for the
 *   next one: the connection is asked for a new identity, to which no old answer finds its way.
 */
import { AppError } from '@pastenym/shared/errors';
import type { Connection } from './connection.js';
import { systemSchedule, type Schedule } from '../schedule.js';
import type { Store } from '../store.js';

/** What is asked, in some version of the wire format. However often it is sent, it has one effect: its bytes stay the same. */
export interface OutgoingRequest<Answer> {
  /** From `createRequestId`; it stands in the message. */
  id: string;
  message: Uint8Array;
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
  /** `isAgain`: it was sent before, in an earlier attempt or on a link that is no more. */
  | { stage: 'sending' | 'waiting'; attempt: number; isAgain: boolean }
  | { stage: 'answered' };

export interface RequestOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: RequestProgress) => void) | undefined;
}

export interface Transport {
  /**
   * @throws AppError `timed-out` (no answer in any attempt), `queue-full`
   * @throws the reason of `signal`
   */
  request: <Answer>(request: OutgoingRequest<Answer>, options?: RequestOptions) => Promise<Answer>;
}

export interface TransportTimes {
  /** How long the first attempt waits for the answer; each further one waits twice as long. */
  firstTimeoutMs: number;
  /** What a slow client sends, by which the time-out of a long request grows. */
  bytesPerSecond: number;
}

/** Near by, an answer takes half a second. On the main network, seconds; and 2 kB packets leave 20 ms apart, 1.6 kB of ours in each. */
export const TRANSPORT_TIMES: Record<'local' | 'mainnet', TransportTimes> = {
  local: { firstTimeoutMs: 10_000, bytesPerSecond: 200_000 },
  mainnet: { firstTimeoutMs: 30_000, bytesPerSecond: 40_000 },
};

/** An attempt ends when its time-out has run out on one link. A link that breaks costs none: the attempt begins anew on the next. */
export const MAX_ATTEMPTS = 4;
/**
 * From the first time that a request is sent until it is given up. The service keeps its answers for ten minutes; later, a copy would have
 * an effect of its own.
 */
export const REQUEST_DEADLINE_MS = 9 * 60_000;
/** Beyond that a person has pressed too often: further requests fail with `queue-full`. */
export const MAX_QUEUED = 8;

export interface TransportOptions {
  connection: Connection;
  /** Where the service can be reached; several are the same service. Empty: not yet. */
  serviceAddresses: Store<readonly string[]>;
  /** Asked when a request is sent: the network is not known before. */
  times: () => TransportTimes;
  /** A request has been given up: is the service still where it was? */
  onUnanswered?: () => void;
  schedule?: Schedule;
}

export function createTransport(options: TransportOptions): Transport {
  return new Requests(options);
}

/** A request, with the type of its answer forgotten. */
interface Job {
  request: OutgoingRequest<unknown>;
  /** From 1: how many time-outs have run out, and one. */
  attempt: number;
  copies: number;
  /** The link that carries it now, and how many copies it has carried. */
  link: number | undefined;
  copiesOnLink: number;
  clearDeadline: () => void;
  progress: (progress: RequestProgress) => void;
  resolve: (answer: unknown) => void;
  reject: (error: unknown) => void;
}

class Requests implements Transport {
  readonly #connection: Connection;
  readonly #serviceAddresses: Store<readonly string[]>;
  readonly #times: () => TransportTimes;
  readonly #schedule: Schedule;
  readonly #onUnanswered: () => void;
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
    this.#onUnanswered = options.onUnanswered ?? (() => undefined);
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
    request: OutgoingRequest<Answer>,
    { signal, onProgress }: RequestOptions = {},
  ): Promise<Answer> {
    signal?.throwIfAborted();
    if (this.#queue.length >= MAX_QUEUED) throw new AppError('queue-full');
    const { promise, resolve, reject } = withResolvers<unknown>();
    const job: Job = {
      // Answers go back to the request that has decoded them.
      request,
      attempt: 1,
      copies: 0,
      link: undefined,
      copiesOnLink: 0,
      clearDeadline: () => undefined,
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
    job.link = link;
    job.copies += 1;
    job.copiesOnLink += 1;
    if (job.copies === 1) this.#setDeadline(job);
    const { request, copies, attempt } = job;
    const isAgain = copies > 1;
    job.progress({ stage: 'sending', attempt, isAgain });
    this.#setTimer(this.#timeoutMs(job), () => {
      this.#timeOut(job, link);
    });
    this.#connection.send(request.message, this.#recipient(attempt), request.replySurbs).then(
      () => {
        const isCurrent = this.#active === job && job.copies === copies;
        if (isCurrent) job.progress({ stage: 'waiting', attempt, isAgain });
      },
      () => {
        // The client is gone, or did not take it: the time-out, or the next link, sends it again.
      },
    );
  }

  #timeOut(job: Job, link: number): void {
    this.#connection.suspect();
    if (job.attempt >= MAX_ATTEMPTS) {
      this.#giveUp(job);
      return;
    }
    job.attempt += 1;
    this.#send(job, link);
  }

  #setDeadline(job: Job): void {
    job.clearDeadline = this.#schedule(REQUEST_DEADLINE_MS, () => {
      this.#giveUp(job);
    });
  }

  #giveUp(job: Job): void {
    this.#drop(job, new AppError('timed-out'));
    this.#onUnanswered();
  }

  /** Every second attempt goes to the next address, if there is one. */
  #recipient(attempt: number): string {
    const addresses = this.#serviceAddresses.get();
    return addresses[Math.floor((attempt - 1) / 2) % addresses.length] ?? '';
  }

  #timeoutMs({ attempt, request }: Job): number {
    const { firstTimeoutMs, bytesPerSecond } = this.#times();
    return firstTimeoutMs * 2 ** (attempt - 1) + (request.message.length / bytesPerSecond) * 1000;
  }

  #hear(message: Uint8Array): void {
    const job = this.#active;
    if (job?.link === undefined) return;
    const reply = job.request.decode(message);
    if (reply === undefined) return;
    if (reply.id !== undefined && reply.id !== job.request.id) return;
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
    job.clearDeadline();
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
