import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  hex,
  networkVectors,
  officialPackets,
  type PacketVector,
  sphinxVectors,
  unhex,
} from '../../test/support/vectors.js';
import { x25519, x25519PublicKey } from '../crypto/sodium.js';
import { HEADER_BYTES, MAX_HOPS, PACKET_SIZES, packetSizeByLength, REGULAR } from '../geometry.js';
import { buildPacket, type PacketInput } from './build.js';
import { expandSharedSecret, headerMac } from './key-schedule.js';
import { splitHeader } from './routing.js';
import { SphinxError, unwrap, type Unwrapped } from './unwrap.js';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Sends a packet through the hops with these keys; each hop but the last must forward it. */
function travel(packet: Uint8Array, privateKeys: readonly Uint8Array[]): Unwrapped[] {
  let current = packet;
  return privateKeys.map((key) => {
    const hop = unwrap(current, key);
    if (hop.kind === 'forward') current = hop.packet;
    return hop;
  });
}

function codeOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof SphinxError) return error.code;
    throw error;
  }
}

describe('packets of the official client', () => {
  test.each(officialPackets.map((vector, i) => ({ i, vector })))(
    'packet $i goes through all its hops as recorded',
    ({ vector }) => {
      const hops = travel(unhex(vector.packet), vector.private_keys.map(unhex));
      for (const [i, expected] of vector.hops.entries()) {
        const hop = hops[i]!;
        expect(hex(hop.replayTag)).toBe(expected.replay_tag);
        if (hop.kind === 'forward') {
          expect(hop.packet).toHaveLength(vector.size);
          expect(hex(hop.nextHop)).toBe(expected.next_hop);
          expect(hop.delayNs).toBe(BigInt(expected.delay_ns!));
        } else {
          expect(hop.plaintext).toHaveLength(expected.plaintext_len!);
          expect(hop.plaintext).toHaveLength(packetSizeByLength(vector.size)!.plaintextBytes);
          expect(sha256(hop.plaintext)).toBe(expected.plaintext_sha256);
          expect(hex(hop.destination)).toBe(expected.destination);
        }
      }
      expect(hops.map((hop) => hop.kind)).toEqual(['forward', 'forward', 'forward', 'final']);
    },
  );

  test.each([
    [
      'a message',
      unhex(networkVectors.forward.plaintext).subarray(9),
      networkVectors.regular_chain,
    ],
    ['its ack', unhex(networkVectors.ack_chain[0]!.packet!), networkVectors.ack_chain],
  ])('%s of a recorded run goes through the nodes of that run', (_, firstPacket, chain) => {
    const keyOf = (id: number): Uint8Array =>
      unhex(networkVectors.nodes.find((node) => node.id === id)!.x25519_private);
    const hops = travel(
      firstPacket,
      chain.map(({ node }) => keyOf(node)),
    );
    for (const [i, expected] of chain.entries()) {
      const hop = hops[i]!;
      expect(hex(hop.replayTag)).toBe(expected.replay_tag);
      if (hop.kind === 'forward') {
        expect(hex(hop.nextHop)).toBe(expected.next!.padEnd(64, '0'));
        expect(hop.delayNs).toBe(BigInt(expected.delay_ns!));
        const next = chain[i + 1]!;
        if (next.in_sha256 !== undefined) expect(sha256(hop.packet)).toBe(next.in_sha256);
        if (next.packet !== undefined) expect(hex(hop.packet)).toBe(next.packet);
      } else {
        expect(hex(hop.destination)).toBe(expected.dest);
        expect(hex(hop.plaintext)).toBe(expected.plaintext);
        expect(hop.identifier).toEqual(new Uint8Array(16));
      }
    }
  });
});

const { node_private_keys: vectorKeys } = sphinxVectors;
const nodeKeys = vectorKeys.map(unhex);

