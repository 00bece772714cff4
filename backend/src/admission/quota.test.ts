import { beforeEach, expect, test } from '@jest/globals';
import { RESERVED_DISK_BYTES } from '../limits.js';
import type { Usage } from '../store/store.js';
import { PASTE_OVERHEAD_BYTES, Quota } from './quota.js';

const PASTE = 1000;
const full = expect.objectContaining({ code: 'store-full' });
const stored = () => Promise.resolve('stored');

let usage: Usage;
let asked: number;
let freeBytes: number | undefined;
let quota: Quota;

beforeEach(() => {
  usage = { pastes: 0, bytes: 0, uploads: 0 };
  freeBytes = undefined;
  asked = 0;
  const store = {
    freeBytes: () => Promise.resolve(freeBytes),
    usage: () => {
      asked++;
      return Promise.resolve(usage);
    },
  };
  quota = new Quota({ quotaBytes: 3 * (PASTE + PASTE_OVERHEAD_BYTES), store });
});

test('as much is stored as there is room for, and the store is asked once', async () => {
  for (let n = 0; n < 3; n++) expect(await quota.within(PASTE, stored)).toBe('stored');
  await expect(quota.within(PASTE, stored)).rejects.toEqual(full);
  expect(asked).toBe(1);
});

test('it tells how much room there is, and whether there is any for a paste', async () => {
  expect(await quota.room()).toBe(3 * (PASTE + PASTE_OVERHEAD_BYTES));
  await quota.within(PASTE, async () => {
    expect(await quota.room()).toBe(2 * (PASTE + PASTE_OVERHEAD_BYTES));
  });
  expect(await quota.hasRoom()).toBe(true);
  await quota.within(2 * PASTE, stored);
  expect(await quota.room()).toBe(PASTE_OVERHEAD_BYTES);
  expect(await quota.hasRoom()).toBe(false);
});

test('what comes at the same time is counted before it is stored', async () => {
  const results = await Promise.allSettled(
    Array.from({ length: 10 }, () => quota.within(PASTE, stored)),
  );
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
});

test('what could not be stored takes no room', async () => {
  const failing = () => Promise.reject(new Error('no'));
  for (let n = 0; n < 10; n++) {
    await expect(quota.within(PASTE, failing)).rejects.toThrow('no');
  }
  expect(await quota.within(PASTE, stored)).toBe('stored');
});

test('what was there before counts, and what is deleted makes room at the next refresh', async () => {
  usage = { pastes: 3, bytes: 3 * PASTE, uploads: 0 };
  await expect(quota.within(PASTE, stored)).rejects.toEqual(full);
  usage = { pastes: 2, bytes: 2 * PASTE, uploads: 0 };
  await quota.refresh();
  expect(await quota.within(PASTE, stored)).toBe('stored');
  await expect(quota.within(PASTE, stored)).rejects.toEqual(full);
});

test('what is stored while the store is asked how full it is, counts', async () => {
  let free = Promise.resolve<undefined>(undefined);
  let answer: () => void = () => undefined;
  const slow = new Quota({
    quotaBytes: 2 * (PASTE + PASTE_OVERHEAD_BYTES),
    store: { usage: () => Promise.resolve(usage), freeBytes: () => free },
  });
  await slow.within(PASTE, stored);
  usage = { pastes: 1, bytes: PASTE, uploads: 0 };
  free = new Promise((resolve) => {
    answer = () => {
      resolve(undefined);
    };
  });
  const refreshing = slow.refresh();
  await slow.within(PASTE, stored);
  answer();
  await refreshing;
  await expect(slow.within(PASTE, stored)).rejects.toEqual(full);
});

test('the last of the disk is not used up, whatever the operator allows', async () => {
  freeBytes = RESERVED_DISK_BYTES + PASTE + PASTE_OVERHEAD_BYTES;
  expect(await quota.within(PASTE, stored)).toBe('stored');
  await expect(quota.within(PASTE, stored)).rejects.toEqual(full);
  freeBytes = 0;
  await quota.refresh();
  await expect(quota.within(0, stored)).rejects.toEqual(full);
});

test('many small pastes fill it, too', async () => {
  let room = 0;
  while ((await quota.within(1, stored).catch(() => undefined)) !== undefined) room++;
  expect(room).toBe(5);
});

test('a store that cannot tell how full it is takes nothing, and is asked again', async () => {
  const answers = [Promise.reject(new Error('gone')), Promise.resolve(usage)];
  const store = {
    usage: () => answers.shift()!,
    freeBytes: () => Promise.resolve(undefined),
  };
  const unsure = new Quota({ quotaBytes: 10_000, store });
  await expect(unsure.within(PASTE, stored)).rejects.toThrow('gone');
  expect(await unsure.within(PASTE, stored)).toBe('stored');
});
