import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@pastenym/shared/errors';
import { RESERVED_DISK_BYTES } from '../limits.js';
import { StartupError } from '../startup-error.js';
import type { OperatorStore } from '../store/operator-store.js';
import type { NewOpenPaste } from '../store/store.js';
import type { OriginalRow } from './original-database.js';
import { readRow, ROW_FAULTS, type RowFault } from './original-row.js';

/** Why rows were left out, those among them that are fit for import. */
export const CAUSES = {
  ...ROW_FAULTS,
  known: 'it was imported before, or an older row has the same id',
  taken: 'a paste of this service has the same id',
  blocked: 'the id is blocked',
} as const;

export type Cause = keyof typeof CAUSES;

export interface ImportReport {
  rows: number;
  imported: number;
  /** Of these, how many expire at a block height. */
  expiringByBlock: number;
  /** By cause: how many, and the numbers of the first of them in the original's database. */
  skipped: Partial<Record<Cause, { count: number; firstRows: number[] }>>;
  /** The error that kept it from reading or storing all rows; what is counted is imported. */
  brokenOff?: unknown;
}

const MAX_LISTED_ROWS = 10;
/** As many share a commit. */
const MAX_BATCH_ROWS = 64;
const MAX_BATCH_BYTES = 1024 * 1024;

type Store = Pick<OperatorStore, 'importOpen' | 'freeBytes'>;

/** Imports pastes of the original, which may go on while services run on the store: after each commit, it rests for as long as that took. */
export async function importOriginal(
  rows: Iterable<OriginalRow>,
  store: Store,
  nowSeconds: number,
): Promise<ImportReport> {
  const report: ImportReport = { rows: 0, imported: 0, expiringByBlock: 0, skipped: {} };
  try {
    for (const batch of batches(rows, nowSeconds, report)) {
      const since = performance.now();
      await importBatch(batch, store, report);
      await sleep(performance.now() - since);
    }
  } catch (error) {
    report.brokenOff = error;
  }
  return report;
}

/**
 * Leaves as much of the disk free as the service does.
 * @throws what the first that failed has thrown, when the others are done
 */
async function importBatch(batch: Candidate[], store: Store, report: ImportReport): Promise<void> {
  const bytes = batch.reduce((total, { paste }) => total + paste.content.length, 0);
  const freeBytes = (await store.freeBytes()) ?? Infinity;
  if (freeBytes < RESERVED_DISK_BYTES + bytes) throw new AppError('store-full');
  const results = await Promise.allSettled(batch.map((it) => importOne(it, store, report)));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

interface Candidate {
  number: number;
  paste: NewOpenPaste;
}

function* batches(
  rows: Iterable<OriginalRow>,
  nowSeconds: number,
  report: ImportReport,
): Iterable<Candidate[]> {
  let batch: Candidate[] = [];
  let bytes = 0;
  for (const candidate of readCandidates(rows, nowSeconds, report)) {
    const isFull = batch.length >= MAX_BATCH_ROWS || bytes >= MAX_BATCH_BYTES;
    // Of rows with the same id, the older one is the paste, as it is for the original: the younger must come later.
    if (isFull || batch.some(({ paste }) => paste.id === candidate.paste.id)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(candidate);
    bytes += candidate.paste.content.length;
  }
  yield batch;
}

function* readCandidates(
  rows: Iterable<OriginalRow>,
  nowSeconds: number,
  report: ImportReport,
): Iterable<Candidate> {
  try {
    for (const { number, value } of rows) {
      report.rows++;
      const paste = readRow(value, nowSeconds);
      if (isFault(paste)) skip(report, paste, number);
      else yield { number, paste };
    }
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    report.brokenOff = error;
  }
}

const isFault = (result: NewOpenPaste | RowFault): result is RowFault => typeof result === 'string';

async function importOne(
  { number, paste }: Candidate,
  store: Store,
  report: ImportReport,
): Promise<void> {
  const result = await store.importOpen(paste);
  if (result !== 'stored') {
    skip(report, result, number);
    return;
  }
  report.imported++;
  if (paste.expiresAtBlock !== undefined) report.expiringByBlock++;
}

function skip({ skipped }: ImportReport, cause: Cause, number: number): void {
  const entry = (skipped[cause] ??= { count: 0, firstRows: [] });
  entry.count++;
  if (entry.firstRows.length < MAX_LISTED_ROWS) entry.firstRows.push(number);
}
