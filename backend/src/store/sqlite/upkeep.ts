import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { RECORD_BYTES } from '@pastenym/shared/v2/records';
import {
  MAX_DESTROYED_BYTES,
  MAX_DESTROYED_CHUNKS,
  MAX_FREE_PAGES,
  MAX_SWEPT_AT_ONCE,
  MAX_SWEPT_ROWS,
  RECLAIMED_PAGES,
} from '../../limits.js';
import { firstBatch } from '../first-batch.js';
import type { Moment, Upkeep } from '../store.js';
import type { Connection } from './connection.js';
import { settleClaim } from './guarded-pastes.js';
import { BUSY_TIMEOUT_MS } from './open-database.js';
import type { PasteRow } from './statements.js';
import { dropUpload } from './uploads.js';

export function createUpkeep(connection: Connection): Upkeep {
  const { statements } = connection;
  return {
    sweep: (now) =>
      connection.write(() => {
        const pastes = sweepPastes(connection, now);
        const uploads = sweepUploads(connection, now);
        const due = settleDueClaims(connection, now) + forget(connection, now);
        const other = pastes.other + uploads.other + due + reclaim(connection);
        return { expired: pastes.expired, abandoned: uploads.abandoned, other };
      }),

    // Whether there is anything to erase, SQLite finds out: another process may have left it, this one cannot know.
    eraseTraces: () => connection.outside(() => emptyLog(connection)),

    usage: () =>
      connection.read(() => ({
        ...(statements.totals.get() ?? { pastes: 0, bytes: 0 }),
        uploads: statements.countUploads.get() ?? 0,
      })),

    async freeBytes() {
      const { bavail, bsize } = await statfs(dirname(connection.db.name));
      const outstanding = await connection.read(
        () => statements.outstandingBytes.get({ chunkBytes: RECORD_BYTES }) ?? 0,
      );
      return bavail * bsize - outstanding;
    },
  };
}

/** @returns how many have expired; the others were gone before, and only taken apart */
function sweepPastes(connection: Connection, { seconds, blockHeight = -1 }: Moment) {
  const { blockedPastes, expired, expiredByBlock } = connection.statements;
  const rows = [
    ...blockedPastes.all(MAX_SWEPT_ROWS),
    ...expiredByBlock.all(blockHeight, MAX_SWEPT_ROWS),
    ...expired.all(seconds, MAX_SWEPT_ROWS),
  ];
  const batch = firstBatch(rows);
  for (const row of batch) takeApart(connection, row);
  const over = batch.filter((row) => row.is_doomed === 0).length;
  return { expired: over, other: batch.length - over };
}

/** A large one loses some of its content, and is doomed: it must not be given out without that, should the clock be set back. */
function takeApart(connection: Connection, { number, bytes }: PasteRow): void {
  const { statements } = connection;
  if (bytes > MAX_DESTROYED_BYTES) {
    const { changes } = statements.deleteChunks.run({ paste: number, limit: MAX_DESTROYED_CHUNKS });
    if (changes === MAX_DESTROYED_CHUNKS) {
      statements.doomPaste.run(number);
      return;
    }
  }
  statements.deletePaste.run(number);
}

function sweepUploads(connection: Connection, { seconds }: Moment) {
  const { uploadsDue, forgetUpload } = connection.statements;
  const due = uploadsDue.all(seconds, MAX_SWEPT_ROWS);
  let abandoned = 0;
  for (const { id, is_complete } of due) {
    if (is_complete === 1) forgetUpload.run(id);
    else if (dropUpload(connection, id, MAX_SWEPT_AT_ONCE)) abandoned++;
  }
  return { abandoned, other: due.length - abandoned };
}

function settleDueClaims(connection: Connection, { seconds }: Moment): number {
  const due = connection.statements.claimsDue.all(seconds, MAX_SWEPT_ROWS);
  for (const { request, paste } of due) {
    settleClaim(connection, { request, paste, now: seconds }, MAX_SWEPT_AT_ONCE);
  }
  return due.length;
}

function forget(connection: Connection, { seconds }: Moment): number {
  const { forgetOutcomes, forgetClaims } = connection.statements;
  return (
    forgetOutcomes.run(seconds, MAX_SWEPT_ROWS).changes +
    forgetClaims.run(seconds, MAX_SWEPT_ROWS).changes
  );
}

/**
 * Gives pages that deleted pastes have left back to the file system, a few at a time; some are kept for the next pastes. The file becomes shorter
 * when the log has been emptied.
 */
function reclaim(connection: Connection): number {
  const free = countFreePages(connection);
  if (free <= MAX_FREE_PAGES) return 0;
  connection.db.pragma(`incremental_vacuum(${RECLAIMED_PAGES})`);
  return free - countFreePages(connection);
}

export const countFreePages = ({ db }: Connection) =>
  Number(db.pragma('freelist_count', { simple: true }));

/**
 * The write-ahead log still has the pages as they were before. It is copied into the database and cut to nothing; if another process is
 * reading or writing just then, the next time.
 * @param patienceMs how long it waits for the others; nobody writes meanwhile
 * @returns whether that was done
 */
export function emptyLog({ db }: Connection, patienceMs = 0): boolean {
  db.pragma(`busy_timeout = ${patienceMs}`);
  try {
    return db.pragma('wal_checkpoint(TRUNCATE)', { simple: true }) === 0;
  } finally {
    db.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
  }
}
