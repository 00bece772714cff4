import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { MAX_SWEPT_ROWS } from '../../limits.js';
import { checkDatabase, migrate } from './migrate.js';
import { MIGRATIONS } from './migrations/migrations.js';
import { openSqliteStore } from './sqlite-store.js';
import { SQL } from './statements.js';
import type { Moment, NewOpenPaste, PasteStore } from '../store.js';

const NOW = 1_800_000_000;
const at = (seconds = NOW): Moment => ({ seconds, blockHeight: undefined });
const sweepExpired = async () => (await store.sweep(at())).expired;

let folder: string;
let path: string;
let store: PasteStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pastenym-store-'));
  path = join(folder, 'pastes.sqlite');
  store = openSqliteStore(path);
});

afterEach(async () => {
  await store.close().catch(() => undefined); // closed already
  rmSync(folder, { recursive: true });
});

const paste = (id: string, members: Partial<NewOpenPaste> = {}): NewOpenPaste => ({
  id,
  content: Buffer.from(`content of ${id}`),
  details: undefined,
  maxViews: undefined,
  expiresAt: undefined,
  expiresAtBlock: undefined,
  createdDay: 20_000,
  ...members,
});

const contentOf = async (id: string, now = NOW) => {
  const view = await store.takeOpenView(id, at(now));
  return view === undefined ? undefined : Buffer.from(view.content).toString();
};

/** Everything that is in the files, as one text. */
const files = () =>
  ['', '-wal', '-shm']
    .filter((suffix) => existsSync(path + suffix))
    .map((suffix) => readFileSync(path + suffix, 'latin1'))
    .join();

const modeOf = (file: string) => statSync(file).mode & 0o777;

test('a paste comes back as it was stored', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 20_000 }),
      fc.option(fc.string({ unit: 'binary' }), { nil: undefined }),
      fc.uuid(),
      async (content, details, id) => {
        await store.createOpen(paste(id, { content, details, expiresAt: NOW + 1, maxViews: 2 }));
        const view = await store.takeOpenView(id, at());
        expect(Buffer.compare(view!.content, content)).toBe(0);
        expect(await store.openBytes(id)).toBe(content.length);
        expect({ ...view, content: undefined }).toEqual({
          content: undefined,
          details,
          maxViews: 2,
          expiresAt: NOW + 1,
          expiresAtBlock: undefined,
          createdDay: 20_000,
          views: 1,
        });
      },
    ),
  );
});

test('an id is given once', async () => {
  expect(await store.createOpen(paste('one', { content: Buffer.from('first') }))).toBe(true);
  expect(await store.createOpen(paste('one', { content: Buffer.from('second') }))).toBe(false);
  expect(await contentOf('one')).toBe('first');
});

test('views are counted, and without a limit they go on', async () => {
  await store.createOpen(paste('one'));
  for (let views = 1; views <= 5; views++) {
    expect(await store.takeOpenView('one', at())).toMatchObject({ views });
  }
});

test.each([1, 2, 7])(
  'a paste with %i views goes to exactly so many of fifty readers',
  async (n) => {
    await store.createOpen(paste('one', { maxViews: n }));
    const views = await Promise.all(
      Array.from({ length: 50 }, () => store.takeOpenView('one', at())),
    );
    expect(views.filter((view) => view !== undefined).map(({ views }) => views)).toEqual(
      Array.from({ length: n }, (_, index) => index + 1),
    );
    expect(await store.openBytes('one')).toBeUndefined();
  },
);

test('two programs on one file do not give a view twice', async () => {
  const other = openSqliteStore(path);
  await store.createOpen(paste('one', { maxViews: 10 }));
  const views = await Promise.all(
    Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? store : other).takeOpenView('one', at())),
  );
  expect(views.filter((view) => view !== undefined).length).toBe(10);
  await other.close();
});

test('from the second of its expiry on, a paste is no more, swept or not', async () => {
  await store.createOpen(paste('one', { expiresAt: NOW }));
  expect(await contentOf('one', NOW - 1)).toBe('content of one');
  expect(await contentOf('one', NOW)).toBeUndefined();
});

test('sweeping takes what has expired and nothing else, in batches', async () => {
  const expired = Array.from({ length: 10 * MAX_SWEPT_ROWS }, (_, i) =>
    store.createOpen(paste(`expired${i}`, { expiresAt: NOW - i })),
  );
  await Promise.all([
    ...expired,
    store.createOpen(paste('later', { expiresAt: NOW + 1 })),
    store.createOpen(paste('never')),
  ]);
  const batches = [];
  for (let n; (n = await sweepExpired()) > 0;) batches.push(n);
  expect(batches).toEqual(Array.from({ length: 10 }, () => MAX_SWEPT_ROWS));
  expect(await contentOf('later')).toBe('content of later');
  expect(await contentOf('never')).toBe('content of never');
  const db = new Database(path, { readonly: true });
  expect(db.prepare('SELECT count(*) FROM contents').pluck().get()).toBe(2);
  db.close();
});

test('large pastes are swept few at a time', async () => {
  const content = Buffer.alloc(3 * 1024 * 1024);
  for (const id of ['a', 'b', 'c']) {
    await store.createOpen(paste(id, { content, expiresAt: NOW }));
  }
  expect(await sweepExpired()).toBe(1);
  expect(await sweepExpired()).toBe(1);
  expect(await sweepExpired()).toBe(1);
  expect(await sweepExpired()).toBe(0);
});

