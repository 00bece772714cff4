import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { AppError } from '@pastenym/shared/errors';
import { writeOriginalDatabase } from '../../test/support/original-database.js';
import type { OperatorStore } from '../store/operator-store.js';
import { openSqliteOperatorStore } from '../store/sqlite/operator-store.js';
import { COMMANDS } from './commands.js';

let folder: string;
let file: string;
let store: OperatorStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pastenym-commands-'));
  file = join(folder, 'data.db');
  writeOriginalDatabase(file, [{ url_id: '8A8Z9nIk' }]);
  store = openSqliteOperatorStore(join(folder, 'pastes.sqlite'), { mayCreate: true });
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const importWith = (error: Error) =>
  COMMANDS.import({ ...store, importOpen: () => Promise.reject(error) }, file, () => ({
    seconds: 1_800_000_000,
    blockHeight: undefined,
  }));

test('an import that the store breaks off can be repeated, and says so', async () => {
  const { exitCode, lines, json } = await importWith(new AppError('busy'));
  expect(exitCode).toBe(1);
  expect(lines.join('\n')).toContain('Try again in a moment');
  expect(lines.at(-1)).toContain('The same file can be imported again');
  expect(json).toMatchObject({ imported: 0, brokenOff: { name: 'AppError', code: 'busy' } });
});

test('of one that a defect breaks off, where that is, is said, and not to repeat it', async () => {
  const { exitCode, lines, json } = await importWith(new TypeError('a secret'));
  expect(exitCode).toBe(1);
  expect(lines.at(-1)).toBe('What is counted here is imported.');
  expect(json).toMatchObject({ brokenOff: { name: 'TypeError', at: expect.any(Array) } });
  expect(lines.join() + JSON.stringify(json)).not.toContain('secret');
});
