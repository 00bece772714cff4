import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { AppError } from '@pastenym/shared/errors';
import { RESERVED_DISK_BYTES } from '../limits.js';
import type { OperatorStore } from '../store/operator-store.js';
import { openSqliteOperatorStore } from '../store/sqlite/operator-store.js';
import { importOriginal } from './import-original.js';
import type { OriginalRow } from './original-database.js';

const NOW = 1_800_000_000;

let folder: string;
let store: OperatorStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pastenym-import-'));
  store = openSqliteOperatorStore(join(folder, 'pastes.sqlite'), { mayCreate: true });
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const rows = (count: number, change = {}): OriginalRow[] =>
  Array.from({ length: count }, (_, index) => ({
    number: index + 1,
    value: {
      text: Buffer.from('x'),
      url_id: `row-${String(index).padStart(5, '0')}`,
      num_view: 0,
      created_on: '2024-03-09 00:00:00',
      ...change,
    },
  }));

test('an import that the store breaks off tells what was imported, and the next one does the rest', async () => {
  let calls = 0;
  const failing: typeof store.importOpen = (paste) =>
    ++calls === 100 ? Promise.reject(new AppError('busy')) : store.importOpen(paste);
  const report = await importOriginal(rows(200), { ...store, importOpen: failing }, NOW);
  expect(report.brokenOff).toMatchObject({ code: 'busy' });
  // The whole of the batch in which one failed, but for that one.
  expect(report.imported).toBe(127);
  expect((await store.statistics(NOW)).open).toBe(127);
  const again = await importOriginal(rows(200), store, NOW);
  expect(again).toMatchObject({ imported: 73, skipped: { known: { count: 127 } } });
  expect(again.brokenOff).toBeUndefined();
});

test('an import leaves as much of the disk free as the service does', async () => {
  let freeBytes = RESERVED_DISK_BYTES + 150;
  const importOpen: typeof store.importOpen = (paste) => {
    freeBytes -= paste.content.length;
    return store.importOpen(paste);
  };
  const disk = { importOpen, freeBytes: () => Promise.resolve(freeBytes) };
  const report = await importOriginal(rows(200), disk, NOW);
  expect(report.imported).toBe(128);
  expect(report.brokenOff).toMatchObject({ code: 'store-full' });
});

test('what expires at a block height is counted', async () => {
  const report = await importOriginal(
    [...rows(3), ...rows(5, { expiration_height: 900_000 })],
    store,
    NOW,
  );
  expect(report).toMatchObject({ imported: 5, expiringByBlock: 2 });
});
