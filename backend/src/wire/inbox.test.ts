import { expect, test } from '@jest/globals';
import { createCounters } from '../counters.js';
import { createLogger } from '../logger.js';
import { Budget } from './budget.js';
import { Inbox, type InboxOptions } from './inbox.js';

const log = createLogger('silent');
const bytes = (text: string) => Uint8Array.from(Buffer.from(text));

/** An inbox whose answers wait until they are let go. */
function heldInbox(options: Partial<InboxOptions> = {}) {
  const counters = createCounters();
  const sent: string[] = [];
  const held: (() => void)[] = [];
  const inbox = new Inbox({
    answer: async (message) => {
      await new Promise<void>((resolve) => held.push(resolve));
      return bytes(`answer to ${Buffer.from(message).toString()}`);
    },
    refuse: () => bytes('busy'),
    budget: new Budget(100),
    counters,
    log,
    ...options,
  });
  const deliver = (text: string) => {
    const reply = (answer: Uint8Array) => {
      sent.push(Buffer.from(answer).toString());
      return Promise.resolve();
    };
    inbox.deliver({ message: bytes(text), reply });
  };
  const letGo = () => {
    for (const resolve of held.splice(0)) resolve();
  };
  return { inbox, counters, sent, held, deliver, letGo };
}

test('what does not fit in is refused at once, and what is inside is answered', async () => {
  const { inbox, counters, sent, deliver, letGo } = heldInbox({ maxMessages: 2 });
  for (const text of ['a', 'b', 'c']) deliver(text);
  expect(sent).toEqual(['busy']);
  letGo();
  expect(await inbox.close(1000)).toBe(0);
  expect(sent).toEqual(['busy', 'answer to a', 'answer to b']);
  expect(counters).toMatchObject({ received: 3, refused: 1, answered: 3 });
});

test('it is full when there are too many bytes in it, too', () => {
  const { sent, deliver } = heldInbox({ maxBytes: 10 });
  deliver('a'.repeat(8));
  deliver('b'.repeat(3));
  expect(sent).toEqual(['busy']);
  deliver('c'.repeat(2));
  expect(sent).toEqual(['busy']);
});

test('no more are answered at the same time than are allowed', () => {
  const { held, deliver } = heldInbox({ maxInFlight: 3 });
  for (let i = 0; i < 10; i++) deliver(`${i}`);
  expect(held.length).toBe(3);
});

test('a reply that cannot be sent is counted, and nothing else happens', async () => {
  const { inbox, counters, letGo } = heldInbox();
  const reply = () => Promise.reject(new Error('queue-full'));
  inbox.deliver({ message: bytes('a'), reply });
  letGo();
  await inbox.close(1000);
  expect(counters).toMatchObject({ repliesDropped: 1, answered: 0 });
});

test('a defect in the answering is counted, and the next message is answered', async () => {
  const { inbox, counters, sent, deliver } = heldInbox({
    answer: (message) =>
      message[0] === 0x61 ? Promise.reject(new Error('defect')) : Promise.resolve(message),
    maxInFlight: 1,
  });
  deliver('a');
  deliver('b');
  await inbox.close(1000);
  expect(sent).toEqual(['b']);
  expect(counters.failed).toBe(1);
});

test('closing takes nothing more, gives up on what takes too long, and says so to all whom it can', async () => {
  const { inbox, counters, held, sent, deliver } = heldInbox({ maxInFlight: 1 });
  deliver('a');
  deliver('b');
  const closed = inbox.close(1);
  deliver('c');
  expect(sent).toEqual(['busy']);
  expect(await closed).toBe(2);
  expect(held.length).toBe(1);
  expect(sent).toEqual(['busy', 'busy']);
  expect(counters).toMatchObject({ received: 3, refused: 2 });
});

test('what nobody could tell whose refusal it is, is dropped', () => {
  const { counters, sent, deliver } = heldInbox({ maxMessages: 1, refuse: () => undefined });
  deliver('a');
  deliver('b');
  expect(sent).toEqual([]);
  expect(counters.refused).toBe(1);
});

