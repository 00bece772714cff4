import type { Clock } from '@pastenym/shared/clock';
import { AppError, type ErrorCode } from '@pastenym/shared/errors';
import type { Counters, ErrorCounts } from '../counters.js';
import type { Logger } from '../logger.js';

export interface FailuresOptions {
  clock: Clock;
  counters: Counters;
  errorCounts: ErrorCounts;
  log: Logger;
}

/** While something that the service needs is away or full, every request fails; the operator wants to hear of it, but not each time. */
const TROUBLE_LOGGED_EVERY_MS = 60_000;

/** Errors that a sender cannot help, and what they mean for the operator. */
const TROUBLES: Partial<Record<ErrorCode, string>> = {
  'store-full': 'there is no room left for pastes',
  busy: 'the database is away, or too busy; the request may be sent again',
  'not-available': 'another node did not do what a request needs',
};

/** What becomes of an error that ends a request: its sender learns a code, the operator the cause, and how many there are of each code. */
export class Failures {
  readonly #options: FailuresOptions;
  readonly #loggedAt = new Map<ErrorCode, number>();

  constructor(options: FailuresOptions) {
    this.#options = options;
  }

  /** @returns what the sender may be told */
  report(error: unknown): AppError {
    const told = this.#judge(error);
    const { errorCounts } = this.#options;
    errorCounts[told.code] = (errorCounts[told.code] ?? 0) + 1;
    return told;
  }

  #judge(error: unknown): AppError {
    const { counters, log } = this.#options;
    const known = error instanceof AppError ? error : undefined;
    if (known !== undefined) this.#logTrouble(known);
    if (known !== undefined && known.code !== 'internal') return known;
    counters.failed++;
    log.error({ err: error }, 'a request failed');
    return known ?? new AppError('internal', { cause: error });
  }

  /** Once in a while for each code: one trouble must not hide another. */
  #logTrouble(error: AppError): void {
    const { clock, log } = this.#options;
    const trouble = TROUBLES[error.code];
    if (trouble === undefined || isLoad(error)) return;
    const now = clock();
    if (now - (this.#loggedAt.get(error.code) ?? -Infinity) < TROUBLE_LOGGED_EVERY_MS) return;
    this.#loggedAt.set(error.code, now);
    log.error({ err: error }, trouble);
  }
}

/** That more comes than the service wants to do has no cause, and is no trouble. */
const isLoad = ({ code, cause }: AppError) => code === 'busy' && cause === undefined;
