import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { CIPHERTEXT, idIn, NOT_FOUND, web } from './support/original-clients.js';
import {
  startPostgres,
  type PostgresSchema,
  type PostgresServer,
} from './support/postgres-server.js';
import { NOW, runService, until, type RunningService } from './support/running-service.js';

jest.setTimeout(120_000);

let server: PostgresServer;
let schema: PostgresSchema;
let services: [RunningService, RunningService];

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(() => server.stop());

beforeEach(async () => {
  schema = await server.createSchema();
  const env = { DATABASE_URL: schema.url, SWEEP_INTERVAL_SECONDS: '1' };
  services = [await runService({ env }), await runService({ env })];
});

afterEach(async () => {
  await Promise.all(services.map((service) => service.stop()));
  await schema.remove();
});

const ask = (index: number, message: string) => services[index % 2]!.nym.ask(message);

test('a paste that one service has stored, another one gives out', async () => {
  const id = idIn(await ask(0, web.newText()));
  expect(await ask(1, web.getText(id))).toContain(CIPHERTEXT);
});

test.each([1, 7])(
  'a paste with %i views goes to exactly so many of fifty readers, who ask at two services',
  async (burnView) => {
    const id = idIn(await ask(0, web.newText({ burn: true, burnView })));
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, index) => ask(index, web.getText(id))),
    );
    expect(replies.filter((reply) => reply.includes(CIPHERTEXT)).length).toBe(burnView);
    expect(replies.filter((reply) => reply === NOT_FOUND).length).toBe(50 - burnView);
    expect(await services[0].context.store.usage()).toMatchObject({ pastes: 0 });
  },
);

test('what has expired is swept by either, and counted once', async () => {
  const n = 60;
  for (let i = 0; i < n; i++) await ask(i, web.newText({ expiration: '1 hour' }));
  for (const { time } of services) time.now = NOW + 3_600_000;
  const [one, other] = services.map(({ context }) => context.counters);
  await until(() => one!.expired + other!.expired === n);
  expect(await services[1].context.store.usage()).toMatchObject({ pastes: 0, bytes: 0 });
});

test('no log of a service tells the password of the database', () => {
  for (const { log } of services) {
    expect(log()).toContain('ready');
    expect(log()).not.toContain(server.password);
  }
});
