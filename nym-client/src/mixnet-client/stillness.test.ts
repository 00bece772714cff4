import { expect, test } from '@jest/globals';
import { Stillness } from './stillness.js';

test('it is still when nothing was sent for a while, counted from the question on', async () => {
  let now = 0;
  const sleeps: number[] = [];
  const stillness = new Stillness(
    () => now,
    (ms) => {
      sleeps.push(ms);
      now += ms - 15;
      if (sleeps.length === 1) stillness.noteSending(); // 15 ms before it would have been still
      now += 15;
      return Promise.resolve();
    },
  );
  stillness.noteSending();
  now = 1000;
  await stillness.wait(100);
  expect(sleeps).toEqual([100, 85]);
});
