import type { Database } from 'better-sqlite3';
import { MAX_DESTROYED_BYTES } from '../../limits.js';
import type { Migrates } from '../schema-version.js';
import { toAppError } from '../to-app-error.js';
import { openDatabase } from './open-database.js';
import { isFull, isPassing } from './passing-errors.js';
import { prepareStatements, type PasteRow, type Statements } from './statements.js';
import { TransactionGroup } from './transaction-group.js';

/** What the verbs of the store share. */
export class Connection {
  readonly db: Database;
  readonly statements: Statements;
  readonly #group: TransactionGroup;

  /** @throws StartupError */
  constructor(path: string, migrates: Migrates = 'any') {
    this.db = openDatabase(path, migrates);
    this.statements = prepareStatements(this.db);
    this.#group = new TransactionGroup(this.db);
  }

  /**
   * Statements are synchronous; the promise waits for the commit that several writes share. A write that throws is undone.
   * @throws AppError `store-full`; `busy` where it may succeed later
   */
  write<T>(work: () => T): Promise<T> {
    return this.#group.write(work).catch(throwAppError);
  }

  /** The same for what changes nothing. */
  read<T>(work: () => T): Promise<T> {
    return this.#group.read(work).catch(throwAppError);
  }

  /** For what is done in no transaction. Async, so that a failure is a rejection. */
  // eslint-disable-next-line @typescript-eslint/require-await
  async outside<T>(work: () => T): Promise<T> {
    try {
      return work();
    } catch (cause) {
      throwAppError(cause);
    }
  }

  /** Within a write: a paste is no more. To overwrite a large one takes long, so the sweep does that, piece by piece. */
  destroy({ number, bytes }: PasteRow, maxBytes = MAX_DESTROYED_BYTES): void {
    if (bytes > maxBytes) this.statements.doomPaste.run(number);
    else this.statements.deletePaste.run(number);
  }

  close(): void {
    this.#group.commit();
    this.db.close();
  }
}

function throwAppError(cause: unknown): never {
  throw toAppError(cause, { isFull, isPassing });
}
