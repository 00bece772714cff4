import { mkdir, mkdtemp, readdir, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Mailbox, type MailboxEvents, type MailboxLimits } from './mailbox.js';
import {
  DiskMailboxStorage,
  type MailboxStorage,
  MemoryMailboxStorage,
} from './mailbox-storage.js';

const ALICE = 'a1'.repeat(32);
const BOB = 'b2'.repeat(32);
const LIMITS: MailboxLimits = {
  bytesPerClient: 100,
  bytesInAll: 150,
  messagesPerClient: 20,
  messagesInAll: 30,
  lifetimeMs: 1000,
};

let nowMs = 5000;
const clock = (): number => nowMs;
let directory = '';

beforeEach(async () => {
  nowMs = 5000;
  troubles = [];
  directory = await mkdtemp(join(tmpdir(), 'mixnet-mailbox-'));
});
afterEach(() => rm(directory, { recursive: true }));

let troubles: string[] = [];
const events: MailboxEvents = {
  onUnreadable: () => troubles.push('unreadable'),
  onUnremovable: () => troubles.push('unremovable'),
};

const message = (text: string): Uint8Array => Buffer.from(text);

/** Takes everything that is there. */
async function collect(mailbox: Mailbox, client: string): Promise<string[]> {
  const taken: string[] = [];
  await mailbox.deliver(client, (bytes) => {
    taken.push(Buffer.from(bytes).toString());
    return Promise.resolve(true);
  });
  return taken;
}

describe.each<[string, () => MailboxStorage]>([
  ['in memory', () => new MemoryMailboxStorage()],
  ['on disk', () => new DiskMailboxStorage(directory)],
])('a mailbox %s', (_, makeStorage) => {
  const open = (): Promise<Mailbox> => Mailbox.open(makeStorage(), clock, events, LIMITS);

  test('keeps messages in order and gives each once, to its own client', async () => {
    const mailbox = await open();
    for (let i = 0; i < 12; i++) await mailbox.store(ALICE, message(`a${i}`));
    await mailbox.store(BOB, message('b'));
    expect(mailbox.messageCount).toBe(13);
    expect(await collect(mailbox, ALICE)).toEqual(Array.from({ length: 12 }, (__, i) => `a${i}`));
    expect(await collect(mailbox, ALICE)).toEqual([]);
    expect(await collect(mailbox, BOB)).toEqual(['b']);
    expect(mailbox.messageCount).toBe(0);
  });

  test('keeps what the client did not take', async () => {
    const mailbox = await open();
    for (const text of ['one', 'two', 'three']) await mailbox.store(ALICE, message(text));
    const outcomes = [true, false];
    await mailbox.deliver(ALICE, () => Promise.resolve(outcomes.shift()!));
    expect(await collect(mailbox, ALICE)).toEqual(['two', 'three']);
  });

  test('gives a message that is still being written', async () => {
    const mailbox = await open();
    const stored = mailbox.store(ALICE, message('soon'));
    expect(mailbox.messageCount).toBe(0);
    expect(await collect(mailbox, ALICE)).toEqual(['soon']);
    expect(await stored).toBe(true);
  });

  test('gives each message once, although it is asked twice at the same time', async () => {
    const mailbox = await open();
    for (const text of ['one', 'two', 'three']) await mailbox.store(ALICE, message(text));
    const [first, second] = await Promise.all([collect(mailbox, ALICE), collect(mailbox, ALICE)]);
    expect([first, second]).toEqual([['one', 'two', 'three'], []]);
  });

  test('gives the next who asks what the one before did not take', async () => {
    const mailbox = await open();
    await mailbox.store(ALICE, message('one'));
    const refused = mailbox.deliver(ALICE, () => Promise.resolve(false));
    const gone = (): Promise<boolean> => Promise.reject(new Error('gone'));
    const failed = expect(mailbox.deliver(ALICE, gone)).rejects.toThrow('gone');
    expect(await collect(mailbox, ALICE)).toEqual(['one']);
    await Promise.all([refused, failed]);
  });

  test('takes no more than it has room for, for one client and for all', async () => {
    const mailbox = await open();
    expect(await mailbox.store(ALICE, new Uint8Array(90))).toBe(true);
    expect(await mailbox.store(ALICE, new Uint8Array(11))).toBe(false);
    expect(await mailbox.store(BOB, new Uint8Array(60))).toBe(true);
    expect(await mailbox.store(BOB, new Uint8Array(1))).toBe(false);
    await collect(mailbox, ALICE);
    expect(await mailbox.store(BOB, new Uint8Array(1))).toBe(true);
  });

  test('takes no more messages than it has room for, however small they are', async () => {
    const mailbox = await open();
    const nothing = new Uint8Array(0);
    for (let i = 0; i < 20; i++) expect(await mailbox.store(ALICE, nothing)).toBe(true);
    expect(await mailbox.store(ALICE, nothing)).toBe(false);
    for (let i = 0; i < 10; i++) expect(await mailbox.store(BOB, nothing)).toBe(true);
    expect(await mailbox.store(BOB, nothing)).toBe(false);
    await collect(mailbox, ALICE);
    expect(await mailbox.store(BOB, nothing)).toBe(true);
  });

  test('throws away what is too old, when swept and when asked', async () => {
    const mailbox = await open();
    await mailbox.store(ALICE, message('old'));
    await mailbox.store(BOB, message('old too'));
    nowMs += 900;
    await mailbox.store(ALICE, message('new'));
    nowMs += 200;
    expect(await collect(mailbox, BOB)).toEqual([]);
    await mailbox.sweep();
    expect(mailbox.messageCount).toBe(1);
    expect(await collect(mailbox, ALICE)).toEqual(['new']);
  });

  test('forgets a client with all its messages', async () => {
    const mailbox = await open();
    await mailbox.store(ALICE, message('secret'));
    await mailbox.forget(ALICE);
    expect(mailbox.messageCount).toBe(0);
    expect(await collect(mailbox, ALICE)).toEqual([]);
  });
});

