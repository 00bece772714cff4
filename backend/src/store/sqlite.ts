import type { Database } from 'better-sqlite3';
import { MAX_SWEPT_BYTES, MAX_SWEPT_PASTES } from '../limits.js';
import { BUSY_TIMEOUT_MS, openDatabase } from './open-database.js';
import { prepareStatements, type ExpiredRow, type Statements, type ViewRow } from './statements.js';
import type { NewPaste, PasteStore, TakenView } from './store.js';
import { WriteGroup } from './write-group.js';

/**
 * Pastes in one SQLite file. Statements are synchronous; promises wait for the commit that several of them share.
 * @param path of the file, which is made if it is not there
 * @throws StartupError
 */
export function openSqliteStore(path: string): PasteStore {
  return new SqliteStore(openDatabase(path));
}

class SqliteStore implements PasteStore {
  readonly #db: Database;
  readonly #statements: Statements;
  readonly #writes: WriteGroup;
  /** A process that was killed may have left some. */
  #hasTraces = true;

  constructor(db: Database) {
    this.#db = db;
    this.#statements = prepareStatements(db);
    this.#writes = new WriteGroup(db);
  }

  createPaste(paste: NewPaste): Promise<boolean> {
    const { id, content, details, maxViews, expiresAt, createdDay } = paste;
    return this.#writes.run(() => {
      const number = this.#statements.insertPaste.get({
        id,
        details: details ?? null,
        createdDay,
        expiresAt: expiresAt ?? null,
        maxViews: maxViews ?? null,
      });
      if (number === undefined) return false;
      this.#statements.insertContent.run(number, content);
      return true;
    });
  }

  // Async, so that a failure is a rejection.
  // eslint-disable-next-line @typescript-eslint/require-await
  async contentBytes(id: string): Promise<number | undefined> {
    return this.#statements.contentBytes.get(id);
  }

  takeView(id: string, now: number): Promise<TakenView | undefined> {
    return this.#writes.run(() => {
      const row = this.#statements.takeView.get(id, now);
      if (row === undefined) return undefined;
      if (row.views === row.max_views) this.#delete(row.number);
      return toView(row);
    });
  }

  deleteExpired(now: number): Promise<number> {
    return this.#writes.run(() => {
      const numbers = firstBatch(this.#statements.expired.all(now, MAX_SWEPT_PASTES));
      for (const number of numbers) this.#delete(number);
      return numbers.length;
    });
  }

  #delete(number: number): void {
    this.#statements.deletePaste.run(number);
    this.#hasTraces = true;
  }

  /**
   * The write-ahead log still has the pages as they were before. It is copied into the database and cut to nothing; if another process is
   * reading just then, the next time.
   */
  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async eraseTraces(): Promise<void> {
    if (!this.#hasTraces) return;
    this.#db.pragma('busy_timeout = 0');
    const busy = this.#db.pragma('wal_checkpoint(TRUNCATE)', { simple: true });
    this.#db.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
    this.#hasTraces = busy !== 0;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async close(): Promise<void> {
    this.#writes.commit();
    this.#db.close();
  }
}

/** At least one, if there is any. */
function firstBatch(rows: ExpiredRow[]): number[] {
  let bytes = 0;
  return rows
    .filter((row, index) => (bytes += row.bytes) <= MAX_SWEPT_BYTES || index === 0)
    .map(({ number }) => number);
}

function toView(row: ViewRow): TakenView {
  return {
    content: row.content,
    details: row.details ?? undefined,
    maxViews: row.max_views ?? undefined,
    expiresAt: row.expires_at ?? undefined,
    createdDay: row.created_day,
    views: row.views,
  };
}
