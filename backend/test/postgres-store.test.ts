import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { MAX_DESTROYED_BYTES } from '../src/limits.js';
import { describeError } from '../src/describe-error.js';
import { Connection } from '../src/store/postgres/connection.js';
import { migrate } from '../src/store/postgres/migrate.js';
import { MIGRATIONS } from '../src/store/postgres/migrations/migrations.js';
import { openPostgresOperatorStore } from '../src/store/postgres/operator-store.js';
import { openConnection, openPostgresStore } from '../src/store/postgres/postgres-store.js';
import { STATEMENTS } from '../src/store/postgres/statements.js';
import { createUpkeep } from '../src/store/postgres/upkeep.js';
import {
  allAtOnce,
  at,
  BLOCKED_AFTER,
  BLOCKED_BEFORE,
  claim,
  createGuarded,
  guardedPaste,
  isPresent,
  NOW,
  openPaste,
  outcome,
  sweepAll,
  useDatabase,
} from './store-suite/fixtures.js';
import { describeOperatorStore } from './store-suite/operator.js';
import { describeStore } from './store-suite/suite.js';
import { usePostgres } from './store-suite/postgres.js';
import type { PostgresSchema } from './support/postgres-server.js';

jest.setTimeout(120_000);

const postgres = usePostgres();

/** The URL of the database, with settings for what connects by it, as a role may have some. */
function withOptions(settings: string): string {
  const url = new URL(postgres.schema.url);
  url.searchParams.set('options', `${url.searchParams.get('options') ?? ''} ${settings}`);
  return url.href;
}

