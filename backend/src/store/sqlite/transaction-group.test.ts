import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { TransactionGroup } from './transaction-group.js';

let db: Database.Database;
let group: TransactionGroup;

beforeEach(() => {
  db = new Database(':memory:');
  db.pragma('foreign_keys = ON');
  db.exec(`
    CREATE TABLE things (name TEXT UNIQUE);
    CREATE TABLE parts (thing TEXT REFERENCES things (name) DEFERRABLE INITIALLY DEFERRED);
  `);
  group = new TransactionGroup(db);
});

afterEach(() => {
  db.close();
});

const insert = (name: string) =>
  group.write(() => db.prepare('INSERT INTO things VALUES (?)').run(name).changes);
const names = () => db.prepare('SELECT name FROM things').pluck().all();
const statuses = async (...writes: Promise<unknown>[]) =>
  (await Promise.allSettled(writes)).map(({ status }) => status);

test('writes of one turn share a commit, and nobody hears of theirs before it', async () => {
  let heard = 0;
  const writes = ['a', 'b', 'c'].map((name) => insert(name).then(() => heard++));
  const between = group.write(() => {
    expect(names()).toEqual(['a', 'b', 'c']);
    expect(db.inTransaction).toBe(true);
    return heard;
  });
  expect(await between).toBe(0);
  await Promise.all(writes);
  expect(heard).toBe(3);
});

test('reads share it, and see what was written before them', async () => {
  const insertion = insert('a');
  const [before, after] = await Promise.all([
    group.read(() => [names(), db.inTransaction]),
    insert('b').then(() => group.read(names)),
    insertion,
  ]);
  expect(before).toEqual([['a'], true]);
  expect(after).toEqual(['a', 'b']);
});

test('reads alone do not wait for another process that writes, nor does a read that throws harm others', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pastenym-group-'));
  const [own, other] = [new Database(join(folder, 'db')), new Database(join(folder, 'db'))];
  own.pragma('journal_mode = WAL');
  own.pragma('busy_timeout = 0');
  own.exec('CREATE TABLE things (name TEXT)');
  other.exec('BEGIN IMMEDIATE');
  const reads = new TransactionGroup(own);
  const count = () => reads.read(() => own.prepare('SELECT count(*) FROM things').pluck().get());
  const broken = reads.read(() => {
    throw new Error('no');
  });
  expect(await statuses(count(), broken, count())).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  const write = reads.write(() => own.exec("INSERT INTO things VALUES ('a')"));
  await expect(write).rejects.toMatchObject({ code: 'SQLITE_BUSY' });
  own.close();
  other.close();
  rmSync(folder, { recursive: true });
});

test('a write that throws is undone, with all that it did, and the others stand', async () => {
  const half = group.write(() => {
    db.prepare("INSERT INTO things VALUES ('half')").run();
    throw new Error('and then no further');
  });
  expect(await statuses(insert('a'), half, insert('b'))).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
  ]);
  expect(names()).toEqual(['a', 'b']);
});

test('when the commit fails, nobody is told that they succeeded', async () => {
  const orphan = group.write(() => db.prepare("INSERT INTO parts VALUES ('nothing')").run());
  expect(await statuses(insert('a'), orphan)).toEqual(['rejected', 'rejected']);
  expect(names()).toEqual([]);
  expect(await insert('b')).toBe(1); // it goes on
});

test('when SQLite gives up the transaction in the middle, no write of the group counts', async () => {
  const givesUp = group.write(() => db.exec('ROLLBACK'));
  expect(await statuses(insert('a'), givesUp, insert('b'))).toEqual([
    'rejected',
    'rejected',
    'rejected',
  ]);
  expect(names()).toEqual([]);
  expect(await insert('c')).toBe(1);
});

test('on a full disk, what needs no more room is written, and the rest is not', async () => {
  await insert('a');
  db.pragma(`max_page_count = ${Number(db.pragma('page_count', { simple: true }))}`);
  const large = () =>
    group.write(() => db.prepare('INSERT INTO things VALUES (zeroblob(9000))').run());
  const change = group.write(() => db.prepare("UPDATE things SET name = 'A'").run());
  const writes = [large(), change, large()];
  await expect(writes[0]).rejects.toMatchObject({ code: 'SQLITE_FULL' });
  expect(await statuses(...writes)).toEqual(['rejected', 'fulfilled', 'rejected']);
  expect(names()).toEqual(['A']);
});

test('committing now leaves nothing for later', async () => {
  const write = insert('a');
  group.commit();
  expect(names()).toEqual(['a']);
  group.commit();
  expect(await write).toBe(1);
});