test('large answers are made one after the other when there is no room for both', async () => {
  const making: number[] = [];
  let most = 0;
  const { inbox, deliver, sent } = heldInbox({
    budget: new Budget(10),
    answer: async (message, room) => {
      await room.reserve(6);
      most = Math.max(most, making.push(1));
      await new Promise((resolve) => setImmediate(resolve));
      making.pop();
      return message;
    },
  });
  for (const text of ['a', 'b', 'c']) deliver(text);
  expect(await inbox.close(1000)).toBe(0);
  expect(sent).toEqual(['a', 'b', 'c']);
  expect(most).toBe(1);
});

/** Large answers (`L…`) wait for room until they are let go; small ones are answered at once. */
function inboxWithLargeAnswers(options: Partial<InboxOptions> = {}) {
  const held: (() => void)[] = [];
  const inbox = heldInbox({
    budget: new Budget(10),
    maxInFlight: 2,
    answer: async (message, room) => {
      if (message[0] === 'L'.charCodeAt(0)) {
        await room.reserve(10);
        await new Promise<void>((resolve) => held.push(resolve));
      }
      return message;
    },
    ...options,
  });
  return { ...inbox, held };
}

test('while many wait for room for a large answer, small ones are given', async () => {
  const { inbox, sent, held, deliver } = inboxWithLargeAnswers();
  for (let n = 0; n < 10; n++) deliver(`L${n}`);
  for (const text of ['a', 'b', 'c']) deliver(text);
  await settled();
  expect(sent).toEqual(['a', 'b', 'c']);
  const closed = inbox.close(5000);
  for (let n = 0; n < 10; n++) {
    expect(held).toHaveLength(1);
    held.shift()?.();
    await settled();
  }
  expect(await closed).toBe(0);
  expect(sent.slice(3)).toEqual(Array.from({ length: 10 }, (_, n) => `L${n}`));
});

test('no more wait for room than are allowed', async () => {
  const errors: unknown[] = [];
  const { deliver, held } = inboxWithLargeAnswers({
    maxWaitingForRoom: 2,
    answer: async (_, room) => {
      await room.reserve(10).catch((error: unknown) => errors.push(error));
      await new Promise<void>((resolve) => held.push(resolve));
      return undefined;
    },
  });
  for (let n = 0; n < 4; n++) deliver('L');
  await settled();
  expect(errors).toEqual([expect.objectContaining({ code: 'busy', retryAfterMs: 2000 })]);
});

test('whoever waits for room when it is closed has one answer, whatever is made of the refusal', async () => {
  const { inbox, sent, held, deliver } = inboxWithLargeAnswers({
    answer: async (message, room) => {
      const isRefused = await room.reserve(10).then(
        () => false,
        () => true,
      );
      if (!isRefused) await new Promise<void>((resolve) => held.push(resolve));
      return isRefused ? bytes('busy again') : message;
    },
  });
  deliver('L1');
  deliver('L2');
  await settled();
  await inbox.close(1);
  held.shift()?.();
  await settled();
  expect(sent).toEqual(['busy', 'L1']);
});

test('those who wait for room when it is closed are refused, and nothing is done for them afterwards', async () => {
  let done = 0;
  const { inbox, sent, held, deliver } = inboxWithLargeAnswers({
    answer: async (_, room) => {
      await room.reserve(10);
      done++;
      await new Promise<void>((resolve) => held.push(resolve));
      return undefined;
    },
  });
  deliver('L1');
  deliver('L2');
  await settled();
  expect(await inbox.close(1)).toBe(2);
  expect(sent).toEqual(['busy']);
  held.shift()?.();
  await settled();
  expect(done).toBe(1);
});

/** Everything that can go on without anybody else has done so. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 50; turns++) await new Promise((resolve) => setImmediate(resolve));
}
