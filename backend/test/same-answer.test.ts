import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { EventName, RequestData } from '@pastenym/shared/v2/messages';
import { formatV2Request } from '@pastenym/shared/v2/wire';
import Sqlite from 'better-sqlite3';
import pg from 'pg';
import { startPostgres } from './support/postgres-server.js';
import { runService, type RunningService } from './support/running-service.js';
import { createCall, newId, newPaste, store, succeed, type Call } from './support/v2-client.js';

jest.setTimeout(120_000);

/** Of each kind, so many are asked for, interleaved. */
const SAMPLES = 1000;
/** What a difference of medians may be on a machine that does other things as well. A disk that waits for a commit takes 100 times longer. */
const MOST_RATIO = 1.5;

interface Key {
  pasteId: string;
  accessProof: Buffer;
  deleteProof: Buffer;
}

type Kind =
  | 'unknown'
  | 'wrong proof'
  | 'expired'
  | 'burnt'
  | 'its last view timed out'
  | 'blocked'
  | 'incomplete';

/** Where a service keeps its pastes, and a way to it for the test. */
interface Database {
  url: string;
  query: (sql: string) => Promise<unknown[]>;
  /** All that is written down of pastes, locks included. */
  pastes: string;
  remove: () => Promise<void>;
}

const databases = {
  SQLite: openSqlite,
  PostgreSQL: openPostgres,
};

let database: Database;
let service: RunningService;
let call: Call;
let keys: Record<Kind, Key>;

async function start(open: () => Promise<Database>): Promise<void> {
  database = await open();
  // Nothing is swept, so that what has expired is still there.
  const env = { SWEEP_INTERVAL_SECONDS: '86400', DATABASE_URL: database.url };
  service = await runService({ env });
  call = createCall((message) => service.nym.ask(message));
  await Promise.all(Array.from({ length: 500 }, () => store(call, newPaste())));
  const kept = await keep({});
  const expired = await keep({ expiresInSeconds: 60 });
  const [burnt, timedOut] = [await keep({ views: 1 }), await keep({ views: 1 })];
  const claim = newId();
  await succeed(call('readPaste', burnt, claim));
  await succeed(call('ackRead', { ...burnt, claim }));
  await succeed(call('readPaste', timedOut));
  service.time.now += (service.context.config.CLAIM_SECONDS + 120) * 1000;
  keys = {
    unknown: { ...kept, pasteId: newId() },
    'wrong proof': { ...kept, accessProof: randomBytes(32), deleteProof: randomBytes(32) },
    expired,
    burnt,
    'its last view timed out': timedOut,
    blocked: await block(),
    incomplete: await begin(),
  };
}

async function stop(): Promise<void> {
  await service.stop();
  await database.remove();
}

function openSqlite(): Promise<Database> {
  const folder = mkdtempSync(join(tmpdir(), 'pastenym-same-answer-'));
  const file = join(folder, 'pastes.sqlite');
  return Promise.resolve({
    url: `file:${file}`,
    query: (sql) => {
      const db = new Sqlite(file);
      const rows = db.prepare(sql).all();
      db.close();
      return Promise.resolve(rows);
    },
    pastes: 'SELECT * FROM pastes ORDER BY number',
    remove: () => {
      rmSync(folder, { recursive: true });
      return Promise.resolve();
    },
  });
}

async function openPostgres(): Promise<Database> {
  const server = await startPostgres();
  const { url, query } = await server.createSchema();
  const pastes = 'SELECT ctid::text, xmin::text, xmax::text, * FROM pastes ORDER BY number';
  return { url, query, pastes, remove: () => server.stop() };
}

async function keep(options: Parameters<typeof newPaste>[0]): Promise<Key> {
  const paste = newPaste(options);
  const pasteId = await store(call, paste);
  return { pasteId, accessProof: paste.accessProof, deleteProof: paste.deleteProof };
}

async function block(): Promise<Key> {
  const blocked = await keep({});
  await database.query(
    `INSERT INTO blocked (id, day) VALUES ('${blocked.pasteId}', 20000) RETURNING id`,
  );
  return blocked;
}

async function begin(): Promise<Key> {
  const { request, accessProof, deleteProof } = newPaste({ content: randomBytes(100_000) });
  const { pasteId } = await succeed(call('createPaste', request));
  return { pasteId, accessProof, deleteProof };
}

type Guarded = 'readPaste' | 'readChunk' | 'ackRead' | 'pasteStatus' | 'deletePaste';

