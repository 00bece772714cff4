import { setTimeout as sleep } from 'node:timers/promises';

export interface PollerOptions {
  /** Asks once; it should give up by itself when the signal aborts. */
  ask: (signal: AbortSignal) => Promise<void>;
  intervalMs: number;
  /** After so long, an answer does not count any more. */
  timeoutMs: number;
  /** Called when asking has begun to fail, and when it succeeds again; not each time. */
  onChange: (isAnswered: boolean, error?: unknown) => void;
}

/** Asks something again and again, at the start and then at intervals, so that nobody who wants to know the answer has to wait for it. */
export class Poller {
  readonly #options: PollerOptions;
  readonly #stopped = new AbortController();
  readonly #running: Promise<void>;
  #isAnswered: boolean | undefined;

  constructor(options: PollerOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  /** Whether it was answered the last time. */
  get isAnswered(): boolean {
    return this.#isAnswered === true;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { intervalMs } = this.#options;
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await this.#askOnce();
      await sleep(intervalMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #askOnce(): Promise<void> {
    const { ask, timeoutMs } = this.#options;
    const signal = AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(timeoutMs)]);
    try {
      await ask(signal);
      this.#change(true);
    } catch (error) {
      if (!this.#stopped.signal.aborted) this.#change(false, error);
    }
  }

  #change(isAnswered: boolean, error?: unknown): void {
    if (this.#isAnswered === isAnswered) return;
    this.#isAnswered = isAnswered;
    this.#options.onChange(isAnswered, error);
  }
}
