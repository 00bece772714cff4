import { AppError } from '@pastenym/shared/errors';
import { StartupError } from '../../startup-error.js';
import type { Migrates } from '../schema-version.js';
import type { PasteStore } from '../store.js';
import { Connection } from './connection.js';
import { createGuardedPastes } from './guarded-pastes.js';
import { migrate } from './migrate.js';
import { createOpenPastes } from './open-pastes.js';
import { isPassing } from './passing-errors.js';
import { createUpkeep } from './upkeep.js';

/**
 * Pastes in a PostgreSQL database, which several backends may share.
 * @param url `postgres://…`
 * @throws StartupError
 */
export async function openPostgresStore(url: string): Promise<PasteStore> {
  const connection = await openConnection(url);
  return {
    ...createOpenPastes(connection),
    ...createGuardedPastes(connection),
    ...createUpkeep(connection),
    close: () => connection.close(),
  };
}

/**
 * Connects, and brings the database up to date, if it may.
 * @throws StartupError
 */
export async function openConnection(url: string, migrates: Migrates = 'any'): Promise<Connection> {
  const connection = new Connection(url);
  try {
    await migrate(connection, { migrates });
    return connection;
  } catch (cause) {
    await connection.close();
    throw cause instanceof StartupError ? cause : new StartupError([explain(cause)], { cause });
  }
}

/** What the server or the system says of it, which never repeats a password; of anything else, which might, nothing. */
function explain(error: unknown): string {
  const reason = error instanceof AppError ? error.cause : error;
  const { message = '', code = '' } = reason as { message?: string; code?: string };
  const isKnown = code !== '' || isPassing(reason);
  const said = isKnown ? message || code : '';
  return `The database cannot be opened${said === '' ? '' : `: ${said}`}.`;
}
