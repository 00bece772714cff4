import type { Database } from 'better-sqlite3';
import { isFull } from './is-full.js';

interface Write {
  /** @returns what tells its author, once the transaction has been committed */
  attempt: () => () => void;
  fail: (error: unknown) => void;
}

/**
 * Commits together the writes that are asked for in the same turn of the event loop. Each commit waits for the disk, which takes far longer than
 * a write; and each author hears of its write only after the commit. A write that throws is undone alone.
 */
export class WriteGroup {
  readonly #db: Database;
  readonly #savepoint: (write: () => unknown) => unknown;
  #waiting: Write[] = [];
  #turn: NodeJS.Immediate | undefined;

  constructor(db: Database) {
    this.#db = db;
    // Inside of a transaction, better-sqlite3 makes a savepoint of this.
    this.#savepoint = db.transaction((write: () => unknown) => write());
  }

  /** @param write synchronous; how many are asked for at once, is bounded by whoever asks */
  run<T>(write: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const attempt = () => {
        try {
          // The savepoint returns what the write returned.
          const value = this.#savepoint(write) as T;
          return () => {
            resolve(value);
          };
        } catch (error) {
          // Some errors (a full disk) make SQLite undo the whole transaction: then no write of the group counts.
          if (!this.#db.inTransaction) throw error;
          return () => {
            // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as it was thrown
            reject(error);
          };
        }
      };
      this.#waiting.push({ attempt, fail: reject });
      this.#turn ??= setImmediate(() => {
        this.commit();
      });
    });
  }

  /** Commits now what is waiting. */
  commit(): void {
    clearImmediate(this.#turn);
    this.#turn = undefined;
    const group = this.#waiting;
    this.#waiting = [];
    if (group.length > 0) this.#commit(group);
  }

  /** On a full disk, those of a group that need no room, such as reads, must not fail with those that do: each is tried alone. */
  #commit(group: readonly Write[]): void {
    const attemptAll = this.#db.transaction(() => group.map(({ attempt }) => attempt()));
    try {
      for (const tell of attemptAll.immediate()) tell();
    } catch (error) {
      if (group.length > 1 && isFull(error)) for (const write of group) this.#commit([write]);
      else for (const { fail } of group) fail(error);
    }
  }
}
