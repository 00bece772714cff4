import type { Database, Transaction } from 'better-sqlite3';
import { isFull } from './passing-errors.js';

interface Work {
  isWrite: boolean;
  /** @returns what tells its author, once the transaction has been committed */
  attempt: () => () => void;
  fail: (error: unknown) => void;
}

/**
 * Does in one transaction what is asked for in the same turn of the event loop. Each commit waits for the disk, which takes far longer than a write, and each beginning takes locks, which
 * takes longer than a read; so every author hears of their work only after the commit. A write that throws is undone alone.
 */
export class TransactionGroup {
  readonly #db: Database;
  readonly #savepoint: (write: () => unknown) => unknown;
  /** @returns what tells the authors */
  readonly #transaction: Transaction<(group: readonly Work[]) => (() => void)[]>;
  #waiting: Work[] = [];
  #turn: NodeJS.Immediate | undefined;

  constructor(db: Database) {
    this.#db = db;
    // Inside of a transaction, better-sqlite3 makes a savepoint of this.
    this.#savepoint = db.transaction((write: () => unknown) => write());
    this.#transaction = db.transaction((group) => group.map(({ attempt }) => attempt()));
  }

  /** @param work synchronous; how much is asked for at once, is bounded by whoever asks */
  write<T>(work: () => T): Promise<T> {
    // The savepoint returns what the work returned.
    return this.#add(true, () => this.#savepoint(work) as T);
  }

  /** @param work synchronous; changes nothing */
  read<T>(work: () => T): Promise<T> {
    return this.#add(false, work);
  }

  #add<T>(isWrite: boolean, work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const attempt = () => {
        try {
          const value = work();
          return () => {
            resolve(value);
          };
        } catch (error) {
          // Some errors (a full disk) make SQLite undo the whole transaction: then no work of the group counts.
          if (!this.#db.inTransaction) throw error;
          return () => {
            // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as it was thrown
            reject(error);
          };
        }
      };
      this.#waiting.push({ isWrite, attempt, fail: reject });
      this.#turn ??= setImmediate(() => {
        this.commit();
      });
    });
  }

  /** Does now what is waiting. */
  commit(): void {
    clearImmediate(this.#turn);
    this.#turn = undefined;
    const group = this.#waiting;
    this.#waiting = [];
    if (group.length > 0) this.#commit(group);
  }

  /** Reads need neither room nor a lock, and must not fail with the writes of their group; on a full disk, some writes fit and others do not. */
  #commit(group: readonly Work[]): void {
    const transact = this.#transaction;
    // Whoever is going to write takes the lock for that at once: having read already, it could no longer wait for it.
    const isWriting = group.some(({ isWrite }) => isWrite);
    try {
      for (const tell of isWriting ? transact.immediate(group) : transact.deferred(group)) tell();
    } catch (error) {
      if (group.length > 1 && isFull(error)) for (const work of group) this.#commit([work]);
      else this.#fail(group, isWriting, error);
    }
  }

  #fail(group: readonly Work[], isWriting: boolean, error: unknown): void {
    const reads = isWriting ? group.filter(({ isWrite }) => !isWrite) : [];
    for (const work of group) if (!reads.includes(work)) work.fail(error);
    if (reads.length > 0) this.#commit(reads);
  }
}
