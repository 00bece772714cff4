import type { Clock } from '@pastenym/shared/clock';

export interface TokenBucketOptions {
  /** Tokens that come back each second; 0: it is always full. */
  perSecond: number;
  /** Tokens that it holds when it is full. */
  burst: number;
  clock: Clock;
}

/** So that a millisecond brings a whole number of parts, and none is lost in rounding. */
const PARTS_PER_TOKEN = 1000;

/** Lets through so many a second, and a burst of them after a quiet time. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #clock: Clock;
  readonly #size: number;
  #parts: number;
  #filledAt: number;

  constructor({ perSecond, burst, clock }: TokenBucketOptions) {
    this.#perSecond = perSecond;
    this.#clock = clock;
    this.#size = burst * PARTS_PER_TOKEN;
    this.#parts = this.#size;
    this.#filledAt = clock();
  }

  /** @returns 0 if there was a token, which is taken; else in how many milliseconds there will be one */
  take(): number {
    if (this.#perSecond === 0) return 0;
    this.#fill();
    const missing = PARTS_PER_TOKEN - this.#parts;
    if (missing > 0) return Math.ceil(missing / this.#perSecond);
    this.#parts -= PARTS_PER_TOKEN;
    return 0;
  }

  /** 1: full, 0: empty. */
  get fullness(): number {
    this.#fill();
    return this.#parts / this.#size;
  }

  /** A clock that is set back gives nothing and takes nothing. */
  #fill(): void {
    const now = this.#clock();
    const elapsedMs = Math.max(0, now - this.#filledAt);
    this.#parts = Math.min(this.#size, this.#parts + elapsedMs * this.#perSecond);
    this.#filledAt = now;
  }
}
