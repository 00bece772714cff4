import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { createCounters } from '../counters.js';
import { createLogger } from '../logger.js';
import type { Moment, PasteStore } from '../store/store.js';
import { Sweeper } from './sweeper.js';

/** A store of which only the sweeping is used. @param sweep gives how many have expired @param erase gives whether nothing is left */
function sweepable(
  sweep: (now: Moment) => Promise<number>,
  erase: (stop: AbortSignal) => Promise<boolean> = () => Promise.resolve(true),
) {
  const calls = { erased: 0 };
  const eraseTraces = (stop: AbortSignal) => {
    calls.erased++;
    return erase(stop);
  };
  return {
    calls,
    store: {
      sweep: async (now: Moment) => ({ expired: await sweep(now), abandoned: 0, other: 0 }),
      eraseTraces,
    } as unknown as PasteStore,
  };
}

const rest = { log: createLogger('silent'), now: () => ({ seconds: 5, blockHeight: undefined }) };

test('it sweeps at the start and again and again, batch after batch, and erases what is left', async () => {
  const batches = [100, 100, 7, 0, 3, 0];
  const counters = createCounters();
  let wake: () => void;
  const swept = new Promise<void>((resolve) => (wake = resolve));
  const { store, calls } = sweepable((now) => {
    expect(now.seconds).toBe(5);
    if (batches.length === 0) wake();
    return Promise.resolve(batches.shift() ?? 0);
  });
  const sweeper = new Sweeper({ store, counters, intervalMs: 1, ...rest });
  await swept;
  await sweeper.stop();
  expect(counters.expired).toBe(210);
  expect(calls.erased).toBeGreaterThanOrEqual(2);
});

test('a failure does not end it', async () => {
  let times = 0;
  let wake: () => void;
  const again = new Promise<void>((resolve) => (wake = resolve));
  const { store } = sweepable(() => {
    if (++times === 3) wake();
    return Promise.reject(new Error('disk full'));
  });
  const sweeper = new Sweeper({ store, counters: createCounters(), intervalMs: 1, ...rest });
  await again;
  await sweeper.stop();
});

test('it knows how long ago it last got to the end of its work', async () => {
  const time = { elapsedMs: 0 };
  let isFailing = true;
  let wake: () => void = () => undefined;
  const sweeper = new Sweeper({
    ...rest,
    ...sweepable(() => (isFailing ? Promise.reject(new Error('gone')) : Promise.resolve(0))),
    counters: createCounters(),
    alsoDo: () => {
      wake();
      return Promise.resolve();
    },
    intervalMs: 1,
    elapsedMs: () => time.elapsedMs,
  });
  const nextTime = () => new Promise<void>((resolve) => (wake = resolve));
  time.elapsedMs = 1000;
  await nextTime();
  expect(sweeper.sweepAgeSeconds).toBe(1);
  isFailing = false;
  await nextTime();
  expect(sweeper.sweepAgeSeconds).toBe(0);
  isFailing = true;
  time.elapsedMs = 3500;
  await nextTime();
  expect(sweeper.sweepAgeSeconds).toBe(2.5);
  await sweeper.stop();
});

/** Sweeps with nothing to do, of which each can be waited for. */
function startErasing(erase: (stop: AbortSignal) => Promise<boolean>) {
  const time = { elapsedMs: 0 };
  let wake: () => void = () => undefined;
  const { store, calls } = sweepable(() => Promise.resolve(0), erase);
  const sweeper = new Sweeper({
    ...rest,
    ...{ store, counters: createCounters(), intervalMs: 1 },
    alsoDo: () => {
      wake();
      return Promise.resolve();
    },
    elapsedMs: () => time.elapsedMs,
  });
  /** To the end of the sweep after the one that is under way. */
  const nextSweep = async () => {
    for (let i = 0; i < 2; i++) await new Promise<void>((resolve) => (wake = resolve));
  };
  return { time, sweeper, calls, nextSweep };
}

test.each<[string, () => Promise<boolean>]>([
  ['is not done', () => Promise.resolve(false)],
  ['fails', () => Promise.reject(new Error('timed out'))],
])('that erasing %s does not count against sweeping, and is known', async (_, fail) => {
  let isFailing = true;
  const { time, sweeper, nextSweep } = startErasing(() =>
    isFailing ? fail() : Promise.resolve(true),
  );
  time.elapsedMs = 5000;
  await nextSweep();
  expect([sweeper.sweepAgeSeconds, sweeper.eraseAgeSeconds]).toEqual([0, 5]);
  isFailing = false;
  await nextSweep();
  expect([sweeper.sweepAgeSeconds, sweeper.eraseAgeSeconds]).toEqual([0, 0]);
  await sweeper.stop();
});

test('while erasing takes long it sweeps on, and erases what that has left at the next time', async () => {
  let finish: (isErased: boolean) => void = () => undefined;
  const { time, sweeper, calls, nextSweep } = startErasing(
    () => new Promise((resolve) => (finish = resolve)),
  );
  await nextSweep();
  time.elapsedMs = 9000;
  await nextSweep();
  expect([sweeper.sweepAgeSeconds, sweeper.eraseAgeSeconds]).toEqual([0, 9]);
  expect(calls.erased).toBe(1);
  finish(true);
  await nextSweep();
  expect(calls.erased).toBe(2);
  expect(sweeper.eraseAgeSeconds).toBe(9); // what was deleted since then has not been erased
  finish(true);
  await sweeper.stop();
});

test('asked to stop, it waits until erasing has been put down', async () => {
  let isPutDown = false;
  const { sweeper, nextSweep } = startErasing(async (stop) => {
    await once(stop, 'abort');
    await new Promise((resolve) => setImmediate(resolve));
    isPutDown = true;
    return false;
  });
  await nextSweep();
  await sweeper.stop();
  expect(isPutDown).toBe(true);
});

test('asked to stop in the middle of much work, it stops after the batch in hand', async () => {
  const sweeper: Sweeper = new Sweeper({
    ...rest,
    ...sweepable(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return 100; // there is always more
    }),
    counters: createCounters(),
    intervalMs: 1,
  });
  await sweeper.stop();
});
