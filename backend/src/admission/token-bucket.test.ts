import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TokenBucket } from './token-bucket.js';

function bucketAt(time: { now: number }, perSecond: number, burst: number) {
  return new TokenBucket({ perSecond, burst, clock: () => time.now });
}

test('after a quiet time there is a burst, then so many a second', () => {
  const time = { now: 0 };
  const bucket = bucketAt(time, 2, 3);
  expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([0, 0, 0]);
  expect(bucket.take()).toBe(500);
  time.now = 499;
  expect(bucket.take()).toBe(1);
  time.now = 500;
  expect(bucket.take()).toBe(0);
  time.now = 60_000;
  expect(bucket.fullness).toBe(1);
});

test('whoever waits as long as it says is let through', () => {
  const rates = fc.integer({ min: 1, max: 5000 });
  fc.assert(
    fc.property(rates, fc.integer({ min: 1, max: 50 }), (perSecond, burst) => {
      const time = { now: 0 };
      const bucket = bucketAt(time, perSecond, burst);
      for (let n = 0; n < burst; n++) expect(bucket.take()).toBe(0);
      time.now += bucket.take();
      expect(bucket.take()).toBe(0);
    }),
  );
});

test('however the requests fall, no more get through than the burst and what has come back since', () => {
  const waits = fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 200 });
  fc.assert(
    fc.property(
      waits,
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 20 }),
      (waits, rate, burst) => {
        const time = { now: 0 };
        const bucket = bucketAt(time, rate, burst);
        let through = 0;
        for (const wait of waits) {
          time.now += wait;
          if (bucket.take() === 0) through++;
          expect(bucket.fullness).toBeGreaterThanOrEqual(0);
          expect(bucket.fullness).toBeLessThanOrEqual(1);
        }
        expect(through).toBeLessThanOrEqual(burst + (time.now / 1000) * rate + 1e-6);
      },
    ),
  );
});

test('a clock that is set back neither gives nor takes', () => {
  const time = { now: 100_000 };
  const bucket = bucketAt(time, 1, 2);
  bucket.take();
  time.now = 0;
  expect(bucket.fullness).toBe(0.5);
  time.now = 1000;
  expect(bucket.fullness).toBe(1);
});

test('without a rate there is no limit', () => {
  const bucket = bucketAt({ now: 0 }, 0, 1);
  for (let n = 0; n < 100; n++) expect(bucket.take()).toBe(0);
  expect(bucket.fullness).toBe(1);
});
