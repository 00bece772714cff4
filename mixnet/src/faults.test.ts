import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { happens } from './crypto/random.js';
import { LinkFaults } from './faults.js';

test('nothing goes wrong unless it is asked for', () => {
  expect(new LinkFaults()).toMatchObject({ lossRate: 0, extraDelayMs: 0 });
});

test.each([-0.1, 1.1, NaN, Infinity])(
  'a loss rate of %d is refused and changes nothing',
  (rate) => {
    const faults = new LinkFaults({ lossRate: 0.5 });
    expect(() => {
      faults.lossRate = rate;
    }).toThrow(expect.objectContaining({ code: 'bad-option' }));
    expect(faults.lossRate).toBe(0.5);
  },
);

test.each([-1, 60_001, NaN])('an extra delay of %d ms is refused', (extraDelayMs) => {
  expect(() => new LinkFaults({ extraDelayMs })).toThrow(
    expect.objectContaining({ code: 'bad-option' }),
  );
});

test('what has probability 0 never happens, and what has 1 always does', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 4, maxLength: 4 }), (drawn) => {
      expect(happens(0, () => drawn)).toBe(false);
      expect(happens(1, () => drawn)).toBe(true);
    }),
  );
});
