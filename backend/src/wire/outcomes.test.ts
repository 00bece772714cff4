import { expect, test } from '@jest/globals';
import { Outcomes } from './outcomes.js';

const KEPT_MS = 600_000;

function outcomesAt(time: { now: number }, limits = {}) {
  return new Outcomes({ keptMs: KEPT_MS, clock: () => time.now, ...limits });
}

/** Work that counts how often it is done. */
function work(answer: string) {
  const done = { times: 0 };
  return Object.assign(
    () => {
      done.times++;
      return Promise.resolve(`${answer} ${done.times}`);
    },
    { done },
  );
}

test('a request that is sent again has one effect and the same answer', async () => {
  const outcomes = outcomesAt({ now: 0 });
  const create = work('created');
  const key = Outcomes.key('{"id":"x"}');
  expect(await outcomes.once(key, create)).toBe('created 1');
  expect(await outcomes.once(key, create)).toBe('created 1');
  expect(create.done.times).toBe(1);
});

test('also while the first is still being answered', async () => {
  const outcomes = outcomesAt({ now: 0 });
  const create = work('created');
  const answers = Array.from({ length: 50 }, () => outcomes.once('k', create));
  expect(new Set(await Promise.all(answers))).toEqual(new Set(['created 1']));
  expect(create.done.times).toBe(1);
});

test('an id that comes with another content is another request', () => {
  expect(Outcomes.key('{"id":"x","data":1}')).not.toBe(Outcomes.key('{"id":"x","data":2}'));
});

test('what failed may be tried again', async () => {
  const outcomes = outcomesAt({ now: 0 });
  const failing = () => Promise.reject(new Error('no'));
  await expect(outcomes.once('k', failing)).rejects.toThrow('no');
  expect(await outcomes.once('k', work('created'))).toBe('created 1');
});

test('an answer is kept for its time and no longer', async () => {
  const time = { now: 0 };
  const outcomes = outcomesAt(time);
  const create = work('created');
  await outcomes.once('k', create);
  time.now = KEPT_MS - 1;
  expect(await outcomes.once('k', create)).toBe('created 1');
  time.now = KEPT_MS;
  expect(outcomes.length('k')).toBeUndefined();
  expect(await outcomes.once('k', create)).toBe('created 2');
});

test('of too many answers the oldest goes first', async () => {
  const outcomes = outcomesAt({ now: 0 }, { maxOutcomes: 2 });
  for (const key of ['a', 'b', 'c']) await outcomes.once(key, work(key));
  expect(['a', 'b', 'c'].map((key) => outcomes.length(key))).toEqual([undefined, 3, 3]);
});

test('of too much text the oldest goes first', async () => {
  const outcomes = outcomesAt({ now: 0 }, { maxCharacters: 7 });
  for (const key of ['a', 'b', 'c']) await outcomes.once(key, work(key));
  expect(['a', 'b', 'c'].map((key) => outcomes.length(key))).toEqual([undefined, 3, 3]);
  await outcomes.once('d', work('far too long'));
  expect(['b', 'c', 'd'].map((key) => outcomes.length(key))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