/** The inputs that all computed packets share; the ephemeral secret is drawn first, then the padding. */
function vectorInput(vector: PacketVector): PacketInput {
  const route = sphinxVectors.node_addresses.slice(0, vector.hops_n).map((address, i) => ({
    address: unhex(address),
    publicKey: unhex(sphinxVectors.node_public_keys[i]!),
  }));
  const draws = [
    () => unhex(sphinxVectors.initial_secret),
    (count: number) => new Uint8Array(count).fill(Number.parseInt(vector.padding_byte, 16)),
  ];
  return {
    route,
    destination: unhex(sphinxVectors.destination),
    identifier: unhex(sphinxVectors.identifier),
    delaysNs: sphinxVectors.delays_ns.map(BigInt),
    version: vector.version,
    payloadBytes: vector.payload_size,
    plaintext: unhex(vector.message),
    random: (count) => draws.shift()!(count),
  };
}

describe.each(['packet_3hops_v259', 'packet_3hops_v258', 'packet_4hops_v259_ack'] as const)(
  'the known answer %s',
  (name) => {
    const vector = sphinxVectors[name];

    test('is what its inputs build', () => {
      expect(hex(buildPacket(vectorInput(vector)))).toBe(vector.packet);
    });

    test('is unwrapped at each hop as written down', () => {
      for (const [i, expected] of vector.hops.entries()) {
        const hop = unwrap(unhex(expected.in), nodeKeys[i]!);
        expect(hop.kind).toBe(expected.type);
        expect(hex(hop.replayTag)).toBe(expected.replay_tag);
        if (hop.kind === 'forward') {
          expect(hex(hop.nextHop)).toBe(expected.next_hop);
          expect(hop.delayNs).toBe(BigInt(expected.delay_ns!));
          expect(hex(hop.packet)).toBe(expected.out);
        } else {
          expect(hex(hop.destination)).toBe(expected.destination);
          expect(hex(hop.identifier)).toBe(expected.identifier);
          expect(hex(hop.plaintext)).toBe(expected.plaintext);
        }
      }
    });
  },
);

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const hopArbitrary = fc.record({
  privateKey: bytes32,
  address: bytes32,
  delayNs: fc.bigInt(0n, 2n ** 64n - 1n),
});
const journey = fc.record({
  hops: fc.array(hopArbitrary, { minLength: 1, maxLength: MAX_HOPS }),
  version: fc.constantFrom(258, 259),
  size: fc.constantFrom(...PACKET_SIZES),
  destination: bytes32,
  identifier: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  fill: fc.double({ min: 0, max: 1, noNaN: true }),
});

test('unwrapping undoes building, for both versions, all sizes and one to five hops', () => {
  fc.assert(
    fc.property(journey, ({ hops, version, size, destination, identifier, fill }) => {
      const plaintext = new Uint8Array(Math.round(size.plaintextBytes * fill)).map((_, i) => i);
      const packet = buildPacket({
        route: hops.map(({ address, privateKey }) => ({
          address,
          publicKey: x25519PublicKey(privateKey),
        })),
        delaysNs: hops.map(({ delayNs }) => delayNs),
        destination,
        identifier,
        version,
        plaintext,
        payloadBytes: size.payloadBytes,
      });
      expect(packet).toHaveLength(size.packetBytes);
      const unwrapped = travel(
        packet,
        hops.map(({ privateKey }) => privateKey),
      );
      for (const [i, hop] of unwrapped.slice(0, -1).entries()) {
        expect(hop).toMatchObject({ kind: 'forward', delayNs: hops[i]!.delayNs });
        expect(hop).toMatchObject({ nextHop: hops[i + 1]!.address });
      }
      expect(unwrapped.at(-1)).toMatchObject({ kind: 'final', destination, identifier, plaintext });
      expect(new Set(unwrapped.map((hop) => hex(hop.replayTag))).size).toBe(hops.length);
    }),
    { numRuns: 60 },
  );
});

