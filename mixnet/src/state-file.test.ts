import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { z } from 'zod';
import { readStateFile, StateFile, writeFileAtomically } from './state-file.js';

let directory = '';
let path = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mixnet-state-'));
  path = join(directory, 'state.json');
});
afterEach(() => rm(directory, { recursive: true }));

const schema = z.object({ keys: z.array(z.object({ key: z.string() })) });

test('a file is replaced as a whole, only its owner may read it, and nothing is left beside it', async () => {
  await writeFileAtomically(path, 'a long first version');
  await writeFileAtomically(path, 'second');
  expect(await readFile(path, 'utf8')).toBe('second');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(directory)).toEqual(['state.json']);
});

test('saves that are asked for together are few, and the last state is what stays', async () => {
  let version = 0;
  let writes = 0;
  const file = new StateFile(path, () => {
    writes += 1;
    return { version };
  });
  const saves = Array.from({ length: 100 }, () => {
    version += 1;
    return file.save();
  });
  await Promise.all(saves);
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ version: 100 });
  expect(writes).toBeLessThanOrEqual(2);
});

test('a save that cannot be written fails, and the next may succeed', async () => {
  const file = new StateFile(join(directory, 'missing', 'state.json'), () => ({}));
  await expect(file.save()).rejects.toMatchObject({ code: 'ENOENT' });
});

test('where there is no file there is no state', async () => {
  expect(await readStateFile(path, schema)).toBeUndefined();
});

test.each([
  ['is not JSON', '{"keys": [{"key": "secret"'],
  ['is wrong at keys.0.key', '{"keys": [{"key": 123456}]}'],
])('a file that %s is named, quoted nowhere, and left as it is', async (why, text) => {
  await writeFile(path, text);
  const error: unknown = await readStateFile(path, schema).catch((e: unknown) => e);
  expect(error).toMatchObject({ code: 'corrupt-file' });
  expect(String(error)).toContain(path);
  expect(String(error)).toContain(why);
  expect(String(error)).not.toMatch(/secret|123456/);
  expect(await readFile(path, 'utf8')).toBe(text);
});