/** Ends the connections of all stores, as a restart or a failing network would. */
const endConnections = () =>
  postgres.schema.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name = 'pastenym' AND pid <> pg_backend_pid()`,
  );

describeStore('pastes in PostgreSQL', postgres.openDatabase);

describe('a PostgreSQL database', () => {
  const bench = useDatabase(postgres.openDatabase);

  test('is told apart from that of another program, and stays as it was', async () => {
    const other = await postgres.server.createSchema();
    await other.query('CREATE TABLE texts (id integer)');
    await expect(openPostgresStore(other.url)).rejects.toThrow('it holds other tables');
    const tables = await other.query(
      'SELECT tablename FROM pg_tables WHERE schemaname = current_schema()',
    );
    expect(tables).toEqual([{ tablename: 'texts' }]);
    await other.remove();
  });

  test('that a newer version has used is refused', async () => {
    const other = await postgres.server.createSchema();
    await (await openPostgresStore(other.url)).close();
    await other.query('INSERT INTO pastenym_migrations VALUES (99)');
    await expect(openPostgresStore(other.url)).rejects.toThrow('it was used by a newer one');
    await other.remove();
  });

  test('that several backends open for the first time at once is made once', async () => {
    const other = await postgres.server.createSchema();
    const stores = await Promise.all(Array.from({ length: 5 }, () => openPostgresStore(other.url)));
    expect(await stores[4]!.createOpen(openPaste('one'))).toBe(true);
    await Promise.all(stores.map((store) => store.close()));
    await other.remove();
  });

  test('gets the migrations that it has not seen, each wholly or not at all', async () => {
    const other = await postgres.server.createSchema();
    const connection = new Connection(other.url);
    const run = (...migrations: string[]) => migrate(connection, { migrations });
    await run('CREATE TABLE a ()');
    await run('CREATE TABLE a ()', 'CREATE TABLE b ()');
    await expect(
      run('CREATE TABLE a ()', 'CREATE TABLE b ()', 'CREATE TABLE c (); nonsense'),
    ).rejects.toThrow('nonsense');
    await connection.close();
    const tables = await other.query(
      'SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1',
    );
    expect(tables.map(({ tablename }) => tablename)).toEqual(['a', 'b', 'pastenym_migrations']);
    await other.remove();
  });

  test('in which CIDs were blocked as they were spelt gets them in one spelling', async () => {
    const other = await postgres.server.createSchema();
    const connection = new Connection(other.url);
    await migrate(connection, { migrations: MIGRATIONS.slice(0, 3) });
    for (const [id, day] of BLOCKED_BEFORE) {
      await other.query('INSERT INTO blocked VALUES ($1, $2)', [id, day]);
    }
    await migrate(connection);
    await connection.close();
    const rows = await other.query('SELECT id, day::integer FROM blocked ORDER BY id');
    expect(rows.map(({ id, day }) => [id, day])).toEqual(BLOCKED_AFTER);
    await other.remove();
  });

  test('gives room back when what was in it is gone', async () => {
    const { store } = bench;
    const size = async () => {
      const [row] = await postgres.schema.query(
        `SELECT pg_total_relation_size('contents')::integer AS size`,
      );
      return Number(row?.['size']);
    };
    for (let i = 0; i < 5; i++) {
      const content = Buffer.alloc(MAX_DESTROYED_BYTES, `${i}`);
      await store.createOpen(openPaste(`paste${i}`, { content, expiresAt: NOW }));
    }
    expect(await size()).toBeGreaterThan(5_000_000);
    await sweepAll(store, at());
    expect(await store.eraseTraces()).toBe(true);
    expect(await size()).toBeLessThan(1_000_000);
  });

  test('does not say that all is erased where others are at a table, and tries again', async () => {
    const { store } = bench;
    await store.createOpen(openPaste('one', { maxViews: 1 }));
    await store.takeOpenView('one', at());
    const other = await openConnection(postgres.schema.url);
    await other.use(async (client) => {
      await client.query('BEGIN; LOCK TABLE contents IN SHARE UPDATE EXCLUSIVE MODE');
      expect(await store.eraseTraces()).toBe(false);
      await client.query('COMMIT');
    });
    await other.close();
    expect(await store.eraseTraces()).toBe(true);
  });

  test('gets its migrations without the time-out that requests have', async () => {
    const other = await postgres.server.createSchema();
    const connection = new Connection(other.url);
    await migrate(connection, {
      migrations: ["CREATE TABLE a AS SELECT current_setting('statement_timeout')"],
    });
    await connection.close();
    expect(await other.query('SELECT * FROM a')).toEqual([{ current_setting: '0' }]);
    await other.remove();
  });

  test('keeps the time-out of statements on every connection, whatever took long before', async () => {
    const connection = await openConnection(postgres.schema.url);
    await createUpkeep(connection).eraseTraces();
    const ask = () =>
      connection.use((client) =>
        client.query<{ timeout: string }>(
          "SELECT current_setting('statement_timeout') AS timeout, pg_sleep(0.05)",
        ),
      );
    const answers = await Promise.all(Array.from({ length: 10 }, ask));
    expect(new Set(answers.map(({ rows }) => rows[0]?.timeout))).toEqual(new Set(['10s']));
    await connection.close();
  });

  test('does not keep a service that stops waiting until its room has been freed', async () => {
    const { store } = bench;
    for (let i = 0; i < 1000; i++) await store.createOpen(openPaste(`paste${i}`, { maxViews: 1 }));
    await allAtOnce(1000, [store], (_, index) => store.takeOpenView(`paste${index}`, at()));
    const connection = await openConnection(
      withOptions('-c vacuum_cost_delay=100 -c vacuum_cost_limit=1'),
    );
    const stop = new AbortController();
    const erasing = createUpkeep(connection).eraseTraces(stop.signal);
    const isVacuuming = async () => {
      const [row] = await postgres.schema.query(
        "SELECT count(*)::integer AS n FROM pg_stat_activity WHERE query LIKE 'VACUUM%' AND state = 'active'",
      );
      return row?.['n'] === 1;
    };
    while (!(await isVacuuming()));
    stop.abort();
    expect(await erasing).toBe(false);
    expect(await isVacuuming()).toBe(true);
    await createUpkeep(connection).eraseTraces(stop.signal);
    await connection.close();
    await endConnections();
  });

  test.each(['off', 'local'])(
    'keeps what it has acknowledged, though the role’s commits are “%s” by default',
    async (commits) => {
      const connection = new Connection(
        withOptions(
          `-c synchronous_commit=${commits} -c default_transaction_isolation=serializable`,
        ),
      );
      const settings = await connection.use((client) =>
        client.query<Record<string, string>>(
          `SELECT current_setting('synchronous_commit') AS commit,
            current_setting('default_transaction_isolation') AS isolation,
            current_setting('statement_timeout') AS timeout`,
        ),
      );
      const expected = { commit: 'on', isolation: 'read committed', timeout: '10s' };
      expect(settings.rows).toEqual([expected]);
      await connection.close();
    },
  );

  test('names no request in its log that came twice at once', async () => {
    const stores = [bench.store, await bench.openAnother()];
    await createGuarded(bench.store, 'one');
    await allAtOnce(20, stores, (store) => store.claimView(claim('a-request', 'one'), at()));
    await allAtOnce(20, stores, (store, index) =>
      store.createGuarded(guardedPaste(`paste${index}`), outcome('a-request')),
    );
    expect(postgres.server.log()).not.toContain('a-request');
  });
});

describe('a database that cannot be opened', () => {
  const problemOf = async (change: (url: URL) => void) => {
    const url = new URL(postgres.schema.url);
    change(url);
    const error: unknown = await openPostgresStore(url.href).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const said = JSON.stringify(describeError(error)) + String(error);
    expect(said).not.toContain(postgres.server.password);
    return String(error);
  };

  test('because nobody answers, is named so, without the password', async () => {
    expect(await problemOf((url) => (url.port = '1'))).toContain('ECONNREFUSED');
    expect(await problemOf((url) => (url.hostname = 'nowhere.invalid'))).toContain('nowhere');
  });

  test('because it is not there, is named so, without the password', async () => {
    expect(await problemOf((url) => (url.pathname = 'nothing'))).toContain('does not exist');
  });

  test('because the password is wrong, is named so, without any password', async () => {
    const problem = await problemOf((url) => (url.password = 'a-wrong-guess'));
    expect(problem).toContain('password authentication failed');
    expect(problem).not.toContain('a-wrong-guess');
  });
});

describe('when the server goes away', () => {
  const bench = useDatabase(postgres.openDatabase);

  test('and is back at once, the next requests are answered', async () => {
    await createGuarded(bench.store, 'one');
    for (let round = 0; round < 5; round++) {
      await endConnections();
      const again = async (): Promise<unknown> =>
        bench.store.claimView(claim(`a${round}`, 'one'), at()).catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'busy', retry: true });
          return again();
        });
      expect(await again()).toMatchObject({ views: round + 1 });
    }
  });

  test('in the middle of many requests, each succeeds or may be sent again, and no view is lost or given twice', async () => {
    const { store } = bench;
    const readers = 60;
    await createGuarded(store, 'one', { maxViews: 40 });
    const over = new AbortController();
    const breaking = (async () => {
      while (!over.signal.aborted) await endConnections();
    })();
    const read = async (request: string): Promise<unknown> => {
      for (;;) {
        try {
          return await store.claimView(claim(request, 'one'), at());
        } catch (error) {
          expect(error).toMatchObject({ code: 'busy', retry: true });
        }
      }
    };
    const work = allAtOnce(readers, [store], (_, index) => read(`request${index}`));
    setTimeout(() => {
      over.abort();
    }, 2000);
    const views = (await work).filter(isPresent).map((view) => (view as { views: number }).views);
    over.abort();
    await breaking;
    expect(views.sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  });

  test('what had been begun and not committed has not happened', async () => {
    const connection = new Connection(postgres.schema.url);
    const broken = connection.transaction(async ({ run }) => {
      const values = { id: 'half', bytes: 0, createdDay: 0, views: 0, content: Buffer.alloc(0) };
      await run(STATEMENTS.createOpen, values);
      await endConnections();
      return run(STATEMENTS.openBytes, { id: 'half' });
    });
    await expect(broken).rejects.toMatchObject({ code: 'busy' });
    await connection.close();
    const store = await bench.openAnother();
    const again = async (): Promise<unknown> => store.openBytes('half').catch(again);
    expect(await again()).toBeUndefined();
  });

  const testOfOurs = process.env['TEST_DATABASE_URL'] === undefined ? test : test.skip;

  testOfOurs(
    'for some time, requests fail at once and may be sent again; afterwards they are answered',
    async () => {
      const { store } = bench;
      await store.createOpen(openPaste('one'));
      await postgres.server.restart!.stop();
      for (let i = 0; i < 3; i++) {
        await expect(store.takeOpenView('one', at())).rejects.toMatchObject({ code: 'busy' });
      }
      await postgres.server.restart!.start();
      const again = async (): Promise<unknown> => store.takeOpenView('one', at()).catch(again);
      expect(await again()).toMatchObject({ views: 1 });
    },
  );
});

describeOperatorStore('the operator’s side of pastes in PostgreSQL', async () => {
  const schema = await postgres.server.createSchema();
  const store = await openPostgresStore(schema.url);
  const operator = await openPostgresOperatorStore(schema.url);
  return {
    store,
    operator,
    spoil: async (sql) => {
      await schema.query(sql);
    },
    remove: async () => {
      await operator.close();
      await store.close();
      await schema.remove();
    },
  };
});

describe('the operator’s program', () => {
  let schema: PostgresSchema;

  beforeEach(async () => {
    schema = await postgres.server.createSchema();
  });
  afterEach(() => schema.remove());

  const tables = async () => {
    const rows = await schema.query(
      'SELECT tablename FROM pg_tables WHERE schemaname = current_schema()',
    );
    return rows.map(({ tablename }) => tablename).sort();
  };

  test('leaves an empty database empty, unless it is to make it', async () => {
    await expect(openPostgresOperatorStore(schema.url)).rejects.toThrow('The database is empty');
    expect(await tables()).toEqual([]);
    const operator = await openPostgresOperatorStore(schema.url, { mayCreate: true });
    expect(await operator.importOpen(openPaste('one'))).toBe('stored');
    await operator.close();
  });

  test('leaves the schema of an older version as it is', async () => {
    const connection = new Connection(schema.url);
    await migrate(connection, { migrations: MIGRATIONS.slice(0, 2) });
    await connection.close();
    const before = await tables();
    for (const mayCreate of [false, true]) {
      await expect(openPostgresOperatorStore(schema.url, { mayCreate })).rejects.toThrow(
        /of version 2, this program's is \d.*start the service of this version once/s,
      );
    }
    expect(await tables()).toEqual(before);
  });
});

test('a PostgreSQL database is copied with its own tools, and the operator is told how', async () => {
  const schema = await postgres.server.createSchema();
  const operator = await openPostgresOperatorStore(schema.url, { mayCreate: true });
  await expect(operator.backUp('x')).rejects.toThrow('pg_dump');
  await operator.close();
  await schema.remove();
});
