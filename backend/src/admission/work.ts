import type { Clock } from '@pastenym/shared/clock';
import { AppError } from '@pastenym/shared/errors';
import type { RandomBytes } from '@pastenym/shared/random';
import { isSolved } from '@pastenym/shared/v2/puzzle';
import { MAX_SPENT_SOLUTIONS } from '../limits.js';
import { Challenges, WINDOW_SECONDS, type Challenge } from './challenge.js';

/** What somebody has done for a paste. */
export interface Work {
  /** The id of the request to create it. */
  request: string;
  /** Of the paste, 32 bytes; what the work is bound to. */
  contentHash: Uint8Array;
  puzzle: { challenge: Uint8Array; solution: Uint8Array } | undefined;
}

export interface WorkDemand {
  /** In hashes; 0: nothing is asked. */
  difficulty: number;
  challenge: Uint8Array;
  validForSeconds: number;
}

export interface ProofOfWorkOptions {
  clock: Clock;
  random: RandomBytes;
  /** What is asked now. */
  difficulty: () => number;
  maxSpent?: number;
}

/** Work for a challenge of some minutes ago counts if it was at least so much of what is asked now; else a few cheap challenges of a quiet time would last through a storm. */
const LEAST_SHARE = 1 / 4;

/**
 * The work that is asked of whoever stores a paste. A solution is bound to the paste's content, so it serves no other paste; and for as long as its challenge is good it is remembered
 * which request it was for, so that it serves the same paste only once: the same request may come again, another with the same solution is refused. (Afterwards the challenge is out of date;
 * and after a restart, which forgets, so is every challenge.)
 */
export class ProofOfWork {
  readonly #options: Required<ProofOfWorkOptions>;
  readonly #challenges: Challenges;
  /** By window: the request that work was spent on, by the work's challenge and content. */
  readonly #spent = new Map<number, Map<string, string>>();

  constructor(options: ProofOfWorkOptions) {
    this.#options = { maxSpent: MAX_SPENT_SOLUTIONS, ...options };
    this.#challenges = new Challenges(options);
  }

  /** What is asked now, in hashes; 0: nothing. */
  get difficulty(): number {
    return this.#options.difficulty();
  }

  demand(): WorkDemand {
    const { difficulty } = this;
    return {
      difficulty,
      challenge: this.#challenges.issue(difficulty),
      validForSeconds: this.#challenges.validForSeconds,
    };
  }

  /** Costs ten hashes at the most. @throws AppError `puzzle-required`, `busy` */
  spend(work: Work): void {
    const demanded = this.difficulty;
    if (demanded === 0) return;
    const challenge = this.#check(work, demanded * LEAST_SHARE);
    if (challenge === undefined) throw new AppError('puzzle-required');
    this.#remember(work, challenge);
  }

  #check({ contentHash, puzzle }: Work, least: number): Challenge | undefined {
    if (puzzle === undefined) return undefined;
    const challenge = this.#challenges.read(puzzle.challenge);
    if (challenge === undefined || challenge.difficulty < least) return undefined;
    const statement = { commitment: contentHash, ...challenge, challenge: puzzle.challenge };
    return isSolved(statement, puzzle.solution) ? challenge : undefined;
  }

  /**
   * Not by the solution: of one that has been found, others are made by replacing one of its parts, at an eighth of the work. Whoever has done the work anew, for a challenge that asks for
   * more, is not held by what they did for less.
   */
  #remember({ request, contentHash }: Work, { window, difficulty }: Challenge): void {
    const spent = this.#spentIn(window);
    const key = `${difficulty} ${Buffer.from(contentHash).toString('base64')}`;
    const earlier = spent.get(key);
    if (earlier === request) return;
    if (earlier !== undefined) throw new AppError('puzzle-required');
    if (spent.size >= this.#options.maxSpent) {
      throw new AppError('busy', { retryAfterMs: WINDOW_SECONDS * 1000 });
    }
    spent.set(key, request);
  }

  /** Forgets the windows whose challenges are no longer good. */
  #spentIn(window: number): Map<string, string> {
    for (const known of this.#spent.keys()) {
      if (known < this.#challenges.window - 1) this.#spent.delete(known);
    }
    const spent = this.#spent.get(window) ?? new Map<string, string>();
    this.#spent.set(window, spent);
    return spent;
  }
}
