import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { RECLAIMED_PAGES } from '../../limits.js';
import { StartupError } from '../../startup-error.js';
import {
  describeSql,
  FAULTS,
  IMPORT_DIGEST_BYTES,
  IS_WHOLE,
  statisticsSql,
  toDescription,
  type DescribedRow,
  type Erasure,
  type Fault,
  type OperatorStore,
  type Statistics,
} from '../operator-store.js';
import type { NewOpenPaste } from '../store.js';
import { backUp } from './back-up.js';
import { Connection } from './connection.js';
import { insertOpen } from './open-pastes.js';
import type { PasteRow } from './statements.js';
import { countFreePages, createUpkeep, emptyLog } from './upkeep.js';

/** How often and how long it tries to get at the write-ahead log. Services that write wait meanwhile, so not long. */
const ERASE_TRIES = 40;
const ERASE_BUSY_MS = 100;
const ERASE_PAUSE_MS = 100;

/** Between two pieces of work, so that services on the same file can do theirs. */
const PAUSE_MS = 20;

/**
 * The operator's side of pastes in an SQLite file. Services may run on the same file: whatever it does, it holds them up for moments only.
 * @param mayCreate makes the file, and its tables, where there are none
 * @throws StartupError
 */
export function openSqliteOperatorStore(path: string, { mayCreate = false } = {}): OperatorStore {
  if (!mayCreate && !existsSync(path)) throw new StartupError([`There is no database ${path}.`]);
  const connection = new Connection(path, mayCreate ? 'empty' : 'none');
  const upkeep = createUpkeep(connection);
  return {
    ...createLookups(connection, path),
    ...createRemovals(connection),
    ...createCare(connection),
    sweep: (now) => upkeep.sweep(now),
    freeBytes: () => upkeep.freeBytes(),
    importOpen: (paste) => connection.write(() => importOnce(connection, paste)),
    backUp: (file) => backUp(connection.db, file),
    close: () =>
      connection.outside(() => {
        connection.close();
      }),
  };
}

type Lookups = Pick<OperatorStore, 'describe' | 'statistics' | 'check'>;

function createLookups(connection: Connection, path: string): Lookups {
  const { db } = connection;
  return {
    describe: (id) =>
      connection.outside(() => {
        const row = db.prepare<[string], DescribedRow>(describeSql('?')).get(id);
        return { isBlocked: isBlocked(connection, id), paste: row && toDescription(row) };
      }),

    statistics: (nowSeconds) =>
      connection.outside(() => ({
        // One row, with these members, whatever there is.
        ...(db.prepare(statisticsSql(nowSeconds)).get() as Omit<Statistics, 'storageBytes'>),
        storageBytes: countFileBytes(path),
      })),

    // In one transaction: all of it is about the same moment.
    check: () => connection.outside(() => db.transaction(() => findFaults(connection))()),
  };
}

const countFileBytes = (path: string) =>
  ['', '-wal', '-shm']
    .map((suffix) => statSync(path + suffix, { throwIfNoEntry: false })?.size ?? 0)
    .reduce((total, size) => total + size);

function findFaults({ db }: Connection): Fault[] {
  const damages = db
    .prepare<[], string>('SELECT integrity_check FROM pragma_integrity_check')
    .pluck()
    .all();
  const strangers = db.prepare<[], number>('SELECT count(*) FROM pragma_foreign_key_check').pluck();
  return [
    ...damages.filter((text) => text !== 'ok').map((what) => ({ what, count: 1 })),
    { what: 'rows that refer to rows that are not there', count: strangers.get() ?? 0 },
    ...Object.entries(FAULTS).map(([what, sql]) => ({
      what,
      count: db.prepare<[], number>(sql).pluck().get() ?? 0,
    })),
  ].filter(({ count }) => count > 0);
}

type Removals = Pick<OperatorStore, 'remove' | 'block' | 'unblock'>;

function createRemovals(connection: Connection): Removals {
  const { db } = connection;
  const block = db.prepare('INSERT INTO blocked (id, day) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const unblock = db.prepare('DELETE FROM blocked WHERE id = ?');
  const find = db.prepare<[string], PasteRow>(
    `SELECT number, bytes FROM pastes WHERE id = ? AND ${IS_WHOLE}`,
  );
  /** Within a write. */
  const remove = (id: string) => {
    const paste = find.get(id);
    if (paste !== undefined) connection.destroy(paste);
    return paste !== undefined;
  };
  return {
    remove: (id) => connection.write(() => remove(id)),

    block: (id, day) =>
      connection.write(() => {
        block.run(id, day);
        return remove(id);
      }),

    unblock: (id) => connection.write(() => unblock.run(id).changes > 0),
  };
}

type Care = Pick<OperatorStore, 'erase' | 'compact'>;

function createCare(connection: Connection): Care {
  const { db } = connection;
  const erase = async (): Promise<Erasure> => {
    for (let tries = 0; tries < ERASE_TRIES; tries++) {
      if (emptyLog(connection, ERASE_BUSY_MS)) return 'erased';
      await sleep(ERASE_PAUSE_MS);
    }
    return 'not-yet';
  };
  return {
    erase,

    /** Not `VACUUM`, which writes the whole file anew and lets nobody write meanwhile. */
    async compact() {
      for (let left = countFreePages(connection), before = Infinity; left > 0 && left < before;) {
        before = left;
        await connection.write(() => db.pragma(`incremental_vacuum(${RECLAIMED_PAGES})`));
        await sleep(PAUSE_MS);
        left = countFreePages(connection);
      }
      await erase(); // The file becomes shorter when the log has been emptied.
    },
  };
}

function isBlocked({ db }: Connection, id: string): boolean {
  return db.prepare('SELECT 1 FROM blocked WHERE id = ?').get(id) !== undefined;
}

/** Within a write. */
function importOnce(connection: Connection, paste: NewOpenPaste) {
  const { db } = connection;
  if (isBlocked(connection, paste.id)) return 'blocked';
  const digest = createHash('sha256').update(paste.id).digest().subarray(0, IMPORT_DIGEST_BYTES);
  const isKnown = db.prepare('SELECT 1 FROM imported WHERE digest = ?').get(digest) !== undefined;
  if (isKnown) return 'known';
  if (!insertOpen(connection, paste)) return 'taken';
  db.prepare('INSERT INTO imported (digest) VALUES (?)').run(digest);
  return 'stored';
}
