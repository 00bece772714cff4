import type { PasteStore } from '../store.js';
import { Connection } from './connection.js';
import { createGuardedPastes } from './guarded-pastes.js';
import { createOpenPastes } from './open-pastes.js';
import { createUpkeep } from './upkeep.js';

/**
 * Pastes in one SQLite file.
 * @param path of the file, which is made if it is not there
 * @throws StartupError
 */
export function openSqliteStore(path: string): PasteStore {
  return storeOn(new Connection(path));
}

export function storeOn(connection: Connection): PasteStore {
  return {
    ...createOpenPastes(connection),
    ...createGuardedPastes(connection),
    ...createUpkeep(connection),
    close: () =>
      connection.outside(() => {
        connection.close();
      }),
  };
}
