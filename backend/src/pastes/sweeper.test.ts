import { expect, test } from '@jest/globals';
import { createCounters } from '../counters.js';
import { createLogger } from '../logger.js';
import type { Moment, PasteStore } from '../store/store.js';
import { Sweeper } from './sweeper.js';

/** A store of which only the sweeping is used. @param sweep gives how many have expired */
function sweepable(sweep: (now: Moment) => Promise<number>) {
  const calls = { erased: 0 };
  const eraseTraces = () => {
    calls.erased++;
    return Promise.resolve();
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
  expect(sweeper.ageSeconds).toBe(1);
  isFailing = false;
  await nextTime();
  expect(sweeper.ageSeconds).toBe(0);
  isFailing = true;
  time.elapsedMs = 3500;
  await nextTime();
  expect(sweeper.ageSeconds).toBe(2.5);
  await sweeper.stop();
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
