import { isPostgresUrl } from '../store/open-store.js';
import type { OperatorStore } from '../store/operator-store.js';
import { openPostgresOperatorStore } from '../store/postgres/operator-store.js';
import { openSqliteOperatorStore } from '../store/sqlite/operator-store.js';

/** Says which one it is, without what opens it. */
export function nameDatabase(database: string): string {
  if (!isPostgresUrl(database)) return database;
  const { host, pathname } = new URL(database);
  return `PostgreSQL, ${decodeURIComponent(pathname.slice(1))} on ${host}`;
}

/**
 * @param database a file, or `postgres://…`, as config.ts reads it from `DATABASE_URL`
 * @param mayCreate makes the file, and its tables, where there are none
 * @throws StartupError
 */
export async function openOperatorStore(
  database: string,
  options: { mayCreate: boolean },
): Promise<OperatorStore> {
  return isPostgresUrl(database)
    ? openPostgresOperatorStore(database, options)
    : openSqliteOperatorStore(database, options);
}
