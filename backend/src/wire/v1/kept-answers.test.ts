import { expect, test } from '@jest/globals';
import { KeptAnswers } from './kept-answers.js';

const KEPT_MS = 600_000;

function answersAt(time: { now: number }, limits = {}) {
  return new KeptAnswers({ keptMs: KEPT_MS, clock: () => time.now, ...limits });
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
  const keptAnswers = answersAt({ now: 0 });
  const create = work('created');
  const key = KeptAnswers.key('{"id":"x"}');
  expect(await keptAnswers.once(key, create)).toBe('created 1');
  expect(await keptAnswers.once(key, create)).toBe('created 1');
  expect(create.done.times).toBe(1);
});

test('also while the first is still being answered', async () => {
  const keptAnswers = answersAt({ now: 0 });
  const create = work('created');
  const answers = Array.from({ length: 50 }, () => keptAnswers.once('k', create));
  expect(new Set(await Promise.all(answers))).toEqual(new Set(['created 1']));
  expect(create.done.times).toBe(1);
});

test('an id that comes with another content is another request', () => {
  expect(KeptAnswers.key('{"id":"x","data":1}')).not.toBe(KeptAnswers.key('{"id":"x","data":2}'));
});

test('what failed may be tried again', async () => {
  const keptAnswers = answersAt({ now: 0 });
  const failing = () => Promise.reject(new Error('no'));
  await expect(keptAnswers.once('k', failing)).rejects.toThrow('no');
  expect(await keptAnswers.once('k', work('created'))).toBe('created 1');
});

test('an answer is kept for its time and no longer', async () => {
  const time = { now: 0 };
  const keptAnswers = answersAt(time);
  const create = work('created');
  await keptAnswers.once('k', create);
  time.now = KEPT_MS - 1;
  expect(await keptAnswers.once('k', create)).toBe('created 1');
  time.now = KEPT_MS;
  expect(keptAnswers.length('k')).toBeUndefined();
  expect(await keptAnswers.once('k', create)).toBe('created 2');
});

test('an answer is not given again once what it tells of is over', async () => {
  const time = { now: 0 };
  const keptAnswers = answersAt(time);
  const read = work('paste', 1000);
  await keptAnswers.once('k', work('another'));
  await keptAnswers.once('l', read);
  time.now = 999;
  expect(await keptAnswers.once('l', read)).toBe('paste 1');
  time.now = 1000;
  expect(keptAnswers.length('l')).toBeUndefined();
  expect(await keptAnswers.once('l', read)).toBe('paste 2');
  keptAnswers.prune();
  expect(keptAnswers.length('k')).toBe(9);
});

test('pruning removes what is over, wherever it stands', async () => {
  const time = { now: 0 };
  const keptAnswers = answersAt(time, { maxCharacters: 16 });
  await keptAnswers.once('k', work('lasting'));
  await keptAnswers.once('l', work('short', 1));
  time.now = 1;
  keptAnswers.prune();
  await keptAnswers.once('m', work('fits'));
  expect(['k', 'l', 'm'].map((key) => keptAnswers.length(key))).toEqual([9, undefined, 6]);
});

test('an answer that is not to be kept is not, and takes no room from those that are', async () => {
  const keptAnswers = answersAt({ now: 0 }, { maxAnswers: 1 });
  await keptAnswers.once('k', work('created'));
  const miss = work('not found', 0);
  for (let n = 1; n <= 3; n++) expect(await keptAnswers.once('l', miss)).toBe(`not found ${n}`);
  expect(keptAnswers.length('k')).toBe(9);
});

test('of too many answers the oldest goes first', async () => {
  const keptAnswers = answersAt({ now: 0 }, { maxAnswers: 2 });
  for (const key of ['a', 'b', 'c']) await keptAnswers.once(key, work(key));
  expect(['a', 'b', 'c'].map((key) => keptAnswers.length(key))).toEqual([undefined, 3, 3]);
});

test('of too much text the oldest goes first', async () => {
  const keptAnswers = answersAt({ now: 0 }, { maxCharacters: 7 });
  for (const key of ['a', 'b', 'c']) await keptAnswers.once(key, work(key));
  expect(['a', 'b', 'c'].map((key) => keptAnswers.length(key))).toEqual([undefined, 3, 3]);
  await keptAnswers.once('d', work('far too long'));
  expect(['b', 'c', 'd'].map((key) => keptAnswers.length(key))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