const onDisk = (limits = LIMITS): Promise<Mailbox> =>
  Mailbox.open(new DiskMailboxStorage(directory), clock, events, limits);

test('after a restart the messages are there, in order, and count towards the limits', async () => {
  const before = await onDisk();
  for (let i = 0; i < 11; i++) {
    nowMs += 1;
    await before.store(ALICE, message(`message ${i}`));
  }
  const after = await onDisk();
  expect(after.messageCount).toBe(11);
  expect(await after.store(ALICE, message('one more'))).toBe(false);
  expect(await collect(after, ALICE)).toEqual(Array.from({ length: 11 }, (_, i) => `message ${i}`));
});

test('only the owner may read what is stored', async () => {
  await (await onDisk()).store(ALICE, message('private'));
  const [name] = await readdir(join(directory, ALICE));
  expect((await stat(join(directory, ALICE, name!))).mode & 0o777).toBe(0o600);
  expect((await stat(join(directory, ALICE))).mode & 0o777).toBe(0o700);
});

test('what a crash left unfinished is removed, and what is not ours is left alone', async () => {
  await mkdir(join(directory, ALICE));
  await mkdir(join(directory, BOB));
  await writeFile(join(directory, ALICE, '5000-1.tmp'), 'half a mess');
  await writeFile(join(directory, 'README'), 'a note of the owner');
  expect((await onDisk()).messageCount).toBe(0);
  expect(await readdir(directory)).toEqual(['README']);
});

test('a message that cannot be written is not kept', async () => {
  const broken: MailboxStorage = {
    list: () => Promise.resolve([]),
    write: () => Promise.reject(new Error('no space left')),
    read: () => Promise.reject(new Error('not written')),
    remove: () => Promise.resolve(),
  };
  const mailbox = await Mailbox.open(broken, clock, events, LIMITS);
  await expect(mailbox.store(ALICE, message('x'))).rejects.toThrow('no space left');
  expect(mailbox.messageCount).toBe(0);
});

test('a message that cannot be read does not keep its client from the others, and is tried again later', async () => {
  const mailbox = await onDisk();
  for (const text of ['one', 'two', 'three']) await mailbox.store(ALICE, message(text));
  const path = join(directory, ALICE, '5000-2');
  // A directory in its place: not even the superuser can read that as a file.
  await rm(path);
  await mkdir(path);
  expect(await collect(mailbox, ALICE)).toEqual(['one', 'three']);
  expect(await collect(mailbox, ALICE)).toEqual([]);
  expect(mailbox.messageCount).toBe(1);
  expect(troubles).toEqual(['unreadable']);
  await rmdir(path);
  await writeFile(path, 'two');
  expect(await collect(mailbox, ALICE)).toEqual(['two']);
});

test('a message whose file is gone is given up', async () => {
  const mailbox = await onDisk();
  for (const text of ['one', 'two']) await mailbox.store(ALICE, message(text));
  await rm(join(directory, ALICE, '5000-1'));
  expect(await collect(mailbox, ALICE)).toEqual(['two']);
  expect(mailbox.messageCount).toBe(0);
  expect(troubles).toEqual(['unreadable']);
});

test('a message that cannot be removed is given once, and keeps nobody from the others', async () => {
  const messages = new MemoryMailboxStorage();
  const stubborn: MailboxStorage = {
    list: () => messages.list(),
    write: (...args) => messages.write(...args),
    read: (...args) => messages.read(...args),
    remove: () => Promise.reject(new Error('not permitted')),
  };
  const mailbox = await Mailbox.open(stubborn, clock, events, LIMITS);
  for (const text of ['one', 'two']) await mailbox.store(ALICE, message(text));
  expect(await collect(mailbox, ALICE)).toEqual(['one', 'two']);
  expect(await collect(mailbox, ALICE)).toEqual([]);
  await mailbox.store(BOB, message('old'));
  nowMs += 2000;
  await mailbox.sweep();
  expect(mailbox.messageCount).toBe(0);
  expect(troubles).toEqual(['unremovable', 'unremovable', 'unremovable']);
});

test('with a clock that stands still, a restart does not make it write over what is stored', async () => {
  await (await onDisk()).store(ALICE, message('before'));
  const after = await onDisk();
  await after.store(ALICE, message('after'));
  expect(await collect(after, ALICE)).toEqual(['before', 'after']);
});

test('a directory goes with its last message', async () => {
  const mailbox = await onDisk();
  for (const text of ['one', 'two']) await mailbox.store(ALICE, message(text));
  await collect(mailbox, ALICE);
  expect(await readdir(directory)).toEqual([]);
  await mailbox.store(ALICE, message('three'));
  expect(await collect(mailbox, ALICE)).toEqual(['three']);
});

test('messages that are stored while others are taken find their directory', async () => {
  const mailbox = await onDisk();
  for (let round = 0; round < 30; round++) {
    const stored = Promise.all([1, 2, 3].map(() => mailbox.store(ALICE, message('x'))));
    await collect(mailbox, ALICE);
    expect(await stored).toEqual([true, true, true]);
    await collect(mailbox, ALICE);
  }
});

test('opening leaves alone what is not ours in the directory of a client', async () => {
  await mkdir(join(directory, ALICE));
  await writeFile(join(directory, ALICE, 'README'), 'a note of the owner');
  expect((await onDisk()).messageCount).toBe(0);
  expect(await readdir(join(directory, ALICE))).toEqual(['README']);
});
