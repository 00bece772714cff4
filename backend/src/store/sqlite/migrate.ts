import type { Database } from 'better-sqlite3';
import { StartupError } from '../../startup-error.js';
import { checkVersion, type Migrates } from '../schema-version.js';
import { MIGRATIONS, type Migration } from './migrations/migrations.js';

/**
 * Makes sure that a database is ours, and of a version that we can work with, before anything in it is changed. `user_version` counts the migrations that it has seen.
 * @throws StartupError
 */
export function checkDatabase(db: Database, migrates: Migrates, migrations = MIGRATIONS): void {
  const version = readVersion(db);
  const tables = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get();
  if (version === 0 && tables !== 0) {
    throw new StartupError(['The database is not one of Pastenym: it holds other tables.']);
  }
  checkVersion(version, migrations.length, migrates);
}

/** Applies the migrations that a database has not seen, each in a transaction of its own. Several processes may do so at once. */
export function migrate(db: Database, migrations = MIGRATIONS): void {
  const apply = db.transaction((migration: Migration, version: number) => {
    if (readVersion(db) >= version) return;
    if (typeof migration === 'string') db.exec(migration);
    else migration(db);
    db.pragma(`user_version = ${version}`);
  });
  migrations.forEach((migration, index) => {
    apply.immediate(migration, index + 1);
  });
}

function readVersion(db: Database): number {
  return Number(db.pragma('user_version', { simple: true }));
}
