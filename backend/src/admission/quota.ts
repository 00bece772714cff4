import { AppError } from '@pastenym/shared/errors';
import { RESERVED_DISK_BYTES } from '../limits.js';
import type { Upkeep, Usage } from '../store/store.js';

/** What a paste takes beside its content, about: its row, its indexes, the outcome of its request. Else a million pastes of one byte would count as a megabyte. */
export const PASTE_OVERHEAD_BYTES = 1024;

/**
 * How much may be stored: what the operator allows, and not the last of the disk. The store is asked now and then; in between, what is accepted is taken off, so that a paste costs nothing
 * but a subtraction. What is deleted makes room at the next `refresh`.
 */
export class Quota {
  readonly #quotaBytes: number;
  readonly #store: Pick<Upkeep, 'usage' | 'freeBytes'>;
  #first: Promise<void> | undefined;
  #roomBytes = 0;
  /** Since the start. */
  #storedBytes = 0;
  /** Accepted, but not stored yet. */
  #comingBytes = 0;

  constructor({ quotaBytes, store }: QuotaOptions) {
    this.#quotaBytes = quotaBytes;
    this.#store = store;
  }

  /** Asks the store how full it is. What is stored while it is asked may be missing in its answer, and is taken off once more. */
  async refresh(): Promise<void> {
    const storedBefore = this.#storedBytes;
    const [usage, freeBytes = Infinity] = await Promise.all([
      this.#store.usage(),
      this.#store.freeBytes(),
    ]);
    const left = this.#quotaBytes - countBytes(usage);
    const meanwhile = this.#storedBytes - storedBefore;
    this.#roomBytes = Math.min(left, freeBytes - RESERVED_DISK_BYTES) - meanwhile;
  }

  /** How many bytes may still be stored, as far as is known, with what each paste takes beside its content; less than nothing in a store that is too full. */
  async room(): Promise<number> {
    await this.#known();
    return this.#leftBytes;
  }

  /** Whether there is room for a paste, be it a small one. */
  async hasRoom(): Promise<boolean> {
    return (await this.room()) > PASTE_OVERHEAD_BYTES;
  }

  /**
   * Stores something, if there is room for it.
   * @param contentBytes of the paste
   * @param create if it fails, nothing has been stored
   * @throws AppError `store-full`, and what `create` throws
   */
  async within<T>(contentBytes: number, create: () => Promise<T>): Promise<T> {
    const bytes = contentBytes + PASTE_OVERHEAD_BYTES;
    await this.#known();
    if (bytes > this.#leftBytes) throw new AppError('store-full');
    this.#comingBytes += bytes;
    try {
      const created = await create();
      this.#roomBytes -= bytes;
      this.#storedBytes += bytes;
      return created;
    } finally {
      this.#comingBytes -= bytes;
    }
  }

  get #leftBytes(): number {
    return this.#roomBytes - this.#comingBytes;
  }

  /** The first paste waits for the first answer of the store. */
  async #known(): Promise<void> {
    this.#first ??= this.refresh();
    try {
      await this.#first;
    } catch (error) {
      this.#first = undefined;
      throw error;
    }
  }
}

export interface QuotaOptions {
  quotaBytes: number;
  store: Pick<Upkeep, 'usage' | 'freeBytes'>;
}

/** What the quota counts. */
export const countBytes = ({ bytes, pastes }: Usage) => bytes + pastes * PASTE_OVERHEAD_BYTES;
