import { openPostgresStore } from './postgres/postgres-store.js';
import { openSqliteStore } from './sqlite/sqlite-store.js';
import type { PasteStore } from './store.js';

/**
 * @param database a file, or `postgres://…`, as config.ts reads it from `DATABASE_URL`
 * @throws StartupError
 */
export async function openStore(database: string): Promise<PasteStore> {
  return isPostgresUrl(database) ? openPostgresStore(database) : openSqliteStore(database);
}

export const isPostgresUrl = (text: string) => /^postgres(ql)?:\/\//.test(text);
