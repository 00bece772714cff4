import type { Clock } from '@pastenym/shared/clock';
import { AppError } from '@pastenym/shared/errors';
import type { Counters, Refusals } from '../counters.js';
import type { Logger } from '../logger.js';

export interface FailuresOptions {
  clock: Clock;
  counters: Counters;
  refusals: Refusals;
  log: Logger;
}

/** A full store makes every paste fail; the operator wants to hear of it, but not each time. */
const FULL_LOGGED_EVERY_MS = 60_000;

/** What becomes of an error that ends a request: its sender learns a code, the operator the cause, and how many there are of each code. */
export class Failures {
  readonly #options: FailuresOptions;
  #fullLoggedAt = -Infinity;

  constructor(options: FailuresOptions) {
    this.#options = options;
  }

  /** @returns what the sender may be told */
  report(error: unknown): AppError {
    const told = this.#judge(error);
    this.#options.refusals[told.code]++;
    return told;
  }

  #judge(error: unknown): AppError {
    const { counters, log } = this.#options;
    const known = error instanceof AppError ? error : undefined;
    if (known?.code === 'store-full') this.#reportFull(known);
    if (known !== undefined && known.code !== 'internal') return known;
    counters.failed++;
    log.error({ err: error }, 'a request failed');
    return known ?? new AppError('internal', { cause: error });
  }

  #reportFull(error: AppError): void {
    const { clock, log } = this.#options;
    const now = clock();
    if (now - this.#fullLoggedAt < FULL_LOGGED_EVERY_MS) return;
    this.#fullLoggedAt = now;
    log.error({ err: error }, 'there is no room left for pastes');
  }
}
