import { expect, test } from '@jest/globals';
import { Outcomes } from './outcomes.js';

const KEPT_MS = 600_000;

function outcomesAt(time: { now: number }, limits = {}) {
  return new Outcomes({ keptMs: KEPT_MS, clock: () => time.now, ...limits });
}

/** Work that counts how often it is done. */
function work(answer: string, goodUntil = Infinity) {
  const done = { times: 0 };
  return Object.assign(
    () => {
      done.times++;
      return Promise.resolve({ answer: `${answer} ${done.times}`, goodUntil });
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

test('an answer is not given again once what it tells of is over', async () => {
  const time = { now: 0 };
  const outcomes = outcomesAt(time);
  const read = work('paste', 1000);
  await outcomes.once('k', work('another'));
  await outcomes.once('l', read);
  time.now = 999;
  expect(await outcomes.once('l', read)).toBe('paste 1');
  time.now = 1000;
  expect(outcomes.length('l')).toBeUndefined();
  expect(await outcomes.once('l', read)).toBe('paste 2');
  outcomes.prune();
  expect(outcomes.length('k')).toBe(9);
});

test('pruning removes what is over, wherever it stands', async () => {
  const time = { now: 0 };
  const outcomes = outcomesAt(time, { maxCharacters: 16 });
  await outcomes.once('k', work('lasting'));
  await outcomes.once('l', work('short', 1));
  time.now = 1;
  outcomes.prune();
  await outcomes.once('m', work('fits'));
  expect(['k', 'l', 'm'].map((key) => outcomes.length(key))).toEqual([9, undefined, 6]);
});

test('an answer that is not to be kept is not, and takes no room from those that are', async () => {
  const outcomes = outcomesAt({ now: 0 }, { maxOutcomes: 1 });
  await outcomes.once('k', work('created'));
  const miss = work('not found', 0);
  for (let n = 1; n <= 3; n++) expect(await outcomes.once('l', miss)).toBe(`not found ${n}`);
  expect(outcomes.length('k')).toBe(9);
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
