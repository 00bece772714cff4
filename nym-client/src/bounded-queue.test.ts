import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BoundedQueue } from './bounded-queue.js';

test('whatever is pushed and taken, the newest that fit come out in order', () => {
  const step = fc.oneof(fc.nat(20), fc.constant('take' as const));
  fc.assert(
    fc.property(fc.array(step), fc.nat(5), fc.nat(40), (steps, maxItems, maxBytes) => {
      const queue = new BoundedQueue<number>({ maxItems, maxBytes });
      let model: { item: number; bytes: number }[] = [];
      steps.forEach((bytes, item) => {
        if (bytes === 'take') {
          expect(queue.shift()).toBe(model.shift()?.item);
          return;
        }
        const before = model.length + 1;
        model.push({ item, bytes });
        while (model.length > maxItems || sum(model) > maxBytes) model = model.slice(1);
        expect(queue.push(item, bytes)).toBe(before - model.length);
      });
      expect([queue.size, queue.bytes]).toEqual([model.length, sum(model)]);
    }),
  );
});

test('what has been taken is not kept alive by the queue', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const queue = new BoundedQueue<object>({ maxItems: 10, maxBytes: 10 });
  for (let i = 0; i < 4; i++) queue.push({}, 1);
  const taken = takeWeakly(queue);
  await new Promise(setImmediate); // a new WeakRef holds on until the turn ends
  collectGarbage();
  expect([taken.deref(), queue.size]).toEqual([undefined, 3]);
});

/** In a function of its own, so that nothing of the item is left on the stack. */
function takeWeakly(queue: BoundedQueue<object>): WeakRef<object> {
  return new WeakRef(queue.shift()!);
}

function sum(entries: { bytes: number }[]): number {
  return entries.reduce((total, { bytes }) => total + bytes, 0);
}
