import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import Database from 'better-sqlite3';
import {
  at,
  BLOCKED_AFTER,
  BLOCKED_BEFORE,
  chunk,
  CHUNK_BYTES,
  claim,
  createGuarded,
  deletion,
  NOW,
  openPaste,
  guardedPaste,
  outcome,
  status,
  sweepAll,
  upload,
} from '../../../test/store-suite/fixtures.js';
import { describeStore } from '../../../test/store-suite/suite.js';
import {
  BUSY_RETRY_MS,
  MAX_DESTROYED_BYTES,
  MAX_FREE_PAGES,
  RECLAIMED_PAGES,
} from '../../limits.js';
import { Connection } from './connection.js';
import { checkDatabase, migrate } from './migrate.js';
import { MIGRATIONS } from './migrations/migrations.js';
import { openSqliteStore, storeOn } from './sqlite-store.js';
import { SQL } from './statements.js';
import type { PasteStore } from '../store.js';

jest.setTimeout(60_000);

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

test('no statement looks through a whole table, or sorts one', () => {
  const db = new Database(path);
  const plans = Object.values(SQL).map((sql) =>
    db.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(argumentsOf(sql)),
  );
  db.close();
  const steps = plans.flat().map(({ detail }) => detail);
  expect(steps.join()).toContain('pastes_by_expiry');
  // What is blocked is not much.
  expect(steps.filter((step) => /SCAN (?!CONSTANT)|TEMP/.test(step))).toEqual(['SCAN blocked']);
});

/** Something for each of its parameters. */
function argumentsOf(sql: string): unknown {
  const names = Array.from(sql.matchAll(/@(\w+)/g), ([, name = '']) => [name, 1]);
  if (names.length > 0) return Object.fromEntries(names);
  return Array.from(sql.matchAll(/\?/g), () => 1);
}

describe('what is gone is gone', () => {
  const secret = 'the bytes of a burnt paste';
  /** Content lies in pages of 4 kB: the secret stands in many of them. */
  const secretBytes = (length: number) => Buffer.alloc(length, `${secret} `.padEnd(500, '.'));

  test.each([
    ['burnt', { maxViews: 1 }, () => store.takeOpenView('one', at())],
    ['expired and swept', { expiresAt: NOW }, () => sweepAll(store, at())],
  ])('an open paste that was %s leaves no trace in the files', async (_, members, end) => {
    const content = secretBytes(100_000);
    await store.createOpen(openPaste('one', { content, details: secret, ...members }));
    expect(files()).toContain(secret);
    await end();
    await store.eraseTraces();
    expect(files()).not.toContain(secret);
    expect(files()).toContain('pastes_by_expiry'); // it did read the files
  });

  const burn = async () => {
    await store.claimView(claim('a', 'one'), at());
    await store.endClaim(claim('a', 'one'), at());
  };

  const ends: [string, () => Promise<unknown>][] = [
    ['read', burn],
    ['deleted', () => store.deleteGuarded(deletion('one'), outcome('d'), at())],
    ['expired', () => sweepAll(store, at(NOW + 3600))],
    [
      'claimed for the last time, and the claim timed out',
      () => store.claimView(claim('a', 'one'), at()),
    ],
  ];

  test.each(ends)('a guarded paste that was %s leaves no trace', async (_, end) => {
    await createGuarded(store, 'one', { content: secretBytes(CHUNK_BYTES), maxViews: 1 });
    expect(files()).toContain(secret);
    await end();
    await sweepAll(store, at(NOW + 600));
    await store.eraseTraces();
    expect(files()).not.toContain(secret);
  });

  const putAll = async () => {
    const content = upload('up');
    const bytes = 2 * MAX_DESTROYED_BYTES;
    await createGuarded(store, 'one', { content, bytes, maxViews: 1, expiresAt: NOW + 3600 });
    for (let index = 0; index < bytes / CHUNK_BYTES; index++) {
      const part = { ...chunk(index), content: secretBytes(CHUNK_BYTES) };
      await store.putChunk('up', part, NOW + 600);
    }
  };

  test.each(ends)('a paste of many chunks that was %s leaves no trace', async (_, end) => {
    await putAll();
    await store.completeUpload('up', NOW + 600);
    expect(files()).toContain(secret);
    await end();
    await sweepAll(store, at(NOW + 600));
    await store.eraseTraces();
    expect(files()).not.toContain(secret);
  });

  test('an upload that was abandoned leaves no trace', async () => {
    await putAll();
    await sweepAll(store, at(NOW + 600));
    await store.eraseTraces();
    expect(files()).not.toContain(secret);
  });

  test('of a request that is forgotten, neither its id nor its answer is kept', async () => {
    const answer = 'an answer with the id of a paste';
    await store.createGuarded(guardedPaste('one'), outcome('a', { answer, forgetAt: NOW + 600 }));
    await store.eraseTraces();
    await sweepAll(store, at(NOW + 600));
    await store.eraseTraces();
    expect(files()).not.toContain(answer);
  });

  test('while another program reads, traces stay until the next time', async () => {
    await store.createOpen(openPaste('one', { content: Buffer.from(secret), maxViews: 1 }));
    const reader = new Database(path, { readonly: true });
    reader.exec('BEGIN; SELECT * FROM pastes');
    await store.takeOpenView('one', at());
    expect(await store.eraseTraces()).toBe(false);
    expect(files()).toContain(secret);
    reader.exec('COMMIT');
    reader.close();
    expect(await store.eraseTraces()).toBe(true);
    expect(files()).not.toContain(secret);
  });
});

