import { expect, test } from '@jest/globals';
import { RunningWork } from './running-work.js';

test('it settles when all work is over, that which failed and that which came later too', async () => {
  const work = new RunningWork();
  const over: string[] = [];
  let finish: () => void = () => undefined;
  const later = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const failing = work.add(Promise.reject(new Error('no')));
  const first = work.add(
    Promise.resolve().then(() => {
      void work.add(later.then(() => over.push('later')));
      over.push('first');
    }),
  );
  const settled = work.settle().then(() => over.push('settled'));
  await Promise.allSettled([failing, first]);
  finish();
  await settled;
  expect(over).toEqual(['first', 'later', 'settled']);
});

test('without work there is nothing to wait for', async () => {
  await new RunningWork().settle();
});
