import Database from 'better-sqlite3';

const CONTENT_BYTES = 200;
const A_YEAR_SECONDS = 366 * 86_400;

/** Fills a database of the service, which does not run, with small pastes, every other one guarded; the first `expired` of them are over. */
export function fillSqlite(path: string, count: number, expired: number): void {
  const db = new Database(path);
  db.pragma('synchronous = OFF');
  const now = Math.floor(Date.now() / 1000);
  db.transaction(() => {
    db.prepare(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @count)
       INSERT INTO pastes (id, access_hash, delete_hash, bytes, created_day, expires_at, expires_in_seconds)
       SELECT lower(hex(randomblob(11))), iif(i % 2, randomblob(32), NULL), iif(i % 2, randomblob(32), NULL), @bytes, @day,
         CASE WHEN i <= @expired THEN @now - i ELSE @now + 3600 + abs(random() % @year) END,
         iif(i % 2, @year, NULL)
       FROM n`,
    ).run({
      ...{ count, expired, now, bytes: CONTENT_BYTES },
      ...{ day: Math.floor(now / 86_400), year: A_YEAR_SECONDS },
    });
    db.prepare(
      'INSERT INTO contents (paste, chunk, content) SELECT number, 0, randomblob(bytes) FROM pastes',
    ).run();
  })();
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
}

/** How many pastes are over and not deleted yet, in a database that a service is using. */
export function countExpired(path: string): number {
  const db = new Database(path, { readonly: true });
  try {
    const statement = db.prepare<[number], number>(
      'SELECT count(*) FROM pastes WHERE expires_at <= ?',
    );
    return statement.pluck().get(Math.floor(Date.now() / 1000)) ?? 0;
  } finally {
    db.close();
  }
}
