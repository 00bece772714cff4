import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type Mixnet, startMixnet } from '@pastenym/mixnet';
import { systemRandom } from '../src/crypto/random.js';
import { ACK, PACKET_SIZES, REGULAR } from '../src/geometry.js';
import { formatFrame } from '../src/link/frame.js';
import { buildPacket, type RouteHop } from '../src/sphinx/build.js';
import { formatNodeAddress } from '../src/sphinx/node-address.js';
import { GatewayClient, type Line } from './support/gateway-client.js';
import { startLonelyGateway } from './support/lonely-gateway.js';
import { closed, filled, letter, link, routeTo, sendPacket, until } from './support/routes.js';

jest.setTimeout(20_000);

let mixnet: Mixnet;
let route: RouteHop[];
const bob = new GatewayClient();
let bobsLine: Line;

beforeEach(async () => {
  mixnet = await startMixnet({ gateways: 1, mixNodesPerLayer: 1 });
  route = routeTo(mixnet, mixnet.gateways[0]!);
  bobsLine = await bob.register(mixnet.gateways[0]!.url);
  expect(await bobsLine.answer()).toMatchObject({ type: 'register', status: true });
});
afterEach(async () => {
  bobsLine.close();
  await mixnet.stop();
});

const hello = Buffer.from('hello');
const toBob = (more: object = {}): Uint8Array =>
  letter({ route, destination: bob.identity.publicKey, message: hello, ...more });
const firstMix = (): Mixnet['mixNodes'][number] => mixnet.mixNodes[0]!;
const dropped = (cause: keyof ReturnType<Mixnet['counters']>['dropped']): number =>
  mixnet.counters().dropped[cause];

test.each(
  PACKET_SIZES.filter((size) => size !== ACK).flatMap((size) =>
    [258, 259].map((version) => ({ size, version, name: size.name })),
  ),
)('a $name packet of version $version goes through three mixes to its client', async (packet) => {
  await sendPacket(firstMix(), toBob(packet));
  const pushed = bob.unseal(await bobsLine.binary());
  expect(Buffer.from(pushed!).equals(filled(hello, packet.size))).toBe(true);
});

test('the ack of a message comes back to whom the sender wants, with what the sender put in', async () => {
  const ackContent = systemRandom(ACK.plaintextBytes);
  await sendPacket(firstMix(), toBob({ ackTo: bob.identity.publicKey, ackContent }));
  await bobsLine.binary();
  expect(bob.unseal(await bobsLine.binary())).toEqual(ackContent);
  // Four hops each for the message and its ack.
  expect(mixnet.counters()).toMatchObject({ packetsIn: 8, packetsOut: 7, messagesToClients: 2 });
});

test.each([0, 1, 2] as const)(
  'the ack of a message with key rotation %d has the same key rotation',
  async (rotation) => {
    const { gateway, url, mixPort, hop, sent } = await startLonelyGateway();
    const client = new GatewayClient();
    const line = await client.register(url);
    const packet = letter({ route: [hop], destination: client.identity.publicKey, message: hello });
    await sendPacket({ mixPort }, packet, rotation);
    await until(() => sent.length === 1);
    expect(sent[0]).toMatchObject({ rotation });
    expect(sent[0]!.packet).toHaveLength(ACK.packetBytes);
    line.close();
    await gateway.stop();
  },
);

test('a frame of version 7 is understood', async () => {
  const frame = formatFrame({ packet: toBob(), rotation: 0 });
  const socket = await link(firstMix());
  socket.write(Uint8Array.from([7, ...frame.subarray(1, 3), ...frame.subarray(4)]));
  expect(bob.unseal(await bobsLine.binary())).toHaveLength(filled(hello).length);
  socket.destroy();
});

test('a packet that comes twice is delivered once', async () => {
  const packet = toBob();
  await sendPacket(firstMix(), packet);
  await sendPacket(firstMix(), packet);
  await until(() => dropped('replayed') === 1);
  // Another packet comes through, so the second would have, too.
  await sendPacket(firstMix(), toBob({ message: Buffer.from('another') }));
  await bobsLine.binary();
  const next = bob.unseal(await bobsLine.binary());
  expect(Buffer.from(next!).equals(filled(Buffer.from('another')))).toBe(true);
});

test('nobody can make the network connect to a stranger', async () => {
  let connections = 0;
  const stranger = createServer(() => (connections += 1)).listen(0, '127.0.0.1');
  await once(stranger, 'listening');
  const { port } = stranger.address() as { port: number };
  const there = { ...route[1]!, address: formatNodeAddress('127.0.0.1', port) };
  await sendPacket(firstMix(), toBob({ route: [route[0]!, there] }));
  await until(() => dropped('unknown-next-hop') === 1);
  expect(connections).toBe(0);
  stranger.close();
});

test('a next hop that is this network’s, but with rubbish behind its address, is nobody’s', async () => {
  const address = Uint8Array.from(route[1]!.address);
  address[31] = 1;
  await sendPacket(firstMix(), toBob({ route: [route[0]!, { ...route[1]!, address }] }));
  await until(() => dropped('unknown-next-hop') === 1);
});

