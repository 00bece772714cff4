/**
 * Room that is shared by those who need some of it for a while. Whoever finds none waits, first come first served. Somebody who wants more
 * than there is altogether waits for all of it, and is let in alone.
 */
export class Budget {
  readonly #size: number;
  readonly #waiting: { amount: number; enter: () => void }[] = [];
  #free: number;

  constructor(size: number) {
    this.#size = size;
    this.#free = size;
  }

  /** @returns how to give it back; calling that a second time does nothing */
  async reserve(amount: number): Promise<() => void> {
    const atOnce = this.tryReserve(amount);
    if (atOnce !== undefined) return atOnce;
    const wanted = Math.min(amount, this.#size);
    await new Promise<void>((enter) => this.#waiting.push({ amount: wanted, enter }));
    return this.#giverBack(wanted);
  }

  /** @returns undefined if one would have to wait */
  tryReserve(amount: number): (() => void) | undefined {
    const wanted = Math.min(amount, this.#size);
    if (this.#waiting.length > 0 || wanted > this.#free) return undefined;
    this.#free -= wanted;
    return this.#giverBack(wanted);
  }

  #giverBack(amount: number): () => void {
    let isHeld = true;
    return () => {
      if (isHeld) this.#release(amount);
      isHeld = false;
    };
  }

  #release(amount: number): void {
    this.#free += amount;
    for (let next; (next = this.#waiting[0]) !== undefined && next.amount <= this.#free;) {
      this.#waiting.shift();
      this.#free -= next.amount;
      next.enter();
    }
  }
}
