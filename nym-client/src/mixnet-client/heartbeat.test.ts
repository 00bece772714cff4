import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Heartbeats } from './heartbeat.js';

const key = new Uint8Array(32).fill(1);

test('a heartbeat is known when it comes back, to an earlier or later process of the same identity too', () => {
  const answered: string[] = [];
  const { nonce, message } = new Heartbeats(key, () => undefined).make();
  const later = new Heartbeats(key, (n) => answered.push(n));
  expect(later.take(message)).toBe(true);
  expect(answered).toEqual([nonce]);
});

test('nothing else is taken for a heartbeat, not even one of somebody else or one changed', () => {
  const heartbeats = new Heartbeats(key, () => undefined);
  const stranger = new Heartbeats(new Uint8Array(32).fill(2), () => undefined);
  expect(heartbeats.take(stranger.make().message)).toBe(false);
  fc.assert(
    fc.property(fc.nat(47), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const { message } = heartbeats.make();
      message[at]! ^= change;
      expect(heartbeats.take(message)).toBe(false);
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (message) => {
      expect(heartbeats.take(message)).toBe(false);
    }),
  );
});
