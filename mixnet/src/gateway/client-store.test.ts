import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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

const someId = (): string => clientIdOf(systemRandom(32));

test('a registration is there again after a restart', async () => {
  const [id, key] = [someId(), systemRandom(32)];
  await (await ClientStore.open(path)).register(id, key);
  const reopened = await ClientStore.open(path);
  expect(reopened.size).toBe(1);
  expect(Buffer.from(reopened.sharedKey(id)!).equals(key)).toBe(true);
});

test('registering again replaces the key', async () => {
  const store = await ClientStore.open(path);
  const [id, key] = [someId(), systemRandom(32)];
  await store.register(id, systemRandom(32));
  await store.register(id, key);
  expect(store.size).toBe(1);
  expect(store.sharedKey(id)).toBe(key);
});

test('a client that is forgotten is forgotten after a restart too', async () => {
  const store = await ClientStore.open(path);
  const id = someId();
  await store.register(id, systemRandom(32));
  await store.forget(id);
  expect((await ClientStore.open(path)).size).toBe(0);
});

const registerAll = async (store: ClientStore, ids: readonly string[]): Promise<void> => {
  for (const id of ids) await store.register(id, systemRandom(32));
};

test('when it is full, the client that was absent for longest makes way, and none that is there', async () => {
  const store = await ClientStore.open(undefined, 3);
  const [connected, seen, absent, next] = [someId(), someId(), someId(), someId()];
  await registerAll(store, [connected, seen, absent]);
  store.arrive(connected);
  store.arrive(seen);
  store.leave(seen);
  expect(await store.register(next, systemRandom(32))).toBe(absent);
  expect(store.size).toBe(3);
  expect(store.sharedKey(absent)).toBeUndefined();
});

test('a client that registers again needs no room', async () => {
  const store = await ClientStore.open(undefined, 2);
  const [here, away] = [someId(), someId()];
  await registerAll(store, [here, away]);
  store.arrive(here);
  expect(await store.register(here, systemRandom(32))).toBeUndefined();
  expect(await store.register(away, systemRandom(32))).toBeUndefined();
  expect(store.size).toBe(2);
});

test('who was there last is saved on demand, and only when it has changed', async () => {
  const store = await ClientStore.open(path, 2);
  const [first, second] = [someId(), someId()];
  await registerAll(store, [first, second]);
  await rm(path);
  await store.saveOrder();
  await expect(readFile(path)).rejects.toMatchObject({ code: 'ENOENT' });
  store.arrive(first);
  store.leave(first);
  await store.saveOrder();
  const reopened = await ClientStore.open(path, 2);
  expect(await reopened.register(someId(), systemRandom(32))).toBe(second);
});

test('a registration that cannot be saved leaves everything as it was', async () => {
  const store = await ClientStore.open(join(directory, 'missing', 'clients.json'), 2);
  await mkdir(join(directory, 'missing'));
  const [oldest, other, next] = [someId(), someId(), someId()];
  await registerAll(store, [oldest, other]);
  const key = store.sharedKey(other);
  await rm(join(directory, 'missing'), { recursive: true });
  await expect(store.register(next, systemRandom(32))).rejects.toThrow();
  await expect(store.register(other, systemRandom(32))).rejects.toThrow();
  expect(store.size).toBe(2);
  expect(store.sharedKey(other)).toBe(key);
  await mkdir(join(directory, 'missing'));
  expect(await store.register(next, systemRandom(32))).toBe(oldest);
});

test('a file that is damaged is named and left as it is', async () => {
  await writeFile(path, '{"version":1,"clients":[{"identity":"ab"}]}');
  await expect(ClientStore.open(path)).rejects.toMatchObject({ code: 'corrupt-file' });
  await expect(ClientStore.open(path)).rejects.toThrow(path);
  expect(await readFile(path, 'utf8')).toContain('"ab"');
});