describe('what ends too early is counted by its cause', () => {
  const final = (node: RouteHop, plaintext: Uint8Array, destination: Uint8Array): Uint8Array =>
    buildPacket({ route: [node], destination, plaintext, payloadBytes: REGULAR.payloadBytes });

  test('a packet that ends at a mix node', async () => {
    const packet = final(route[0]!, hello, bob.identity.publicKey);
    await sendPacket(firstMix(), packet);
    await until(() => dropped('not-a-gateway') === 1);
  });

  test('a packet for somebody who is not registered', async () => {
    await sendPacket(firstMix(), toBob({ destination: systemRandom(32) }));
    await until(() => dropped('unknown-client') === 1);
  });

  test('a message that does not fill its packet, such as one of no bytes at all', async () => {
    bobsLine.close();
    await until(() => mixnet.counters().clients.connected === 0);
    const whole = Uint8Array.from([...route[3]!.address.subarray(0, 7), ...new Uint8Array(2041)]);
    for (const length of [405, 405 + 48, 2047]) {
      const packet = final(route[3]!, whole.subarray(0, length), bob.identity.publicKey);
      await sendPacket(mixnet.gateways[0]!, packet);
    }
    await until(() => dropped('bad-ack') + mixnet.counters().storedMessages === 3);
    expect(dropped('bad-ack')).toBe(3);
  });

  test.each([0, 20])('an ack of %d bytes', async (length) => {
    const ack = { plaintext: new Uint8Array(length), payloadBytes: ACK.payloadBytes };
    const packet = buildPacket({ route, destination: bob.identity.publicKey, ...ack });
    await sendPacket(firstMix(), packet);
    await until(() => dropped('bad-ack') + mixnet.counters().messagesToClients === 1);
    expect(dropped('bad-ack')).toBe(1);
  });

  test.each([
    ['that is too short', new Uint8Array(404)],
    ['whose address is none', new Uint8Array(2048)],
  ])('a message with an ack %s', async (_, plaintext) => {
    const packet = final(route[3]!, plaintext, bob.identity.publicKey);
    await sendPacket(mixnet.gateways[0]!, packet);
    await until(() => dropped('bad-ack') === 1);
  });

  test('an ack for a client that is not connected', async () => {
    bobsLine.close();
    await until(() => mixnet.counters().clients.connected === 0);
    const ack = { plaintext: new Uint8Array(21), payloadBytes: ACK.payloadBytes };
    const packet = buildPacket({ route, destination: bob.identity.publicKey, ...ack });
    await sendPacket(firstMix(), packet);
    await until(() => dropped('ack-for-absent-client') === 1);
    expect(mixnet.counters().storedMessages).toBe(0);
  });

  test('a packet with a broken header, after which the link goes on', async () => {
    const broken = toBob();
    broken[40]! ^= 1;
    const socket = await link(firstMix());
    socket.write(formatFrame({ packet: broken, rotation: 1 }));
    socket.write(formatFrame({ packet: toBob(), rotation: 1 }));
    await bobsLine.binary();
    expect(dropped('bad-packet')).toBe(1);
    socket.destroy();
  });

  test('a packet with a broken payload, which only the gateway can see', async () => {
    const broken = toBob();
    broken[1000]! ^= 1;
    await sendPacket(firstMix(), broken);
    await until(() => mixnet.gateways[0]!.counters().dropped['bad-packet'] === 1);
  });
});

describe('a peer that does not speak the protocol', () => {
  test.each([
    ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['a frame of another version', Uint8Array.of(6, 1, 0, 0)],
    ['an unknown size', Uint8Array.of(8, 9, 0, 0)],
    ['an Outfox packet', Uint8Array.of(8, 6, 2, 0)],
    ['zeros', new Uint8Array(100_000)],
  ])('is cut off when it sends %s, and nobody else is', async (_, bytes) => {
    const other = await link(firstMix());
    const hostile = await link(firstMix());
    hostile.write(bytes);
    hostile.resume();
    await closed(hostile);
    expect(dropped('bad-frame')).toBe(1);
    other.write(formatFrame({ packet: toBob(), rotation: 2 }));
    await bobsLine.binary();
    other.destroy();
  });

  test('does no harm when it leaves in the middle of a frame', async () => {
    const hostile = await link(firstMix());
    hostile.end(formatFrame({ packet: toBob(), rotation: 1 }).subarray(0, 1000));
    hostile.resume();
    await closed(hostile);
    await sendPacket(firstMix(), toBob());
    await bobsLine.binary();
    expect(firstMix().counters()).toMatchObject({ packetsIn: 1, dropped: { 'bad-frame': 0 } });
  });

  test('and floods a node does not keep the packets of others waiting', async () => {
    const count = 4000;
    const rubbish = formatFrame({ packet: new Uint8Array(REGULAR.packetBytes), rotation: 1 });
    const hostile = await link(firstMix());
    hostile.write(Buffer.concat(Array.from({ length: count }, () => rubbish)));
    await until(() => dropped('bad-packet') > 0);
    await sendPacket(firstMix(), toBob());
    await bobsLine.binary();
    expect(dropped('bad-packet')).toBeLessThan(count);
    hostile.destroy();
  });
});
