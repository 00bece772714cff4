import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatHeartbeat, parseHeartbeat } from './heartbeat.js';

test('a heartbeat comes back with its number, wherever in memory it lies', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffffffff }), fc.nat(10), (number, offset) => {
      const memory = new Uint8Array(offset + 6);
      memory.set(formatHeartbeat(number), offset);
      expect(parseHeartbeat(memory.subarray(offset))).toBe(number);
    }),
  );
});

test('no text is a heartbeat, whatever it says', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(parseHeartbeat(new TextEncoder().encode(text))).toBeUndefined();
    }),
  );
  expect(parseHeartbeat(new Uint8Array())).toBeUndefined();
  expect(parseHeartbeat(formatHeartbeat(1).subarray(0, 5))).toBeUndefined();
});
