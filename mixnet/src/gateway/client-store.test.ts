import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { systemRandom } from '../crypto/random.js';
import { clientIdOf, ClientStore } from './client-store.js';

let directory = '';
let path = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mixnet-clients-'));
  path = join(directory, 'clients.json');
});
afterEach(() => rm(directory, { recursive: true }));

const nobody = (): boolean => false;
const someId = (): string => clientIdOf(systemRandom(32));

test('a registration is there again after a restart', async () => {
  const [id, key] = [someId(), systemRandom(32)];
  await (await ClientStore.open(path)).register(id, key, nobody);
  const reopened = await ClientStore.open(path);
  expect(reopened.size).toBe(1);
  expect(Buffer.from(reopened.sharedKey(id)!).equals(key)).toBe(true);
});

test('registering again replaces the key', async () => {
  const store = await ClientStore.open(path);
  const [id, key] = [someId(), systemRandom(32)];
  await store.register(id, systemRandom(32), nobody);
  await store.register(id, key, nobody);
  expect(store.size).toBe(1);
  expect(store.sharedKey(id)).toBe(key);
});

test('a client that is forgotten is forgotten after a restart too', async () => {
  const store = await ClientStore.open(path);
  const id = someId();
  await store.register(id, systemRandom(32), nobody);
  await store.forget(id);
  expect((await ClientStore.open(path)).size).toBe(0);
});

test('when it is full, the client that was absent for longest makes way, and none that is there', async () => {
  const store = await ClientStore.open(undefined, 3);
  const [connected, seen, absent, next] = [someId(), someId(), someId(), someId()];
  for (const id of [connected, seen, absent]) await store.register(id, systemRandom(32), nobody);
  store.touch(seen);
  const forgotten = await store.register(next, systemRandom(32), (id) => id === connected);
  expect(forgotten).toBe(absent);
  expect(store.size).toBe(3);
  expect(store.sharedKey(absent)).toBeUndefined();
});

test('a file that is damaged is named and left as it is', async () => {
  await writeFile(path, '{"version":1,"clients":[{"identity":"ab"}]}');
  await expect(ClientStore.open(path)).rejects.toMatchObject({ code: 'corrupt-file' });
  await expect(ClientStore.open(path)).rejects.toThrow(path);
  expect(await readFile(path, 'utf8')).toContain('"ab"');
});
