import { setTimeout as sleep } from 'node:timers/promises';
import type { Counters } from '../counters.js';
import type { Logger } from '../logger.js';
import type { PasteStore } from '../store/store.js';
import type { Present } from './present.js';

export interface SweeperOptions {
  store: PasteStore;
  now: Present;
  intervalMs: number;
  /** What else is due as often, after each sweep, whether that has succeeded or not. */
  alsoDo?: () => Promise<void>;
  counters: Counters;
  log: Logger;
  /** Of a clock that nobody sets. */
  elapsedMs?: () => number;
}

/**
 * Deletes what has expired and erases what deleted pastes have left behind, at the start and then again and again, whether anybody asks for
 * anything or not. (That no expired paste is ever given out, is the store's promise and does not depend on this.)
 */
export class Sweeper {
  readonly #options: Required<SweeperOptions>;
  readonly #stopped = new AbortController();
  readonly #running: Promise<void>;
  #sweptAtMs: number;
  #erasedAtMs: number;
  #erasing: Promise<void> | undefined;

  constructor(options: SweeperOptions) {
    this.#options = {
      alsoDo: () => Promise.resolve(),
      elapsedMs: () => performance.now(),
      ...options,
    };
    this.#sweptAtMs = this.#erasedAtMs = this.#options.elapsedMs();
    this.#running = this.#run();
  }

  /** Seconds since nothing was left to sweep; if that has never been so, since the start. */
  get sweepAgeSeconds(): number {
    return (this.#options.elapsedMs() - this.#sweptAtMs) / 1000;
  }

  /** Seconds since nothing was left to erase, which is about what had been deleted by then; if that has never been so, since the start. */
  get eraseAgeSeconds(): number {
    return (this.#options.elapsedMs() - this.#erasedAtMs) / 1000;
  }

  /** Resolves when it has put down what it had in hand. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await this.#attempt('sweeping', () => this.#sweep());
      await this.#attempt('what is done beside sweeping', this.#options.alsoDo);
      await sleep(this.#options.intervalMs, undefined, { signal }).catch(() => undefined);
    }
    await this.#erasing;
  }

  async #attempt(what: string, work: () => Promise<void>): Promise<void> {
    await work().catch((error: unknown) => {
      this.#options.log.error({ err: error }, `${what} failed; it will be tried again`);
    });
  }

  /** Batch after batch, with room between them for whoever else wants the store. */
  async #sweep(): Promise<void> {
    const { store, now, counters, elapsedMs } = this.#options;
    let isMore: boolean;
    do {
      const { expired, abandoned, other } = await store.sweep(now());
      counters.expired += expired;
      counters.abandoned += abandoned;
      isMore = expired + abandoned + other > 0;
    } while (isMore && !this.#stopped.signal.aborted);
    this.#sweptAtMs = elapsedMs();
    this.#erasing ??= this.#attempt('erasing', () => this.#erase()).finally(
      () => (this.#erasing = undefined),
    );
  }

  /** It may take minutes (a `VACUUM` does), so sweeping goes on meanwhile. */
  async #erase(): Promise<void> {
    const { store, elapsedMs } = this.#options;
    const startedAtMs = elapsedMs();
    if (await store.eraseTraces(this.#stopped.signal)) this.#erasedAtMs = startedAtMs;
  }
}
