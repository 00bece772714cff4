import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { runAdmin } from './support/admin-process.js';
import { writeOriginalDatabase } from './support/original-database.js';
import { idIn, NOT_FOUND, web } from './support/original-clients.js';
import {
  startPostgres,
  type PostgresSchema,
  type PostgresServer,
} from './support/postgres-server.js';
import { runService, type RunningService } from './support/running-service.js';
import { buildService } from './support/service-process.js';

jest.setTimeout(120_000);

let folder: string;
let server: PostgresServer;
let schema: PostgresSchema;
let service: RunningService;

beforeAll(async () => {
  buildService();
  folder = mkdtempSync(join(tmpdir(), 'pastenym-admin-'));
  server = await startPostgres();
  schema = await server.createSchema();
  service = await runService({ env: { DATABASE_URL: schema.url } });
}, 180_000);

afterAll(async () => {
  await service.stop();
  await schema.remove();
  await server.stop();
  rmSync(folder, { recursive: true });
});

const admin = (...args: string[]) => runAdmin(schema.url, ...args);

test('the operator’s program does the same on PostgreSQL, beside a running service', async () => {
  const [shown, blocked] = [
    idIn(await service.nym.ask(web.newText({ burn: true, burnView: 3 }))),
    idIn(await service.nym.ask(web.newText())),
  ];
  expect((await admin('show', shown)).out).toMatch(/^views taken +0 of 3$/m);
  const deleted = await admin('delete', shown);
  expect(deleted).toMatchObject({ code: 0, out: expect.stringContaining('The paste is deleted.') });
  // The server has no way to: nobody shall believe that the bytes are gone.
  expect(deleted.out).toContain('PostgreSQL does not overwrite');
  expect(deleted.out).not.toContain('erased');
  expect(JSON.parse((await admin('purge', '--json')).out)).toMatchObject({ erasure: 'cannot' });
  expect((await admin('block', blocked)).code).toBe(0);
  expect(await service.nym.ask(web.getText(shown))).toBe(NOT_FOUND);
  expect(await service.nym.ask(web.getText(blocked))).toBe(NOT_FOUND);

  const file = join(folder, 'data.db');
  writeOriginalDatabase(
    file,
    ['8A8Z9nIk', '8A8Z9nIk', 'second-0'].map((url_id) => ({ url_id })),
  );
  expect((await admin('import', file)).out).toMatch(/^pastes imported +2$/m);
  expect((await admin('import', file)).out).toMatch(/^pastes imported +0$/m);
  expect(await service.nym.ask(web.getText('8A8Z9nIk'))).toContain('"num_view": 1,');

  for (const command of ['purge', 'vacuum', 'check']) {
    expect(await admin(command)).toMatchObject({ code: 0, err: '' });
  }
  const { out } = await admin('stats', '--json');
  expect(JSON.parse(out)).toMatchObject({ open: 2, blocked: 1, imported: 2 });
});

test('how a PostgreSQL database is copied, is said', async () => {
  const { code, err } = await admin('backup', join(folder, 'copy'));
  expect(code).toBe(1);
  expect(err).toContain('pg_dump');
  expect(err).not.toContain(server.password);
});

test('a server that is not there is said, without its password', async () => {
  const { code, err, database } = await runAdmin(
    'postgres://someone:secret@127.0.0.1:1/db?password=secret',
    'stats',
  );
  expect(code).toBe(1);
  expect(err).toContain('The database cannot be opened');
  expect(err).not.toContain('secret');
  expect(database).toBe('PostgreSQL, db on 127.0.0.1:1');
});