test('no statement looks through a whole table, or sorts one', () => {
  const db = new Database(path);
  const plans = Object.values(SQL).map((sql) =>
    db.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(argumentsOf(sql)),
  );
  db.close();
  const steps = plans.flat().map(({ detail }) => detail);
  expect(steps.join()).toContain('pastes_by_expiry');
  expect(steps.filter((step) => /SCAN (?!CONSTANT)|TEMP/.test(step))).toEqual([]);
});

/** Something for each of its parameters. */
function argumentsOf(sql: string): unknown {
  const names = Array.from(sql.matchAll(/@(\w+)/g), ([, name = '']) => [name, 1]);
  if (names.length > 0) return Object.fromEntries(names);
  return Array.from(sql.matchAll(/\?/g), () => 1);
}

describe('what is gone is gone', () => {
  const secret = 'the bytes of a burnt paste';

  test.each([
    ['burnt', { maxViews: 1 }, () => store.takeOpenView('one', at())],
    ['expired and swept', { expiresAt: NOW }, () => sweepExpired()],
  ])('a paste that was %s leaves no trace in the files', async (_, members, end) => {
    const content = Buffer.from(`${'x'.repeat(5000)}${secret}${'x'.repeat(50_000)}${secret}`);
    await store.createOpen(paste('one', { content, details: secret, ...members }));
    expect(files()).toContain(secret);
    await end();
    await store.eraseTraces();
    expect(files()).not.toContain(secret);
    expect(files()).toContain('pastes_by_expiry'); // it did read the files
  });

  test('while another program reads, traces stay until the next time', async () => {
    await store.createOpen(paste('one', { content: Buffer.from(secret), maxViews: 1 }));
    const reader = new Database(path, { readonly: true });
    reader.exec('BEGIN; SELECT * FROM pastes');
    await store.takeOpenView('one', at());
    await store.eraseTraces();
    expect(files()).toContain(secret);
    reader.exec('COMMIT');
    reader.close();
    await store.eraseTraces();
    expect(files()).not.toContain(secret);
  });
});

test('what a resolved promise says is in the files, even if the store is never closed', async () => {
  await store.createOpen(paste('one'));
  const other = openSqliteStore(path);
  expect(await other.takeOpenView('one', at())).toBeDefined();
  await other.close();
});

test('a write that fails is undone alone; those that share its commit are not', async () => {
  const results = await Promise.allSettled([
    store.createOpen(paste('one')),
    store.createOpen(paste('two', { createdDay: 'not a day' as unknown as number })),
    store.createOpen(paste('three')),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(await contentOf('one')).toBeDefined();
  expect(await contentOf('two')).toBeUndefined();
  expect(await contentOf('three')).toBeDefined();
});

test('closing completes what was asked for before', async () => {
  const created = store.createOpen(paste('one'));
  await store.close();
  expect(await created).toBe(true);
  store = openSqliteStore(path);
  expect(await contentOf('one')).toBeDefined();
});

test('only the owner can read the files, even where they were open to others before', async () => {
  await store.createOpen(paste('one'));
  for (const suffix of ['', '-wal', '-shm']) expect(modeOf(path + suffix)).toBe(0o600);
  await store.close();
  chmodSync(path, 0o644);
  store = openSqliteStore(path);
  await store.createOpen(paste('two'));
  for (const suffix of ['', '-wal', '-shm']) expect(modeOf(path + suffix)).toBe(0o600);
});

test('the file is set up so that it is safe and can shrink', () => {
  const db = new Database(path);
  const pragma = (name: string) => db.pragma(name, { simple: true });
  expect(pragma('journal_mode')).toBe('wal');
  expect(pragma('auto_vacuum')).toBe(2);
  expect(pragma('user_version')).toBe(MIGRATIONS.length);
  db.close();
});

describe('a database is refused that', () => {
  const elsewhere = () => join(folder, 'other.sqlite');

  test('a newer version has used', () => {
    const db = new Database(elsewhere());
    db.pragma('user_version = 99');
    db.close();
    expect(() => openSqliteStore(elsewhere())).toThrow('it was used by a newer one');
  });

  test('belongs to another program, and it stays as it was', () => {
    const db = new Database(elsewhere());
    db.exec('CREATE TABLE texts (id INTEGER)');
    db.close();
    const before = readFileSync(elsewhere());
    expect(() => openSqliteStore(elsewhere())).toThrow('it holds other tables');
    expect(readFileSync(elsewhere()).equals(before)).toBe(true);
  });

  test('is none', () => {
    writeFileSync(elsewhere(), 'x'.repeat(10_000));
    expect(() => openSqliteStore(elsewhere())).toThrow('not a database');
  });

  test('cannot be made', () => {
    expect(() => openSqliteStore(join(path, 'below-a-file.sqlite'))).toThrow('The database');
  });
});

test('a database gets the migrations that it has not seen, each wholly or not at all', () => {
  const db = new Database(':memory:');
  migrate(db, ['CREATE TABLE a (x)']);
  migrate(db, ['CREATE TABLE a (x)', 'CREATE TABLE b (x)']);
  const bad = ['CREATE TABLE a (x)', 'CREATE TABLE b (x)', 'CREATE TABLE c (x); nonsense'];
  expect(() => {
    migrate(db, bad);
  }).toThrow('nonsense');
  expect(db.prepare('SELECT name FROM sqlite_schema').pluck().all()).toEqual(['a', 'b']);
  expect(db.pragma('user_version', { simple: true })).toBe(2);
  expect(() => {
    checkDatabase(db, ['CREATE TABLE a (x)']);
  }).toThrow('newer');
  db.close();
});
