import { afterAll, beforeAll, jest } from '@jest/globals';
import { openPostgresStore } from '../src/store/postgres/postgres-store.js';
import { describeStore } from './store-suite/suite.js';
import { startPostgres, type PostgresServer } from './support/postgres-server.js';

jest.setTimeout(60_000);

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(() => server.stop());

describeStore('pastes in PostgreSQL', async () => {
  const schema = await server.createSchema();
  return {
    open: () => openPostgresStore(schema.url),
    block: async (id) => {
      await schema.query('INSERT INTO blocked VALUES ($1, 0) ON CONFLICT DO NOTHING', [id]);
    },
    remove: schema.remove,
  };
});
