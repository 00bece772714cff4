import { setTimeout as timer } from 'node:timers/promises';

/** Notes when the official client sends, to know when it has nothing left to send: it does not tell. */
export class Stillness {
  readonly #now: () => number;
  readonly #sleep: (ms: number) => Promise<unknown>;
  #lastSentMs = 0;

  constructor(
    now: () => number = () => performance.now(),
    sleep: (ms: number) => Promise<unknown> = (ms) => timer(ms),
  ) {
    this.#now = now;
    this.#sleep = sleep;
  }

  readonly noteSending = (): void => {
    this.#lastSentMs = this.#now();
  };

  /** Resolves when nothing has been sent for so long, counted from now on. With cover traffic that is never. */
  async wait(quietMs: number): Promise<void> {
    const begin = this.#now();
    for (;;) {
      const waitMs = Math.max(begin, this.#lastSentMs) + quietMs - this.#now();
      if (waitMs <= 0) return;
      await this.#sleep(waitMs);
    }
  }
}
