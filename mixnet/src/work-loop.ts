import { WORK_TURN_MS } from './limits.js';

/** Something that has pieces of work waiting: a connection with packets to unwrap. */
export interface WorkSource {
  /**
   * Does one piece, of a millisecond or so.
   * @returns whether more is waiting; a source that says no calls `WorkLoop.add` when there is again
   */
  work(): boolean;
}

/**
 * Shares the one thread among all connections of all nodes: one piece of work each in turn, and every few milliseconds
 * a turn of the event loop, so that 300 packets a second do not keep a handshake waiting. The choice not taken is worker
 * threads: copying packets between them costs about what it saves for a network that fits on a laptop.
 */
export class WorkLoop {
  readonly #ready = new Set<WorkSource>();
  #isScheduled = false;

  add(source: WorkSource): void {
    this.#ready.add(source);
    this.#schedule();
  }

  remove(source: WorkSource): void {
    this.#ready.delete(source);
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(this.#turn);
  }

  readonly #turn = (): void => {
    this.#isScheduled = false;
    const end = performance.now() + WORK_TURN_MS;
    // A source that is deleted and added again goes to the end of a Set, and the iteration comes by it once more.
    for (const source of this.#ready) {
      this.#ready.delete(source);
      if (source.work()) this.#ready.add(source);
      if (performance.now() >= end) break;
    }
    if (this.#ready.size > 0) this.#schedule();
  };
}
