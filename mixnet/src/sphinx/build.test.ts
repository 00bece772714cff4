import { expect, test } from '@jest/globals';
import { x25519PublicKey } from '../crypto/sodium.js';
import { REGULAR } from '../geometry.js';
import { buildPacket, type PacketInput } from './build.js';

const hop = { address: new Uint8Array(32), publicKey: x25519PublicKey(new Uint8Array(32).fill(1)) };
const input: PacketInput = {
  route: [hop, hop],
  destination: new Uint8Array(32),
  plaintext: new Uint8Array(REGULAR.plaintextBytes),
  payloadBytes: REGULAR.payloadBytes,
};

test('two packets of the same inputs have nothing in common', () => {
  const [a, b] = [buildPacket(input), buildPacket(input)];
  const same = a.filter((byte, i) => byte === b[i]).length;
  // One byte in 256 is the same by chance.
  expect(same).toBeLessThan(60);
});

test.each<[string, string, Partial<PacketInput>]>([
  ['no hop', 'bad-route', { route: [] }],
  ['six hops', 'bad-route', { route: [hop, hop, hop, hop, hop, hop] }],
  ['a short address', 'bad-route', { route: [{ ...hop, address: new Uint8Array(7) }] }],
  ['a short key', 'bad-route', { route: [{ ...hop, publicKey: new Uint8Array(31) }] }],
  ['a short destination', 'bad-route', { destination: new Uint8Array(31) }],
  ['a long identifier', 'bad-route', { identifier: new Uint8Array(17) }],
  ['a key of low order', 'bad-alpha', { route: [{ ...hop, publicKey: new Uint8Array(32) }] }],
  ['one byte too many', 'plaintext-length', { plaintext: new Uint8Array(2049) }],
  ['too small a payload', 'plaintext-length', { payloadBytes: 32, plaintext: new Uint8Array() }],
])('a packet with %s is not built: %s', (_, code, wrong) => {
  expect(() => buildPacket({ ...input, ...wrong })).toThrow(expect.objectContaining({ code }));
});
