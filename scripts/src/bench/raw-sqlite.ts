import { randomBytes } from 'node:crypto';
import Database from 'better-sqlite3';

const ROWS = 20_000;
/** As many writes share a commit as the load has requests under way. */
const ROWS_PER_COMMIT = 32;

/** What SQLite can do on this disk by itself: rows of so many bytes a second, written (each commit on the disk) and read by their key. */
export function measureRawSqlite(
  path: string,
  bytes: number,
): { inserts: number; selects: number } {
  const db = new Database(path);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec('CREATE TABLE raw (id TEXT PRIMARY KEY, content BLOB)');
  const insert = db.prepare('INSERT INTO raw VALUES (?, ?)');
  const ids = Array.from({ length: ROWS }, () => randomBytes(16).toString('base64url'));
  const content = randomBytes(bytes);
  const commit = db.transaction((group: string[]) => {
    for (const id of group) insert.run(id, content);
  });
  const inserts = ratePerSecond(() => {
    for (let at = 0; at < ROWS; at += ROWS_PER_COMMIT) commit(ids.slice(at, at + ROWS_PER_COMMIT));
  });
  const select = db.prepare('SELECT content FROM raw WHERE id = ?');
  const selects = ratePerSecond(() => {
    for (const id of ids) select.get(id);
  });
  db.close();
  return { inserts, selects };
}

function ratePerSecond(work: () => void): number {
  const begun = performance.now();
  work();
  return (ROWS / (performance.now() - begun)) * 1000;
}
