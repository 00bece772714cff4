import Database from 'better-sqlite3';
import { join } from 'node:path';

/** What is in the service's database, read beside the running service. */

export const countPastes = (stack: { dataFolder: string }): number =>
  count(stack, 'SELECT count(*) FROM pastes');

export const countPastesWithId = (stack: { dataFolder: string }, id: string): number =>
  count(stack, 'SELECT count(*) FROM pastes WHERE id = ?', id);

function count({ dataFolder }: { dataFolder: string }, sql: string, ...values: string[]): number {
  const db = new Database(join(dataFolder, 'pastes.sqlite'), { readonly: true });
  try {
    return (
      db
        .prepare<string[], number>(sql)
        .pluck()
        .get(...values) ?? 0
    );
  } finally {
    db.close();
  }
}