test('room that deleted pastes have left is given back, little by little, but for some that the next ones will need', async () => {
  const content = Buffer.alloc(1024 * 1024);
  for (let i = 0; i < 24; i++)
    await store.createOpen(openPaste(`paste${i}`, { content, expiresAt: NOW }));
  await store.eraseTraces();
  const full = statSync(path).size;
  const sweeps = await sweepAll(store, at());
  await store.eraseTraces();
  const pages = statSync(path).size / 4096;
  expect(full / 4096).toBeGreaterThan(24 * 256);
  expect(pages).toBeLessThan(MAX_FREE_PAGES + 100);
  expect(pages).toBeGreaterThan(MAX_FREE_PAGES - RECLAIMED_PAGES);
  for (const { other } of sweeps) expect(other).toBeLessThanOrEqual(RECLAIMED_PAGES);
});

test('a write that fails is undone alone; those that share its commit are not', async () => {
  const results = await Promise.allSettled([
    store.createOpen(openPaste('one')),
    store.createOpen(openPaste('two', { createdDay: 'not a day' as unknown as number })),
    store.createOpen(openPaste('three')),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(await contentOf('one')).toBeDefined();
  expect(await contentOf('two')).toBeUndefined();
  expect(await contentOf('three')).toBeDefined();
});

test('while another process writes for longer than we wait, a request is told that we are busy, and reads are answered', async () => {
  await createGuarded(store, 'one', { maxViews: undefined });
  await store.close();
  const connection = new Connection(path);
  connection.db.pragma('busy_timeout = 1');
  store = storeOn(connection);
  const other = new Database(path);
  other.exec('BEGIN IMMEDIATE');
  const busy = { code: 'busy', retry: true, retryAfterMs: BUSY_RETRY_MS };
  await expect(store.createOpen(openPaste('two'))).rejects.toMatchObject(busy);
  await expect(store.sweep(at())).rejects.toMatchObject(busy);
  // In one turn, so that it would share their commit.
  const [write, read] = await Promise.allSettled([
    store.createOpen(openPaste('two')),
    store.readUnlimited(status('one'), 0, at()),
  ]);
  expect(write).toMatchObject({ status: 'rejected', reason: busy });
  expect(read).toMatchObject({ status: 'fulfilled', value: { bytes: expect.any(Number) } });
  other.close();
  expect(await store.createOpen(openPaste('two'))).toBe(true);
});

test('only the owner can read the files, even where they were open to others before', async () => {
  await store.createOpen(openPaste('one'));
  for (const suffix of ['', '-wal', '-shm']) expect(modeOf(path + suffix)).toBe(0o600);
  await store.close();
  chmodSync(path, 0o644);
  store = openSqliteStore(path);
  await store.createOpen(openPaste('two'));
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

test('it knows what the disk has left', async () => {
  const { bavail, bsize } = statfsSync(folder);
  const free = await store.freeBytes();
  expect(free! / (bavail * bsize)).toBeCloseTo(1, 1);
});

test('what an upload has announced is not left, though nothing of it has come yet; what has come is counted once', async () => {
  const bytes = 2 ** 50;
  await store.createGuarded(guardedPaste('one', { bytes, content: upload('up') }), outcome('c'));
  expect(await store.freeBytes()).toBeLessThan(0);
  await store.putChunk('up', chunk(0), NOW + 600);
  const db = new Database(path);
  const outstanding = db.prepare(SQL.outstandingBytes).pluck().get({ chunkBytes: CHUNK_BYTES });
  db.close();
  expect(outstanding).toBe(bytes - CHUNK_BYTES);
  await store.dropUpload('up');
  expect(await store.freeBytes()).toBeGreaterThan(0);
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

test('a database in which CIDs were blocked as they were spelt gets them in one spelling', () => {
  const db = new Database(':memory:');
  migrate(db, MIGRATIONS.slice(0, 3));
  const insert = db.prepare('INSERT INTO blocked VALUES (?, ?)');
  for (const row of BLOCKED_BEFORE) insert.run(row);
  migrate(db);
  expect(db.prepare('SELECT id, day FROM blocked ORDER BY id').raw().all()).toEqual(BLOCKED_AFTER);
  db.close();
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
    checkDatabase(db, 'any', ['CREATE TABLE a (x)']);
  }).toThrow('newer');
  db.close();
});

describeStore('pastes in an SQLite file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pastenym-store-'));
  const path = join(folder, 'pastes.sqlite');
  return Promise.resolve({
    open: () => Promise.resolve(openSqliteStore(path)),
    block: (id) => {
      const db = new Database(path);
      db.prepare('INSERT OR IGNORE INTO blocked VALUES (?, 0)').run(id);
      db.close();
      return Promise.resolve();
    },
    remove: () => {
      rmSync(folder, { recursive: true });
      return Promise.resolve();
    },
  });
});
