import { mkdir, writeFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { isPermanent, PermanentError } from './permanent-error.js';

function fileError(code: string): Error {
  return Object.assign(new Error(code), { code, path: '/data' });
}

test('what somebody has to change first is permanent', async () => {
  expect(isPermanent(new PermanentError('no such gateway'))).toBe(true);
  expect(isPermanent(fileError('EACCES'))).toBe(true);
  const inDevice = await mkdir('/dev/null/x').catch((error: unknown) => error);
  expect(isPermanent(inDevice)).toBe(true);
  expect(isPermanent(await writeFile('/dev', '').catch((error: unknown) => error))).toBe(true);
});

test('what may pass is not: a full disk, a network, anything unknown', () => {
  expect(isPermanent(fileError('ENOSPC'))).toBe(false);
  const refused = Object.assign(new Error('connect EACCES'), { code: 'EACCES' });
  expect(isPermanent(refused)).toBe(false);
  expect(isPermanent(new Error('no answer', { cause: refused }))).toBe(false);
  expect(isPermanent('nonsense')).toBe(false);
});
