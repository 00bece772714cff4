import { afterAll, beforeAll } from '@jest/globals';
import { openPostgresStore } from '../../src/store/postgres/postgres-store.js';
import {
  startPostgres,
  type PostgresSchema,
  type PostgresServer,
} from '../support/postgres-server.js';
import type { OpenTestDatabase } from './fixtures.js';

/** What all tests of a file share. */
export interface PostgresBench {
  readonly server: PostgresServer;
  /** Where a store has been opened before: it has its tables. */
  readonly schema: PostgresSchema;
  /** The schema, emptied after each test. */
  openDatabase: OpenTestDatabase;
}

/** Starts a server before the tests of a file and stops it after them. */
export function usePostgres(): PostgresBench {
  let server: PostgresServer;
  let schema: PostgresSchema;
  beforeAll(async () => {
    server = await startPostgres();
    schema = await server.createSchema();
    await (await openPostgresStore(schema.url)).close();
  });
  afterAll(async () => {
    await schema.remove();
    await server.stop();
  });
  return {
    get server() {
      return server;
    },
    get schema() {
      return schema;
    },
    openDatabase: () =>
      Promise.resolve({
        open: () => openPostgresStore(schema.url),
        block: async (id) => {
          await schema.query('INSERT INTO blocked VALUES ($1, 0) ON CONFLICT DO NOTHING', [id]);
        },
        remove: () => schema.empty(),
      }),
  };
}
