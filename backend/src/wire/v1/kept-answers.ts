import { createHash } from 'node:crypto';
import { systemClock, type Clock } from '@pastenym/shared/clock';
import { MAX_KEPT_CHARACTERS, MAX_KEPT_ANSWERS } from '../../limits.js';

/** How a request ended. */
export interface LastingAnswer {
  answer: string;
  /** In milliseconds since 1970: not to be given again from then on. Infinity: for as long as answers are kept; 0: not at all. */
  goodUntil: number;
}

interface Kept {
  answer: string;
  keptUntil: number;
}

export interface KeptAnswersOptions {
  keptMs: number;
  clock?: Clock;
  maxAnswers?: number;
  maxCharacters?: number;
}

/**
 * The answers that were given to requests with an id, so that a request which is sent again, because its answer was lost, has one effect and
 * the same answer. They are kept in memory: for `keptMs`, within bounds of number and size (then the oldest goes first), and until the process
 * ends; and not beyond the time of the paste that they tell of. (That a block height has come meanwhile, or the operator has blocked the paste, is not looked at: whoever
 * is answered has been told before.) They are found by a digest of the request, which its id is part of, so an id that is used twice cannot fetch another's answer.
 */
export class KeptAnswers {
  readonly #options: Required<KeptAnswersOptions>;
  /** In the order in which they were kept, so that the first is the oldest. */
  readonly #kept = new Map<string, Kept>();
  readonly #pending = new Map<string, Promise<string>>();
  #characters = 0;

  constructor(options: KeptAnswersOptions) {
    this.#options = {
      clock: systemClock,
      maxAnswers: MAX_KEPT_ANSWERS,
      maxCharacters: MAX_KEPT_CHARACTERS,
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
  async once(key: string, work: () => Promise<LastingAnswer>): Promise<string> {
    const known = this.#find(key)?.answer ?? this.#pending.get(key);
    if (known !== undefined) return known;
    const answer = this.#keep(key, work());
    this.#pending.set(key, answer);
    try {
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
      if (keptUntil <= now) this.#forget(key);
    }
  }

  #find(key: string): Kept | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined || kept.keptUntil > this.#options.clock()) return kept;
    this.#forget(key);
    return undefined;
  }

  async #keep(key: string, answered: Promise<LastingAnswer>): Promise<string> {
    const { answer, goodUntil } = await answered;
    const { keptMs, clock, maxAnswers, maxCharacters } = this.#options;
    const keptUntil = Math.min(clock() + keptMs, goodUntil);
    if (keptUntil <= clock()) return answer;
    this.#kept.set(key, { answer, keptUntil });
    this.#characters += answer.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= maxAnswers && this.#characters <= maxCharacters) break;
      this.#forget(oldest);
    }
    return answer;
  }

  #forget(key: string): void {
    this.#characters -= this.#kept.get(key)?.answer.length ?? 0;
    this.#kept.delete(key);
  }
}
