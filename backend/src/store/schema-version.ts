import { StartupError } from '../startup-error.js';

/**
 * Which databases get what their schema lacks. The service brings any up to date; the operator's program makes the tables of an empty one at the most: on one that is older than
 * itself, a service that is older may be running.
 */
export type Migrates = 'any' | 'empty' | 'none';

/**
 * @param version how many migrations the database has seen
 * @param newest how many there are
 * @throws StartupError if this program neither knows the schema nor may change it
 */
export function checkVersion(version: number, newest: number, migrates: Migrates): void {
  if (version > newest) {
    throw new StartupError([
      `The database is of version ${version}, this program knows versions up to ${newest}: it was used by a newer one.`,
    ]);
  }
  if (version === newest || migrates === 'any') return;
  if (version > 0) {
    throw new StartupError([
      `The database is of version ${version}, this program's is ${newest}. Nothing was changed: that is for the service to do.`,
      'Back the database up with the program of its own version, then start the service of this version once (docs/hosting.md, "Upgrading").',
    ]);
  }
  if (migrates === 'none') {
    throw new StartupError(['The database is empty: the service makes its tables when it starts.']);
  }
}