describe('tampering', () => {
  const vector = officialPackets.find(({ size }) => size === REGULAR.packetBytes)!;
  const official = unhex(vector.packet);
  const keys = vector.private_keys.map(unhex);

  /** Where the packet with one bit changed ends: the hop that notices, and what it says. */
  function fate(position: number): string | undefined {
    const packet = Uint8Array.from(official);
    packet[position]! ^= 1;
    let hop = 0;
    const code = codeOf(() => {
      let current: Uint8Array = packet;
      for (const key of keys) {
        hop += 1;
        const unwrapped = unwrap(current, key);
        if (unwrapped.kind === 'forward') current = unwrapped.packet;
      }
    });
    return code && `hop ${hop}: ${code}`;
  }

  const within = (from: number, to: number): fc.Arbitrary<number> =>
    fc.integer({ min: from, max: to - 1 });

  test.each([
    ['alpha', 0, 32, 'hop 1: bad-mac'],
    ['gamma', 32, 48, 'hop 1: bad-mac'],
    ['beta', 48, HEADER_BYTES, 'hop 1: bad-mac'],
    // The payload has no MAC: only the last hop sees that it is broken.
    ['the payload', HEADER_BYTES, REGULAR.packetBytes, 'hop 4: bad-payload'],
  ])('a bit changed anywhere in %s is noticed', (_, from, to, expected) => {
    fc.assert(
      fc.property(within(from, to), (position) => {
        expect(fate(position)).toBe(expected);
      }),
      { numRuns: 40 },
    );
  });

  test('the top bit of alpha means nothing, and does not make it another packet', () => {
    const packet = Uint8Array.from(official);
    packet[31]! ^= 0x80;
    expect(unwrap(packet, keys[0]!).replayTag).toEqual(unwrap(official, keys[0]!).replayTag);
  });

  test.each([0, 3, 255])('a flag of %d, under a MAC that matches, is refused', (flag) => {
    const packet = Uint8Array.from(official);
    const { alpha, beta, gamma } = splitHeader(packet.subarray(0, HEADER_BYTES));
    const { macKey } = expandSharedSecret(x25519(keys[0]!, alpha));
    // The stream that encrypts it stays the same; the first hop's flag was 1, to forward.
    beta[0]! ^= 1 ^ flag;
    gamma.set(headerMac(macKey, beta));
    expect(codeOf(() => unwrap(packet, keys[0]!))).toBe('bad-flag');
  });

  test('a packet for another key is refused', () => {
    expect(codeOf(() => unwrap(official, keys[1]!))).toBe('bad-mac');
  });

  test('a point of low order is refused', () => {
    const packet = Uint8Array.from(official).fill(0, 0, 32);
    expect(codeOf(() => unwrap(packet, keys[0]!))).toBe('bad-alpha');
  });
});

test.each([0, 1, HEADER_BYTES, HEADER_BYTES + 32])(
  'a packet of %d bytes is too short',
  (length) => {
    expect(codeOf(() => unwrap(new Uint8Array(length), nodeKeys[0]!))).toBe('packet-length');
  },
);

test.each([0, 31, 33, 64])('a node key of %d bytes is refused', (length) => {
  const packet = new Uint8Array(REGULAR.packetBytes);
  expect(codeOf(() => unwrap(packet, new Uint8Array(length)))).toBe('key-length');
});

test('no bytes make unwrapping fail in any other way', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
      expect(codeOf(() => unwrap(bytes, nodeKeys[0]!))).toEqual(expect.any(String));
    }),
  );
});

test('the packet that came in is left as it was, and what came out does not share its memory', () => {
  const packet = unhex(officialPackets[0]!.packet);
  const copy = Uint8Array.from(packet);
  const hop = unwrap(packet, unhex(officialPackets[0]!.private_keys[0]!));
  expect(packet).toEqual(copy);
  packet.fill(0);
  expect(hex(hop.replayTag)).toBe(officialPackets[0]!.hops[0]!.replay_tag);
});
