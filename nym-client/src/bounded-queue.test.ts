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

function sum(entries: { bytes: number }[]): number {
  return entries.reduce((total, { bytes }) => total + bytes, 0);
}
