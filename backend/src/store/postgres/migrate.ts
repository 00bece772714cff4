import type { ClientBase } from 'pg';
import { StartupError } from '../../startup-error.js';
import type { Connection } from './connection.js';
import { MIGRATIONS } from './migrations/migrations.js';

/** Of the lock that keeps two backends from migrating at once; a number that nobody else will have thought of. */
const LOCK = 7_078_110_309;

/** The oldest that its makers still mend. */
const MIN_SERVER_VERSION = 140_000;

/**
 * Makes sure that a database is ours, then applies the migrations that it has not seen, each in a transaction of its own. Several backends may do so at once.
 * On a large database they take as long as they need, and so does waiting for another backend that is at it.
 * @throws StartupError
 */
export const migrate = (connection: Connection, migrations = MIGRATIONS): Promise<void> =>
  connection.useForLong(0, (client) => migrateOn(client, migrations));

async function migrateOn(client: ClientBase, migrations: readonly string[]): Promise<void> {
  await checkServer(client);
  await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
  try {
    const version = await readVersion(client, migrations.length);
    for (const [index, sql] of migrations.entries()) {
      if (index >= version) await apply(client, sql, index + 1);
    }
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [LOCK]);
  }
}

async function checkServer(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ version: number }>(
    "SELECT current_setting('server_version_num')::integer AS version",
  );
  if ((rows[0]?.version ?? 0) < MIN_SERVER_VERSION) {
    throw new StartupError(['The database server is too old: PostgreSQL 14 or newer is needed.']);
  }
}

/** How many migrations it has seen. */
async function readVersion(client: ClientBase, newest: number): Promise<number> {
  await refuseForeign(client);
  await client.query(
    'CREATE TABLE IF NOT EXISTS pastenym_migrations (version integer PRIMARY KEY)',
  );
  const { rows } = await client.query<{ version: number }>(
    'SELECT coalesce(max(version), 0) AS version FROM pastenym_migrations',
  );
  const version = rows[0]?.version ?? 0;
  if (version <= newest) return version;
  throw new StartupError([
    `The database is of version ${version}, this program knows versions up to ${newest}: it was used by a newer one.`,
  ]);
}

/** Before anything in it is changed. */
async function refuseForeign(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ isForeign: boolean }>(`
    SELECT count(*) > 0 AND NOT coalesce(bool_or(tablename = 'pastenym_migrations'), false) AS "isForeign"
    FROM pg_tables WHERE schemaname = current_schema()`);
  if (rows[0]?.isForeign === true) {
    throw new StartupError(['The database is not one of Pastenym: it holds other tables.']);
  }
}

async function apply(client: ClientBase, sql: string, version: number): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(sql);
    await client.query('INSERT INTO pastenym_migrations VALUES ($1)', [version]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}
