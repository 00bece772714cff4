import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockDataFolder, unlockDataFolder, writeRunFile } from './run-file.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pastenym-run-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('a second launcher on the same folder is told who has it', () => {
  lockDataFolder(folder);
  expect(() => {
    lockDataFolder(folder);
  }).toThrow(`process ${process.pid}`);
});

test.each(['', 'nonsense', '999999999'])(
  'a launcher that died (%j) does not hold the folder',
  (pid) => {
    writeFileSync(join(folder, 'launcher.pid'), pid);
    lockDataFolder(folder);
    expect(readFileSync(join(folder, 'launcher.pid'), 'utf8')).toMatch(
      new RegExp(`^${process.pid} `),
    );
  },
);

test('another process with the id of a launcher that died does not hold the folder', () => {
  writeFileSync(join(folder, 'launcher.pid'), `${process.pid} another-boot/123\n`);
  lockDataFolder(folder);
  expect(() => {
    lockDataFolder(folder);
  }).toThrow('runs already');
});

test('where no start time is known, a lock from before the last boot does not hold', () => {
  const file = join(folder, 'launcher.pid');
  writeFileSync(file, String(process.pid));
  expect(() => {
    lockDataFolder(folder);
  }).toThrow('runs already');
  utimesSync(file, 0, 0);
  lockDataFolder(folder);
});

test('the run file is there while it runs and gone afterwards', () => {
  lockDataFolder(folder);
  const content = {
    url: 'http://localhost:8080',
    nymApiUrl: 'http://127.0.0.1:1/api',
    nymClientUrl: 'ws://127.0.0.1:2',
    serviceAddress: 'a.b@c',
    pids: { launcher: 1 },
  };
  writeRunFile(folder, content);
  expect(JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'))).toEqual(content);
  unlockDataFolder(folder);
  expect(existsSync(join(folder, 'run.json'))).toBe(false);
  lockDataFolder(folder);
});
