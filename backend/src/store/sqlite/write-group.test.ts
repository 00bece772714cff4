import { afterEach, beforeEach, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { WriteGroup } from './write-group.js';

let db: Database.Database;
let group: WriteGroup;

beforeEach(() => {
  db = new Database(':memory:');
  db.pragma('foreign_keys = ON');
  db.exec(`
    CREATE TABLE things (name TEXT UNIQUE);
    CREATE TABLE parts (thing TEXT REFERENCES things (name) DEFERRABLE INITIALLY DEFERRED);
  `);
  group = new WriteGroup(db);
});

afterEach(() => {
  db.close();
});

const insert = (name: string) =>
  group.run(() => db.prepare('INSERT INTO things VALUES (?)').run(name).changes);
const names = () => db.prepare('SELECT name FROM things').pluck().all();
const statuses = async (...writes: Promise<unknown>[]) =>
  (await Promise.allSettled(writes)).map(({ status }) => status);

test('writes of one turn share a commit, and nobody hears of theirs before it', async () => {
  let heard = 0;
  const writes = ['a', 'b', 'c'].map((name) => insert(name).then(() => heard++));
  const between = group.run(() => {
    expect(names()).toEqual(['a', 'b', 'c']);
    expect(db.inTransaction).toBe(true);
    return heard;
  });
  expect(await between).toBe(0);
  await Promise.all(writes);
  expect(heard).toBe(3);
});

test('a write that throws is undone, with all that it did, and the others stand', async () => {
  const half = group.run(() => {
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
  const orphan = group.run(() => db.prepare("INSERT INTO parts VALUES ('nothing')").run());
  expect(await statuses(insert('a'), orphan)).toEqual(['rejected', 'rejected']);
  expect(names()).toEqual([]);
  expect(await insert('b')).toBe(1); // it goes on
});

test('when SQLite gives up the transaction in the middle, no write of the group counts', async () => {
  const givesUp = group.run(() => db.exec('ROLLBACK'));
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
    group.run(() => db.prepare('INSERT INTO things VALUES (zeroblob(9000))').run());
  const change = group.run(() => db.prepare("UPDATE things SET name = 'A'").run());
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
