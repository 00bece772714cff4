import { afterEach, expect, jest, test } from '@jest/globals';
import { nextTask } from './next-task.js';

const scope = globalThis as { scheduler?: { yield: () => Promise<void> } };

afterEach(() => {
  jest.useRealTimers();
  delete scope.scheduler;
});

test('what was waiting has its turn', async () => {
  const ring = jest.fn();
  setTimeout(ring, 0);
  const begun = performance.now();
  while (ring.mock.calls.length === 0 && performance.now() < begun + 10_000) await nextTask();
  expect(ring).toHaveBeenCalled();
});

test('it goes on where timers stand still, as they nearly do in a tab that nobody looks at', async () => {
  jest.useFakeTimers();
  for (let n = 0; n < 100; n++) await nextTask();
});

test('where the platform has a way of its own, that is taken', async () => {
  const yieldToOthers = jest.fn(() => Promise.resolve());
  scope.scheduler = { yield: yieldToOthers };
  await nextTask();
  expect(yieldToOthers).toHaveBeenCalledTimes(1);
});
