import { once } from 'node:events';
import { MAX_DESTROYED_BYTES, MAX_DESTROYED_CHUNKS, MAX_SWEPT_AT_ONCE } from '../../limits.js';
import { firstBatch } from '../first-batch.js';
import type { Moment, Upkeep, Usage } from '../store.js';
import { withTimeout, type Connection, type Runner } from './connection.js';
import { STATEMENTS } from './statements.js';

interface DueRow {
  number: number;
  bytes: number;
  /** Whether it was gone before, being blocked, or so large that its content had to wait. */
  isDoomed: boolean;
}

/** What is left is done the next time, or by the server itself. */
const VACUUM_TIMEOUT_MS = 10 * 60_000;
/** What the server says of a table that it skips. (SQLSTATE) */
const LOCK_NOT_AVAILABLE = '55P03';
/** After this the connection is taken for dead. */
const VACUUM_ANSWER_TIMEOUT_MS = VACUUM_TIMEOUT_MS + 5000;

export function createUpkeep(connection: Connection): Upkeep {
  return {
    /** What another backend is sweeping just now is left to it. */
    async sweep(now) {
      const pastes = await connection.transaction((runner) => sweepPastes(runner, now));
      const uploads = await connection.transaction((runner) => sweepUploads(runner, now));
      const claims = await connection.transaction((runner) => settleDueClaims(runner, now));
      const forgotten = await connection.transaction((runner) => forget(runner, now));
      const other = pastes.other + uploads.other + claims + forgotten;
      const swept = { expired: pastes.expired, abandoned: uploads.abandoned, other };
      if (swept.expired + swept.abandoned + swept.other > 0) connection.hasTraces = true;
      return swept;
    },

    async eraseTraces(stop) {
      if (!connection.hasTraces) return true;
      if (stop?.aborted === true) return false;
      connection.hasTraces = false;
      let isDone = false;
      try {
        isDone = await vacuum(connection, stop);
      } finally {
        // Something may have been deleted meanwhile.
        connection.hasTraces ||= !isDone;
      }
      return isDone;
    },

    freeBytes: () => Promise.resolve(undefined), // The server's disk may be another machine's.

    async usage() {
      const { rows } = await connection.run<Usage>(STATEMENTS.usage, {});
      return rows[0] ?? { pastes: 0, bytes: 0, uploads: 0 };
    },
  };
}

/** @returns how many have expired; the others were gone before, and only taken apart */
async function sweepPastes(runner: Runner, { seconds, blockHeight }: Moment) {
  const now = { now: seconds, blockHeight };
  const blocked = await runner.run<DueRow>(STATEMENTS.blockedPastes, {});
  const byBlock = await runner.run<DueRow>(STATEMENTS.expiredByBlock, now);
  const byTime = await runner.run<DueRow>(STATEMENTS.expired, now);
  const batch = firstBatch([...blocked.rows, ...byBlock.rows, ...byTime.rows]);
  const removed: number[] = [];
  const begun: number[] = [];
  for (const row of batch) {
    const isWhole = await isEmptied(runner, row);
    (isWhole ? removed : begun).push(row.number);
  }
  await runner.run(STATEMENTS.deletePastes, { numbers: removed });
  await runner.run(STATEMENTS.doomPastes, { numbers: begun });
  const expired = batch.filter(({ isDoomed }) => !isDoomed).length;
  return { expired, other: batch.length - expired };
}

/** @returns whether so little is left of it that it can be deleted */
async function isEmptied({ run }: Runner, { number, bytes }: DueRow): Promise<boolean> {
  if (bytes <= MAX_DESTROYED_BYTES) return true;
  const { count } = await run(STATEMENTS.deleteChunks, { paste: number });
  return count < MAX_DESTROYED_CHUNKS;
}

async function sweepUploads({ run }: Runner, { seconds: now }: Moment) {
  const due = await run<{ id: string }>(STATEMENTS.lockAbandoned, { now });
  const ids = due.rows.map(({ id }) => id);
  const values = { ids, now, maxBytes: MAX_SWEPT_AT_ONCE };
  const { rows } = await run(STATEMENTS.dropAbandoned, values);
  const { count } = await run(STATEMENTS.forgetUploads, { now });
  return { abandoned: rows.length, other: count };
}

async function settleDueClaims({ run }: Runner, { seconds: now }: Moment): Promise<number> {
  type Row = { request: string; number: number };
  const { rows } = await run<Row>(STATEMENTS.lockDueClaims, { now });
  await run(STATEMENTS.endClaims, { requests: rows.map(({ request }) => request) });
  const numbers = rows.map(({ number }) => number);
  await run(STATEMENTS.destroyExhausted, { numbers, now, maxBytes: MAX_SWEPT_AT_ONCE });
  return rows.length;
}

async function forget({ run }: Runner, { seconds: now }: Moment): Promise<number> {
  const outcomes = await run(STATEMENTS.forgetOutcomes, { now });
  const claims = await run(STATEMENTS.forgetClaims, { now });
  return outcomes.count + claims.count;
}

/**
 * Frees the room of deleted rows, so that it is used again, and given back where it is at the end of a file. That is all that can be asked of PostgreSQL: it
 * does not overwrite it before, and its write-ahead log has a copy for a while.
 * @param stop the server goes on with it then, but nobody waits
 * @returns whether it is known to be done; what another transaction may still see, stays without a word
 */
function vacuum(connection: Connection, stop: AbortSignal | undefined): Promise<boolean> {
  return connection.useForLong(VACUUM_TIMEOUT_MS, async (client) => {
    if (stop?.aborted === true) return false;
    let isWhole = true;
    const onNotice = ({ code }: { code?: string | undefined }) => {
      if (code === LOCK_NOT_AVAILABLE) isWhole = false;
    };
    const text = 'VACUUM (SKIP_LOCKED) contents, pastes, claims, uploads, outcomes';
    client.on('notice', onNotice);
    try {
      const work = client.query(withTimeout({ text }, VACUUM_ANSWER_TIMEOUT_MS));
      return (await isDoneBefore(stop, work)) && isWhole;
    } finally {
      client.off('notice', onNotice);
    }
  });
}

/** Resolves with the work, or when it is to be put down: with false. */
async function isDoneBefore(stop = new AbortController().signal, work: Promise<unknown>) {
  const over = new AbortController();
  const stopped = once(stop, 'abort', { signal: over.signal }).then(
    () => false,
    () => true,
  );
  return Promise.race([work.then(() => true), stopped]).finally(() => {
    over.abort();
  });
}
