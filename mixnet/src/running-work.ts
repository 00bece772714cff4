/** The work that is under way, for somebody who must not end before it. Whoever adds work hears of its failure. */
export class RunningWork {
  readonly #running = new Set<Promise<unknown>>();

  add<T>(work: Promise<T>): Promise<T> {
    const remove = (): void => {
      this.#running.delete(work);
    };
    this.#running.add(work);
    work.then(remove, remove);
    return work;
  }

  /** Resolves when nothing is under way any more, not even what began in the meantime. */
  async settle(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
