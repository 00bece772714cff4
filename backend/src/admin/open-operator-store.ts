import { isPostgresUrl } from '../store/open-store.js';
import type { OperatorStore } from '../store/operator-store.js';
import { openPostgresOperatorStore } from '../store/postgres/operator-store.js';
import { openSqliteOperatorStore } from '../store/sqlite/operator-store.js';

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
