import { chmodSync, closeSync, existsSync, openSync, renameSync, rmSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { describeError } from '../../describe-error.js';
import { StartupError } from '../../startup-error.js';

const FILE_MODE = 0o600;
/** In one step: between two, a service that writes would make SQLite begin anew, again and again. Nobody is held up: writers go on in the log. */
const ALL_PAGES = 0x7fffffff;

/**
 * Copies a database, as it is at one moment, while others use it. The file is there under its name only when it is whole.
 * @throws StartupError if there is such a file, or it cannot be written
 */
export async function backUp(db: Database, file: string): Promise<void> {
  const unfinished = `${file}.unfinished`;
  try {
    if (existsSync(file)) throw new StartupError([`${file} is there already.`]);
    closeSync(openSync(unfinished, 'wx', FILE_MODE));
  } catch (cause) {
    throw explain(file, cause);
  }
  try {
    chmodSync(unfinished, FILE_MODE); // whatever the umask
    await db.backup(unfinished, { progress: () => ALL_PAGES });
    // Once more: two may be at it.
    if (existsSync(file)) throw new StartupError([`${file} is there already.`]);
    renameSync(unfinished, file);
  } catch (cause) {
    rmSync(unfinished, { force: true });
    throw explain(file, cause);
  }
}

function explain(file: string, cause: unknown): StartupError {
  if (cause instanceof StartupError) return cause;
  const { message = 'it cannot be written.' } = describeError(cause);
  return new StartupError([`The copy ${file}: ${message}`], { cause });
}
