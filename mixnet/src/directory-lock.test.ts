import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { DirectoryLock, lockFileOf } from './directory-lock.js';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mixnet-lock-'));
});
afterEach(() => rm(directory, { recursive: true }));

const inUse = { name: 'MixnetError', code: 'directory-in-use' };

test('a directory belongs to one at a time', async () => {
  const lock = await DirectoryLock.take(directory);
  await expect(DirectoryLock.take(directory)).rejects.toMatchObject(inUse);
  await lock.release();
  expect(await readdir(directory)).toEqual([]);
  await (await DirectoryLock.take(directory)).release();
});

test('of many who want it at the same time at most one gets it', async () => {
  const attempts = Array.from({ length: 10 }, () => DirectoryLock.take(directory));
  const outcomes = await Promise.allSettled(attempts);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('it is the same directory under another name', async () => {
  const lock = await DirectoryLock.take(directory);
  const name = `${directory}-too`;
  await symlink(directory, name);
  await expect(DirectoryLock.take(name)).rejects.toMatchObject(inUse);
  await rm(name);
  await lock.release();
});

test('the lock of another process holds as long as that lives, and not for longer', async () => {
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(other, 'spawn');
  const lockFile = await lockFileOf(other.pid!);
  await writeFile(join(directory, lockFile), '');
  await expect(DirectoryLock.take(directory)).rejects.toThrow(`process ${other.pid}`);
  // Who was refused leaves nothing behind.
  expect(await readdir(directory)).toEqual([lockFile]);
  const exited = once(other, 'exit');
  other.kill('SIGKILL');
  await exited;
  await (await DirectoryLock.take(directory)).release();
  expect(await readdir(directory)).toEqual([]);
});

test.each([
  ['of a process that had the number of this one', `lock-${process.pid}-7`],
  ['of a process that had the number of another that runs now', `lock-${process.ppid}-7`],
  ['of a process that there never was', 'lock-999999999-1'],
])('a lock %s is none', async (_, lockFile) => {
  await writeFile(join(directory, lockFile), '');
  await (await DirectoryLock.take(directory)).release();
  expect(await readdir(directory)).toEqual([]);
});
