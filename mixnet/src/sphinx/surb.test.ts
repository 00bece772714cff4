import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hex, networkVectors, sphinxVectors, unhex } from '../../test/support/vectors.js';
import { x25519PublicKey } from '../crypto/sodium.js';
import { ACK, PACKET_SIZES, SURB_ACK_BYTES } from '../geometry.js';
import { formatNodeAddress } from './node-address.js';
import { buildSurb, buildSurbAck, parseSurb, replyWithSurb, splitSurbAck } from './surb.js';
import { unwrap } from './unwrap.js';

const keys = sphinxVectors.node_private_keys.map(unhex);
const route = keys.map((key, i) => ({
  address: formatNodeAddress('127.0.0.1', 1000 + i),
  publicKey: x25519PublicKey(key),
}));
const destination = new Uint8Array(32).fill(7);

/** The plaintext that arrives at the end of the route. */
function arrive(packet: Uint8Array): Uint8Array | undefined {
  let current = packet;
  for (const key of keys) {
    const hop = unwrap(current, key);
    if (hop.kind === 'final') return hop.plaintext;
    current = hop.packet;
  }
  return undefined;
}

test('the known reply block is what its inputs build', () => {
  const draws = [unhex(sphinxVectors.initial_secret), new Uint8Array(68).fill(0x77)];
  const surb = buildSurb({
    route: sphinxVectors.node_addresses.map((address, i) => ({
      address: unhex(address),
      publicKey: unhex(sphinxVectors.node_public_keys[i]!),
    })),
    destination: unhex(sphinxVectors.destination),
    identifier: unhex(sphinxVectors.identifier),
    delaysNs: sphinxVectors.delays_ns.map(BigInt),
    random: () => draws.shift()!,
  });
  expect(hex(surb)).toBe(sphinxVectors.surb_4hops_v259);
});

test('a reply through a block arrives, for both versions and all sizes', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(258, 259),
      fc.constantFrom(...PACKET_SIZES),
      fc.uint8Array({ maxLength: ACK.plaintextBytes }),
      (version, { payloadBytes }, plaintext) => {
        const surb = parseSurb(buildSurb({ route, destination, version }));
        const { firstHop, packet } = replyWithSurb(surb, plaintext, payloadBytes);
        expect(firstHop).toEqual(route[0]!.address);
        expect(arrive(packet)).toEqual(plaintext);
      },
    ),
    { numRuns: 30 },
  );
});

test.each([0, 348, 380, 381, 395, 380 + 6 * 16, 380 + 192 + 1, 380 + 6 * 192])(
  'a block of %d bytes is refused',
  (length) => {
    expect(() => parseSurb(new Uint8Array(length))).toThrow(
      expect.objectContaining({ code: 'surb-length' }),
    );
  },
);

describe('the ack in front of a message', () => {
  const message = unhex(networkVectors.regular_chain.at(-1)!.plaintext!);

  test('is cut off as the official client put it there', () => {
    const { ack, message: rest } = splitSurbAck(message);
    expect(hex(message.subarray(0, 19))).toBe(networkVectors.surb_ack_address);
    expect(hex(ack.firstHop)).toBe(networkVectors.surb_ack_address.padEnd(64, '0'));
    expect(hex(ack.packet)).toBe(networkVectors.ack_chain[0]!.packet);
    expect(hex(rest)).toBe(networkVectors.pushed_message.plaintext);
  });

  test('finds its way back with what the sender wrote in it', () => {
    const plaintext = new Uint8Array(ACK.plaintextBytes).fill(9);
    const surbAck = buildSurbAck({ route, destination }, plaintext);
    expect(surbAck).toHaveLength(SURB_ACK_BYTES);
    const { ack } = splitSurbAck(surbAck);
    expect(ack.firstHop).toEqual(route[0]!.address);
    expect(arrive(ack.packet)).toEqual(plaintext);
  });

  test.each([
    ['plaintext-length', message.subarray(0, SURB_ACK_BYTES - 1)],
    ['bad-address', message.map((byte, i) => (i === 0 ? 5 : byte))],
  ])('that is malformed is refused as %s', (code, bytes) => {
    expect(() => splitSurbAck(bytes)).toThrow(expect.objectContaining({ code }));
  });
});