const data: { [E in Guarded]: (key: Key) => RequestData<E> } = {
  readPaste: (key) => key,
  pasteStatus: (key) => key,
  deletePaste: (key) => key,
  readChunk: (key) => ({ ...key, claim: newId(), index: 0 }),
  ackRead: (key) => ({ ...key, claim: newId() }),
};

const request = (event: Guarded, key: Key, id: string) =>
  formatV2Request<EventName>(id, event, data[event](key));

/** An upload is missed by its readers, not by its author, who may delete it. */
const missesOf = (event: Guarded) =>
  Object.entries(keys).filter(([kind]) => event !== 'deletePaste' || kind !== 'incomplete');

const EVENTS = Object.keys(data) as Guarded[];

describe.each(Object.entries(databases))('on %s', (name, open) => {
  beforeAll(() => start(open));
  afterAll(stop);

  describe.each(EVENTS)('%s', (event) => {
    test('answers the same, to the byte, for a paste that is unknown, of another proof, expired, burnt, read to the end, blocked or not complete', async () => {
      const answers = await Promise.all(
        missesOf(event).map(async ([, key]) => {
          const id = newId();
          return (await service.nym.ask(request(event, key, id))).replace(id, 'ID');
        }),
      );
      expect(new Set(answers).size).toBe(1);
      expect(answers[0]).toContain('"code":"not-found"');
    });

    test('asks the database for the same for each of them, and writes nothing', async () => {
      const before = await database.query(database.pastes);
      const asked = new Map<string, string[]>();
      for (const [kind, key] of missesOf(event)) {
        const ask = () => service.nym.ask(request(event, key, newId()));
        asked.set(kind, await recordStatements(ask));
      }
      const unknown = asked.get('unknown');
      expect(unknown).not.toEqual([]);
      for (const [kind, statements] of asked) {
        expect({ kind, statements }).toEqual({ kind, statements: unknown });
      }
      expect(await database.query(database.pastes)).toEqual(before);
    });

    // How long a server takes tells more of what else it does than of us.
    if (name !== 'SQLite') return;

    test('takes as long for each of them', async () => {
      const medians = await measure(event);
      const [fastest, slowest] = [Math.min(...medians.values()), Math.max(...medians.values())];
      const list = Array.from(medians, ([kind, us]) => `${kind} ${us.toFixed(0)} µs`).join(', ');
      process.stdout.write(`${event}: ${list}\n`);
      expect(slowest / fastest).toBeLessThan(MOST_RATIO);
    });
  });
});

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** What either database is asked for meanwhile, by whomever, in order. */
async function recordStatements(work: () => Promise<unknown>): Promise<string[]> {
  const asked: string[] = [];
  const unwatch = [
    ...['get', 'all', 'run'].map((name) =>
      watch(STATEMENT, name, (statement) => asked.push((statement as { source: string }).source)),
    ),
    watch(pg.Client.prototype, 'query', (_, query) => asked.push(String(textOf(query)))),
  ];
  await work();
  for (const undo of unwatch) undo();
  return asked;
}

const STATEMENT = Object.getPrototypeOf(new Sqlite(':memory:').prepare('SELECT 1')) as object;

const textOf = (query: unknown) =>
  typeof query === 'object' && query !== null && 'text' in query ? query.text : query;

/** @returns what undoes it */
function watch(target: object, name: string, hear: (self: unknown, first: unknown) => void) {
  const methods = target as Record<string, Method>;
  const original = methods[name]!;
  methods[name] = function (...args) {
    hear(this, args[0]);
    return original.apply(this, args);
  };
  return () => {
    methods[name] = original;
  };
}

/** In microseconds, from the message to the answer, inside of the service. */
async function measure(event: Guarded): Promise<Map<string, number>> {
  const inbox = service.context.createInbox();
  const took = new Map(missesOf(event).map(([kind]) => [kind, [] as number[]]));
  for (let n = 0; n < SAMPLES; n++) {
    for (const [kind, key] of shuffled(missesOf(event))) {
      const message = Buffer.from(request(event, key, newId()));
      took.get(kind)?.push(await time(inbox, message));
    }
  }
  await inbox.close(1000);
  return new Map(Array.from(took, ([kind, times]) => [kind, median(times)]));
}

type Inbox = ReturnType<RunningService['context']['createInbox']>;

function time(inbox: Inbox, message: Buffer): Promise<number> {
  return new Promise((resolve) => {
    const begun = process.hrtime.bigint();
    const reply = () => {
      resolve(Number(process.hrtime.bigint() - begun) / 1000);
      return Promise.resolve();
    };
    inbox.deliver({ message, reply });
  });
}

function shuffled<T>(items: T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

const median = (values: number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
