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
    const taken = Math.min(amount, this.#size);
    if (this.#waiting.length > 0 || taken > this.#free) {
      await new Promise<void>((enter) => this.#waiting.push({ amount: taken, enter }));
    } else {
      this.#free -= taken;
    }
    let isHeld = true;
    return () => {
      if (isHeld) this.#release(taken);
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
