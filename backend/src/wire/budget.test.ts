import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Budget } from './budget.js';

test('whoever finds no room waits for it, first come first served', async () => {
  const budget = new Budget(10);
  const giveBack = await budget.reserve(6);
  const entered: string[] = [];
  const large = budget.reserve(5).then((back) => (entered.push('large'), back));
  const small = budget.reserve(1).then((back) => (entered.push('small'), back));
  await turn();
  expect(entered).toEqual([]); // the small one would fit, but it came later
  giveBack();
  await Promise.all([large, small]);
  expect(entered).toEqual(['large', 'small']);
});

test('somebody who wants more than there is gets all of it, alone', async () => {
  const budget = new Budget(10);
  const giveBack = await budget.reserve(1000);
  let entered = false;
  const next = budget.reserve(1).then(() => (entered = true));
  await turn();
  expect(entered).toBe(false);
  giveBack();
  await next;
});

test('giving back twice gives back once', async () => {
  const budget = new Budget(10);
  const giveBack = await budget.reserve(10);
  giveBack();
  await budget.reserve(10);
  giveBack();
  let entered = false;
  void budget.reserve(1).then(() => (entered = true));
  await turn();
  expect(entered).toBe(false);
});

test('however much is asked for, in whatever order it is given back, everybody gets in and no more than fits', async () => {
  const asked = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(asked, fc.infiniteStream(fc.nat()), async (amounts, chance) => {
      const budget = new Budget(10);
      const inside: { amount: number; giveBack: () => void }[] = [];
      let entered = 0;
      for (const amount of amounts) {
        void budget.reserve(amount).then((giveBack) => {
          entered++;
          inside.push({ amount: Math.min(amount, 10), giveBack });
        });
      }
      while (entered < amounts.length || inside.length > 0) {
        await turn();
        const sum = inside.reduce((total, { amount }) => total + amount, 0);
        expect(sum).toBeLessThanOrEqual(10);
        expect(inside.length).toBeGreaterThan(0);
        const [leaving] = inside.splice(chance.next().value % inside.length, 1);
        leaving?.giveBack();
      }
    }),
    { numRuns: 50 },
  );
});
