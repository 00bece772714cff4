export interface QueueLimits {
  maxItems: number;
  maxBytes: number;
}

interface Entry<T> {
  item: T;
  bytes: number;
}

/** A first-in-first-out queue that forgets its oldest items when it is full, and says how many. */
export class BoundedQueue<T> {
  readonly #limits: QueueLimits;
  #entries: (Entry<T> | undefined)[] = [];
  /** What stood before this index has been taken; the empty places are cut off from time to time. */
  #head = 0;
  #bytes = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#entries.length - this.#head;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Appends an item; returns how many of the oldest had to go for it, itself among them if it is too large alone. */
  push(item: T, bytes: number): number {
    this.#entries.push({ item, bytes });
    this.#bytes += bytes;
    let dropped = 0;
    while (this.size > this.#limits.maxItems || this.#bytes > this.#limits.maxBytes) {
      this.shift();
      dropped++;
    }
    return dropped;
  }

  shift(): T | undefined {
    const entry = this.#entries[this.#head];
    if (entry === undefined) return undefined;
    this.#entries[this.#head] = undefined;
    this.#head++;
    this.#bytes -= entry.bytes;
    this.#cutTaken();
    return entry.item;
  }

  /** Cutting when half is taken costs constant time per item on average, where `Array.shift` may cost linear time. */
  #cutTaken(): void {
    if (this.#head * 2 < this.#entries.length) return;
    this.#entries = this.#entries.slice(this.#head);
    this.#head = 0;
  }
}
