import { MixnetError } from './mixnet-error.js';
import { MAX_EXTRA_DELAY_MS } from './limits.js';

/** What goes wrong on purpose, on every way from one node to the next. Both can be set while the network runs. */
export interface Faults {
  /** The share of packets that get lost on each way between two nodes, 0 to 1. */
  lossRate: number;
  /** How much longer each way between two nodes takes, in milliseconds. */
  extraDelayMs: number;
}

/** @throws MixnetError `bad-option` from the setters, for values that make no sense */
export class LinkFaults implements Faults {
  #lossRate = 0;
  #extraDelayMs = 0;

  constructor(initial: Partial<Faults> = {}) {
    this.lossRate = initial.lossRate ?? 0;
    this.extraDelayMs = initial.extraDelayMs ?? 0;
  }

  get lossRate(): number {
    return this.#lossRate;
  }

  set lossRate(rate: number) {
    if (!(rate >= 0 && rate <= 1)) {
      throw new MixnetError('bad-option', 'lossRate must be a number from 0 to 1');
    }
    this.#lossRate = rate;
  }

  get extraDelayMs(): number {
    return this.#extraDelayMs;
  }

  set extraDelayMs(delayMs: number) {
    if (!(delayMs >= 0 && delayMs <= MAX_EXTRA_DELAY_MS)) {
      throw new MixnetError(
        'bad-option',
        `extraDelayMs must be a number from 0 to ${MAX_EXTRA_DELAY_MS}`,
      );
    }
    this.#extraDelayMs = delayMs;
  }
}
