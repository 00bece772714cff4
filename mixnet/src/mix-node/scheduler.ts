import { MAX_HELD_BYTES } from '../limits.js';

/** Holds packets until their time has come; of the timers of a node, all are here. Order is not kept: that is mixing. */
export class Scheduler {
  readonly #maxBytes: number;
  readonly #timers = new Set<NodeJS.Timeout>();
  #heldBytes = 0;

  constructor(maxBytes = MAX_HELD_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Calls `release` after the delay, at once when it is less than half a millisecond.
   * @returns false when too much is held already; then nothing will be called
   */
  hold(byteCount: number, delayMs: number, release: () => void): boolean {
    const wholeMs = Math.round(delayMs);
    if (wholeMs <= 0) {
      release();
      return true;
    }
    if (this.#heldBytes + byteCount > this.#maxBytes) return false;
    this.#heldBytes += byteCount;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#heldBytes -= byteCount;
      release();
    }, wholeMs);
    this.#timers.add(timer);
    return true;
  }

  /** Lets go of everything. @returns how many were held */
  clear(): number {
    const count = this.#timers.size;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#heldBytes = 0;
    return count;
  }
}
