import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PartLog } from './part-log.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pastenym-log-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function openLog(file: string) {
  const lines: string[] = [];
  const troubles: string[] = [];
  const log = new PartLog({
    file,
    onLine: (line) => lines.push(line),
    onTrouble: ({ message }) => troubles.push(message),
  });
  const write = (text: string) =>
    new Promise<void>((resolve, reject) =>
      log.write(text, (error) => {
        if (error) reject(error);
        else resolve();
      }),
    );
  return { lines, troubles, write };
}

test('what a part prints is in its file, for the owner alone, and told line by line', async () => {
  const file = join(folder, 'part.log');
  const { lines, write } = openLog(file);
  await write('one\ntw');
  await write('o\n');
  expect(readFileSync(file, 'utf8')).toBe('one\ntwo\n');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(lines).toEqual(['one', 'two']);
});

test('a log that cannot be written is reported once, and kept again once it can', async () => {
  const file = join(folder, 'missing', 'part.log');
  const { lines, troubles, write } = openLog(file);
  await write('lost\n');
  await write('lost too\n');
  expect(troubles).toEqual([expect.stringContaining('ENOENT')]);
  mkdirSync(join(folder, 'missing'));
  await write('kept\n');
  expect(readFileSync(file, 'utf8')).toBe('kept\n');
  expect(lines).toEqual(['lost', 'lost too', 'kept']);
});
