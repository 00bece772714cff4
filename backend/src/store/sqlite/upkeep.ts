import {
  MAX_DESTROYED_BYTES,
  MAX_DESTROYED_CHUNKS,
  MAX_FREE_PAGES,
  MAX_SWEPT_BYTES,
  MAX_SWEPT_ROWS,
  RECLAIMED_PAGES,
} from '../../limits.js';
import type { Moment, Upkeep } from '../store.js';
import type { Connection } from './connection.js';
import { settleClaim } from './guarded-pastes.js';
import { BUSY_TIMEOUT_MS } from './open-database.js';
import type { PasteRow } from './statements.js';
import { removeUpload } from './uploads.js';

export function createUpkeep(connection: Connection): Upkeep {
  const { statements } = connection;
  return {
    sweep: (now) =>
      connection.write(() => {
        const { removed, begun } = sweepPastes(connection, now);
        const abandoned = sweepUploads(connection, now);
        const due = settleDueClaims(connection, now) + forget(connection, now);
        return { expired: removed, abandoned, other: begun + due + reclaim(connection) };
      }),

    eraseTraces: () =>
      connection.read(() => {
        if (connection.hasTraces) connection.hasTraces = !emptyLog(connection);
      }),

    usage: () =>
      connection.read(() => ({
        ...(statements.totals.get() ?? { pastes: 0, bytes: 0 }),
        uploads: statements.countUploads.get() ?? 0,
      })),
  };
}

/** @returns how many were removed, and how many are so large that they were only begun with */
function sweepPastes(connection: Connection, { seconds, blockHeight = -1 }: Moment) {
  const { expired, expiredByBlock } = connection.statements;
  const rows = [
    ...expired.all(seconds, MAX_SWEPT_ROWS),
    ...expiredByBlock.all(blockHeight, MAX_SWEPT_ROWS),
  ];
  const batch = firstBatch(rows);
  const removed = batch.filter((row) => takeApart(connection, row)).length;
  return { removed, begun: batch.length - removed };
}

/** At least one, if there is any. */
function firstBatch(rows: PasteRow[]): PasteRow[] {
  let bytes = 0;
  return rows.filter((row, index) => (bytes += row.bytes) <= MAX_SWEPT_BYTES || index === 0);
}

/** @returns whether nothing is left of it */
function takeApart(connection: Connection, { number, bytes }: PasteRow): boolean {
  const { statements } = connection;
  connection.hasTraces = true;
  if (bytes > MAX_DESTROYED_BYTES) {
    const { changes } = statements.deleteChunks.run({ paste: number, limit: MAX_DESTROYED_CHUNKS });
    if (changes === MAX_DESTROYED_CHUNKS) return false;
  }
  statements.deletePaste.run(number);
  return true;
}

function sweepUploads(connection: Connection, { seconds }: Moment): number {
  const due = connection.statements.uploadsDue.all(seconds, MAX_SWEPT_ROWS);
  return due.filter((id) => removeUpload(connection, id)).length;
}

function settleDueClaims(connection: Connection, { seconds }: Moment): number {
  const due = connection.statements.claimsDue.all(seconds, MAX_SWEPT_ROWS);
  for (const { request, paste } of due) settleClaim(connection, request, paste);
  return due.length;
}

function forget({ statements }: Connection, { seconds }: Moment): number {
  return [statements.forgetOutcomes, statements.forgetClaims]
    .map((statement) => statement.run(seconds, MAX_SWEPT_ROWS).changes)
    .reduce((total, changes) => total + changes);
}

/** Gives pages that deleted pastes have left back to the file system, a few at a time; some are kept for the next pastes. */
function reclaim({ db }: Connection): number {
  const free = Number(db.pragma('freelist_count', { simple: true }));
  if (free <= MAX_FREE_PAGES) return 0;
  db.pragma(`incremental_vacuum(${RECLAIMED_PAGES})`);
  return Math.min(free, RECLAIMED_PAGES);
}

/**
 * The write-ahead log still has the pages as they were before. It is copied into the database and cut to nothing; if another process is
 * reading just then, the next time.
 */
function emptyLog({ db }: Connection): boolean {
  db.pragma('busy_timeout = 0');
  try {
    return db.pragma('wal_checkpoint(TRUNCATE)', { simple: true }) === 0;
  } finally {
    db.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
  }
}
