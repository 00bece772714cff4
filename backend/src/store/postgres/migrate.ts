import type { ClientBase } from 'pg';
import { StartupError } from '../../startup-error.js';
import { checkVersion, type Migrates } from '../schema-version.js';
import type { Connection } from './connection.js';
import { MIGRATIONS, type Migration } from './migrations/migrations.js';

/** Of the lock that keeps two backends from migrating at once; a number that nobody else will have thought of. */
const LOCK = 7_078_110_309;

/** The oldest that its makers still mend. */
const MIN_SERVER_VERSION = 140_000;

/**
 * Makes sure that a database is ours, then applies the migrations that it has not seen, if that may be done, each in a transaction of its own. Several backends may do so at once.
 * On a large database they take as long as they need, and so does waiting for another backend that is at it.
 * @throws StartupError
 */
export const migrate = (
  connection: Connection,
  { migrates = 'any', migrations = MIGRATIONS }: MigrateOptions = {},
): Promise<void> =>
  connection.useForLong(0, (client) => migrateOn(client, { migrates, migrations }));

interface MigrateOptions {
  migrates?: Migrates;
  migrations?: readonly Migration[];
}

async function migrateOn(
  client: ClientBase,
  { migrates, migrations }: Required<MigrateOptions>,
): Promise<void> {
  await checkServer(client);
  await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
  try {
    const version = await readVersion(client);
    checkVersion(version, migrations.length, migrates);
    for (const [index, migration] of migrations.entries()) {
      if (index >= version) await apply(client, migration, index + 1);
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

/** How many migrations it has seen. Nothing in it is changed for that: it may be another program's. */
async function readVersion(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ isOurs: boolean; isEmpty: boolean }>(`
    SELECT coalesce(bool_or(tablename = 'pastenym_migrations'), false) AS "isOurs", count(*) = 0 AS "isEmpty"
    FROM pg_tables WHERE schemaname = current_schema()`);
  if (rows[0]?.isOurs === true) return countMigrations(client);
  if (rows[0]?.isEmpty === true) return 0;
  throw new StartupError(['The database is not one of Pastenym: it holds other tables.']);
}

async function countMigrations(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ version: number }>(
    'SELECT coalesce(max(version), 0) AS version FROM pastenym_migrations',
  );
  return rows[0]?.version ?? 0;
}

async function apply(client: ClientBase, migration: Migration, version: number): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(
      'CREATE TABLE IF NOT EXISTS pastenym_migrations (version integer PRIMARY KEY)',
    );
    if (typeof migration === 'string') await client.query(migration);
    else await migration(client);
    await client.query('INSERT INTO pastenym_migrations VALUES ($1)', [version]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}
