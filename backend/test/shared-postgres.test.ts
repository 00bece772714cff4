import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { CIPHERTEXT, idIn, NOT_FOUND, web } from './support/original-clients.js';
import {
  startPostgres,
  type PostgresSchema,
  type PostgresServer,
} from './support/postgres-server.js';
import { FaultyNetwork, seededRandom } from './support/faulty-network.js';
import { live, newBooks } from './support/paste-life.js';
import { NOW, runService, until, type RunningService } from './support/running-service.js';
import { createCall, newId, newPaste, store } from './support/v2-client.js';
import { at, sweepAll } from './store-suite/fixtures.js';

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

test.each([1, 7])(
  'a guarded paste with %i views goes to exactly so many of fifty readers, though each asks at both services at once',
  async (views) => {
    const calls = services.map(({ nym }) => createCall((message) => nym.ask(message)));
    const paste = newPaste({ views });
    const key = { pasteId: await store(calls[0]!, paste), accessProof: paste.accessProof };
    const ids = Array.from({ length: 50 }, newId);
    const answers = await Promise.all(
      ids.map((id) => Promise.all(calls.map((call) => call('readPaste', key, id)))),
    );
    for (const [one, other] of answers) expect(one).toEqual(other);
    const winners = ids.filter((_, index) => answers[index]![0]!.ok);
    expect(winners.length).toBe(views);
    const ends = winners.map((claim, index) => calls[index % 2]!('ackRead', { ...key, claim }));
    for (const end of await Promise.all(ends)) expect(end).toMatchObject({ ok: true });
    expect(await services[1].context.store.usage()).toMatchObject({ pastes: 0, bytes: 0 });
  },
);

test('whatever is lost, repeated and turned round on the way to either, the books balance, and in the end nothing is left', async () => {
  const books = newBooks();
  for (let seed = 1; seed <= 3; seed++) {
    const random = seededRandom(seed);
    const ask = (message: string) => services[Math.floor(random() * 2)]!.nym.ask(message);
    const network = new FaultyNetwork({ random, ask });
    const lives = Array.from({ length: 40 }, () => live({ network, random, books }));
    await Promise.all([...lives, network.run()]);
  }
  expect(books.pastes).toBe(120);
  expect(books.served).toBeGreaterThan(100);
  for (const { context } of services) expect(context.counters.failed).toBe(0);
  const { store } = services[0].context;
  await sweepAll(store, at(NOW / 1000 + 1_000_000));
  expect(await store.usage()).toEqual({ pastes: 0, bytes: 0, uploads: 0 });
  const left = await schema.query(`
    SELECT (SELECT count(*) FROM contents) + (SELECT count(*) FROM claims)
      + (SELECT count(*) FROM uploads) + (SELECT count(*) FROM outcomes) AS rows`);
  expect(left).toEqual([{ rows: '0' }]);
});

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
