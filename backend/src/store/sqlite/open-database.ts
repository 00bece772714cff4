import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Database, { type Database as DatabaseHandle } from 'better-sqlite3';
import { describeError } from '../../describe-error.js';
import { StartupError } from '../../startup-error.js';
import type { Migrates } from '../schema-version.js';
import { checkDatabase, migrate } from './migrate.js';

const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;

/** How long a write waits for another process (a backup, say) that is writing. */
export const BUSY_TIMEOUT_MS = 5000;

/**
 * Opens a database file, makes it if it is not there, and brings it up to date, if it may. Only its owner can read it.
 * @throws StartupError
 */
export function openDatabase(path: string, migrates: Migrates): DatabaseHandle {
  let db: DatabaseHandle | undefined;
  try {
    makeFile(path);
    db = new Database(path, { timeout: BUSY_TIMEOUT_MS });
    checkDatabase(db, migrates);
    configure(db);
    if (migrates !== 'none') migrate(db);
    closeToOthers(path);
    return db;
  } catch (cause) {
    db?.close();
    if (cause instanceof StartupError) throw cause;
    const { message = 'It cannot be opened.' } = describeError(cause);
    throw new StartupError([`The database ${path}: ${message}`], { cause });
  }
}

function configure(db: DatabaseHandle): void {
  // Only an empty file takes this one. It lets freed pages be given back later, little by little.
  db.pragma('auto_vacuum = INCREMENTAL');
  db.pragma('journal_mode = WAL');
  // A commit has reached the disk when it returns. With NORMAL a power failure could take back what was acknowledged, and a view that was
  // taken: the last view of a paste would be given twice. Writes that come together share a commit, so the price is small.
  db.pragma('synchronous = FULL');
  // Deleted content is overwritten with zeros.
  db.pragma('secure_delete = ON');
  db.pragma('foreign_keys = ON');
  // In KiB: the names of a million pastes are spread over 40 MB, of which the tops of the trees and what was just written are wanted again and again.
  db.pragma('cache_size = -8192');
  // No temporary file, which would be in another place and under another mode.
  db.pragma('temp_store = MEMORY');
  db.pragma('trusted_schema = OFF');
}

/** SQLite would make the file with the mode that the umask leaves. Its companions get the mode of the file. */
function makeFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: DIRECTORY_MODE });
  closeSync(openSync(path, 'a', FILE_MODE));
  closeToOthers(path);
}

function closeToOthers(path: string): void {
  for (const file of [path, `${path}-wal`, `${path}-shm`]) {
    if (existsSync(file)) chmodSync(file, FILE_MODE);
  }
}
