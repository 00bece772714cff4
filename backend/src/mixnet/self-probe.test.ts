import { expect, test } from '@jest/globals';
import { secureRandom } from '@pastenym/shared/random';
import { createLogger } from '../logger.js';
import { SelfProbe } from './self-probe.js';

const ADDRESS = 'own.address@gateway';
const REPLY = { version: '2.0.3', alive: true };

/** A probe whose requests go nowhere but into a list. */
function probe(firstTimeoutMs = 60_000) {
  const asked: { recipient: string; request: Record<string, unknown>; replySurbs: number }[] = [];
  const answered: string[] = [];
  let wake: (() => void) | undefined;
  const it = new SelfProbe({
    sendAnonymous: (recipient, message, replySurbs) => {
      const request = JSON.parse(Buffer.from(message).toString()) as Record<string, unknown>;
      asked.push({ recipient, request, replySurbs });
      wake?.();
      return asked.length === 2 ? Promise.reject(new Error('lost')) : Promise.resolve();
    },
    onAnswer: (address) => answered.push(address),
    random: secureRandom,
    log: createLogger('silent'),
    firstTimeoutMs,
  });
  const untilAsked = async (times: number) => {
    while (asked.length < times) await new Promise<void>((resolve) => (wake = resolve));
  };
  const answer = (id: unknown) => it.take(Buffer.from(JSON.stringify({ ...REPLY, id })));
  return { it, asked, answered, untilAsked, answer };
}

test('it asks its own address for a ping, with reply blocks, and knows the answer by its id', () => {
  const { it, asked, answered, answer } = probe();
  it.start(ADDRESS);
  expect(asked).toEqual([
    {
      recipient: ADDRESS,
      request: { event: 'ping', id: expect.stringMatching(/^[\w-]{22}$/), data: 'empty' },
      replySurbs: 20,
    },
  ]);
  expect(answer('somebody else’s')).toBe(false);
  expect(answered).toEqual([]);
  expect(answer(asked[0]?.request['id'])).toBe(true);
  expect(answered).toEqual([ADDRESS]);
  expect(answer(asked[0]?.request['id'])).toBe(false);
});

test('without an answer it asks again, even if sending fails, and takes an answer that is late', async () => {
  const { it, asked, answered, untilAsked, answer } = probe(1);
  it.start(ADDRESS);
  await untilAsked(4);
  expect(new Set(asked.map(({ request }) => request['id'])).size).toBe(1);
  answer(asked[0]?.request['id']);
  expect(answered).toEqual([ADDRESS]);
});

test('stopped, it neither asks nor answers; started again, it forgets what it asked before', () => {
  const { it, asked, answered, answer } = probe();
  it.start(ADDRESS);
  it.stop();
  expect(answer(asked[0]?.request['id'])).toBe(false);
  it.start('new.address@gateway');
  expect(answer(asked[0]?.request['id'])).toBe(false);
  it.stop();
  expect(answered).toEqual([]);
});

test.each(['', 'hello', '{', '[]', 'null', '"x"', '{"id":5}', 'x'.repeat(10_000)])(
  '%j is no answer',
  (text) => {
    const { it } = probe();
    it.start(ADDRESS);
    expect(it.take(Buffer.from(text))).toBe(false);
    it.stop();
  },
);
