import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { at, openPaste, sweepAll } from '../../../test/store-suite/fixtures.js';
import { describeOperatorStore } from '../../../test/store-suite/operator.js';
import type { OperatorStore } from '../operator-store.js';
import type { PasteStore } from '../store.js';
import { migrate } from './migrate.js';
import { MIGRATIONS } from './migrations/migrations.js';
import { openSqliteOperatorStore } from './operator-store.js';
import { openSqliteStore } from './sqlite-store.js';

jest.setTimeout(60_000);

describeOperatorStore('the operator’s side of pastes in SQLite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pastenym-operator-'));
  const path = join(folder, 'pastes.sqlite');
  const store = openSqliteStore(path);
  const operator = openSqliteOperatorStore(path);
  return Promise.resolve({
    store,
    operator,
    spoil: (sql) => {
      const db = new Database(path);
      db.pragma('foreign_keys = OFF');
      db.exec(sql);
      db.close();
      return Promise.resolve();
    },
    remove: async () => {
      await operator.close();
      await store.close();
      rmSync(folder, { recursive: true });
    },
  });
});

let folder: string;
let path: string;
let store: PasteStore;
let operator: OperatorStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pastenym-operator-'));
  path = join(folder, 'pastes.sqlite');
  store = openSqliteStore(path);
  operator = openSqliteOperatorStore(path);
});

afterEach(async () => {
  await operator.close();
  await store.close();
  rmSync(folder, { recursive: true });
});

const PAGE_BYTES = 4096;

const files = () =>
  ['', '-wal']
    .filter((suffix) => existsSync(path + suffix))
    .map((suffix) => readFileSync(path + suffix, 'latin1'))
    .join();

test('a database that is not there is not made, unless it is asked for', async () => {
  const elsewhere = join(folder, 'other.sqlite');
  expect(() => openSqliteOperatorStore(elsewhere)).toThrow('There is no database');
  expect(existsSync(elsewhere)).toBe(false);
  await openSqliteOperatorStore(elsewhere, { mayCreate: true }).close();
  expect(existsSync(elsewhere)).toBe(true);
});

test.each([
  ['empty', 0, 'The database is empty'],
  ['older', 2, /of version 2, this program's is \d.*start the service of this version once/s],
])('a database that is %s stays as it is', async (_, version, problem) => {
  const elsewhere = join(folder, 'other.sqlite');
  const db = new Database(elsewhere);
  migrate(db, MIGRATIONS.slice(0, version));
  db.close();
  const before = readFileSync(elsewhere);
  expect(() => openSqliteOperatorStore(elsewhere)).toThrow(problem);
  expect(readFileSync(elsewhere).equals(before)).toBe(true);
  const create = () => openSqliteOperatorStore(elsewhere, { mayCreate: true });
  if (version > 0) expect(create).toThrow(problem);
  else await create().close();
});

test('a copy is whole, and only its owner can read it, while a service writes', async () => {
  for (let i = 0; i < 50; i++) {
    await store.createOpen(openPaste(`before${i}`, { content: Buffer.alloc(20_000, i) }));
  }
  const load = { isOn: true };
  const writing = (async () => {
    for (let i = 0; load.isOn; i++) await store.createOpen(openPaste(`meanwhile${i}`));
  })();
  const copy = join(folder, 'copy.sqlite');
  await operator.backUp(copy);
  load.isOn = false;
  await writing;
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  const copied = openSqliteOperatorStore(copy);
  expect(await copied.check()).toEqual([]);
  expect((await copied.statistics(0)).open).toBeGreaterThanOrEqual(50);
  await copied.close();
});

test('a copy overwrites nothing, and leaves nothing half done', async () => {
  const taken = join(folder, 'taken');
  writeFileSync(taken, 'mine');
  await expect(operator.backUp(taken)).rejects.toThrow('is there already');
  expect(readFileSync(taken, 'utf8')).toBe('mine');
  await expect(operator.backUp(join(folder, 'no', 'such', 'folder'))).rejects.toThrow('ENOENT');
  expect(readdirSync(folder).filter((name) => name.includes('unfinished'))).toEqual([]);
});

test('what is removed leaves no trace in the files once it is erased', async () => {
  const secret = 'what nobody should have';
  await store.createOpen(openPaste('one', { content: Buffer.from(secret) }));
  await operator.remove('one');
  expect(files()).toContain(secret);
  expect(await operator.erase()).toBe('erased');
  expect(files()).not.toContain(secret);
});

test('what it could not erase, because somebody was reading, the service does', async () => {
  const secret = 'what nobody should have';
  await store.createOpen(openPaste('one', { content: Buffer.from(secret) }));
  await sweepAll(store, at());
  await store.eraseTraces();
  const reader = new Database(path, { readonly: true });
  reader.exec('BEGIN; SELECT * FROM pastes');
  await operator.remove('one');
  await operator.close();
  reader.exec('COMMIT');
  reader.close();
  expect(files()).toContain(secret);
  await sweepAll(store, at());
  await store.eraseTraces();
  expect(files()).not.toContain(secret);
});

test('compacting makes the file as small as what is in it', async () => {
  const content = Buffer.alloc(1_000_000);
  for (let i = 0; i < 10; i++) await store.createOpen(openPaste(`a${i}`, { content }));
  await operator.erase();
  const before = statSync(path).size;
  for (let i = 0; i < 10; i++) await operator.remove(`a${i}`);
  await operator.compact();
  expect(statSync(path).size).toBeLessThan(before / 20);
  expect(await store.createOpen(openPaste('again'))).toBe(true);
  expect(await store.takeOpenView('again', at())).toBeDefined();
});

test('the check finds a file that is damaged', async () => {
  for (let i = 0; i < 20; i++) await store.createOpen(openPaste(`a${i}`));
  await operator.close();
  await store.close();
  const bytes = readFileSync(path);
  bytes.fill(0xff, 3 * PAGE_BYTES + 8, 3 * PAGE_BYTES + 400);
  writeFileSync(path, bytes);
  operator = openSqliteOperatorStore(path);
  const faults = await operator.check().catch((error: unknown) => [error]);
  expect(faults).not.toEqual([]);
});
