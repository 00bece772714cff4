import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hex, networkVectors, unhex } from '../../test/support/vectors.js';
import { seal } from '../crypto/aead.js';
import { systemRandom } from '../crypto/random.js';
import { EXTENDED32, REGULAR } from '../geometry.js';
import { MAX_CLIENT_FRAME_BYTES, openForwardRequest, sealPushedMessage } from './client-frames.js';
import { ProtocolError } from './protocol-error.js';

const { forward, pushed_ack, pushed_message } = networkVectors;
const key = unhex(forward.key);
const ADDRESS = [4, 0x6d, 0x62, 127, 0, 0, 1];
const packet = new Uint8Array(REGULAR.packetBytes).fill(5);

function frame(content: Iterable<number>, kind = 2, encrypted = 1): Uint8Array {
  const { nonce, ciphertext } = seal(key, Uint8Array.from(content), systemRandom);
  return Buffer.concat([Uint8Array.of(kind, encrypted), nonce, ciphertext]);
}

test('the recorded frame of the official client is read', () => {
  const request = openForwardRequest(unhex(forward.frame), key);
  expect(request.rotation).toBe(forward.rotation);
  expect(hex(request.firstHop)).toBe('046d627f000001'.padEnd(64, '0'));
  expect(hex(request.packet)).toBe(forward.plaintext.slice(18));
});

test('a frame of kind 1 has no key rotation', () => {
  const request = openForwardRequest(frame([0, ...ADDRESS, ...packet], 1), key);
  expect(request.rotation).toBe(0);
  expect(hex(request.packet)).toBe(hex(packet));
});

test('an address of IPv6 is read', () => {
  const address = [6, 1, 2, ...new Uint8Array(15), 1];
  const request = openForwardRequest(frame([0, 2, ...address, ...packet]), key);
  expect(hex(request.firstHop)).toBe(hex(Uint8Array.from(address)).padEnd(64, '0'));
  expect(hex(request.packet)).toBe(hex(packet));
});

test('the longest frame that the limit allows is one of the largest packet', () => {
  const address = [6, 1, 2, ...new Uint8Array(16)];
  const content = [0, 1, ...address, ...new Uint8Array(EXTENDED32.packetBytes)];
  expect(frame(content)).toHaveLength(MAX_CLIENT_FRAME_BYTES);
});

test.each<[string, string, Uint8Array]>([
  ['kind 0', 'unknown kind', frame([0, 1, ...ADDRESS, ...packet], 0)],
  ['kind 3', 'unknown kind', frame([0, 1, ...ADDRESS, ...packet], 3)],
  ['no encryption', 'not encrypted', frame([0, 1, ...ADDRESS, ...packet], 2, 0)],
  ['nothing in it', 'unknown kind', new Uint8Array(0)],
  ['a kind only', 'not encrypted', Uint8Array.of(2)],
  ['half a nonce', 'cannot be decrypted', Uint8Array.of(2, 1, 0, 0, 0)],
  ['half a tag', 'cannot be decrypted', frame([]).subarray(0, 20)],
  ['an empty content', 'first hop is malformed', frame([])],
  ['an Outfox packet', 'only Sphinx', frame([2, 1, ...ADDRESS, ...packet])],
  ['rotation 3', 'rotation is unknown', frame([0, 3, ...ADDRESS, ...packet])],
  ['a host name', 'first hop is malformed', frame([0, 1, 5, ...ADDRESS, ...packet])],
  ['half an address', 'first hop is malformed', frame([0, 1, 4, 1, 2])],
  ['a byte too many', 'wrong length', frame([0, 1, ...ADDRESS, ...packet, 0])],
  ['a byte too few', 'wrong length', frame([0, 1, ...ADDRESS, ...packet.subarray(1)])],
])('a frame with %s is refused: %s', (_, why, bytes) => {
  expect(() => openForwardRequest(bytes, key)).toThrow(why);
});

test('a frame with any one byte changed is refused', () => {
  const original = unhex(forward.frame);
  fc.assert(
    fc.property(fc.nat(original.length - 1), (position) => {
      const changed = original.map((byte, i) => (i === position ? byte ^ 4 : byte));
      expect(() => openForwardRequest(changed, key)).toThrow(ProtocolError);
    }),
    { numRuns: 50 },
  );
});

test.each([pushed_ack, pushed_message])(
  'what the recorded gateway pushed is what this one would push',
  (pushed) => {
    const recorded = unhex(pushed.frame);
    const nonce = recorded.slice(2, 14);
    const ours = sealPushedMessage(unhex(pushed.plaintext), unhex(pushed.key), () => nonce);
    expect(hex(ours)).toBe(pushed.frame);
  },
);
