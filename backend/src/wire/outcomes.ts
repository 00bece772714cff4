import { createHash } from 'node:crypto';
import { systemClock, type Clock } from '@pastenym/shared/clock';
import { MAX_OUTCOME_CHARACTERS, MAX_OUTCOMES } from '../limits.js';

interface Outcome {
  answer: string;
  keptUntil: number;
}

export interface OutcomesOptions {
  keptMs: number;
  clock?: Clock;
  maxOutcomes?: number;
  maxCharacters?: number;
}

/**
 * The answers that were given to requests with an id, so that a request which is sent again, because its answer was lost, has one effect and
 * the same answer. They are kept in memory: for `keptMs`, within bounds of number and size (then the oldest goes first), and until the process
 * ends. They are found by a digest of the request, which its id is part of, so an id that is used twice cannot fetch another's answer.
 */
export class Outcomes {
  readonly #options: Required<OutcomesOptions>;
  /** In the order in which they were kept, so that the first is the oldest. */
  readonly #kept = new Map<string, Outcome>();
  readonly #pending = new Map<string, Promise<string>>();
  #characters = 0;

  constructor(options: OutcomesOptions) {
    this.#options = {
      clock: systemClock,
      maxOutcomes: MAX_OUTCOMES,
      maxCharacters: MAX_OUTCOME_CHARACTERS,
      ...options,
    };
  }

  /** What a request is known by. */
  static key(request: string): string {
    return createHash('sha256').update(request).digest('base64');
  }

  /**
   * Answers a request: by what was answered before, or together with the same request that is being worked on, or by `work`. What `work`
   * throws is not kept, so that the request may be tried again.
   */
  async once(key: string, work: () => Promise<string>): Promise<string> {
    const known = this.#find(key)?.answer ?? this.#pending.get(key);
    if (known !== undefined) return known;
    const answer = work();
    this.#pending.set(key, answer);
    try {
      this.#keep(key, await answer);
      return await answer;
    } finally {
      this.#pending.delete(key);
    }
  }

  /** How long the kept answer is, if there is one. */
  length(key: string): number | undefined {
    return this.#find(key)?.answer.length;
  }

  /** Forgets what has been kept long enough. */
  prune(): void {
    const now = this.#options.clock();
    for (const [key, { keptUntil }] of this.#kept) {
      if (keptUntil > now) return;
      this.#forget(key);
    }
  }

  #find(key: string): Outcome | undefined {
    this.prune();
    return this.#kept.get(key);
  }

  #keep(key: string, answer: string): void {
    const { keptMs, clock, maxOutcomes, maxCharacters } = this.#options;
    this.#kept.set(key, { answer, keptUntil: clock() + keptMs });
    this.#characters += answer.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= maxOutcomes && this.#characters <= maxCharacters) return;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    this.#characters -= this.#kept.get(key)?.answer.length ?? 0;
    this.#kept.delete(key);
  }
}
