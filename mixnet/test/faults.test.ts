import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type Mixnet, type NetworkNode, startMixnet } from '@pastenym/mixnet';
import { GatewayClient, type Line } from './support/gateway-client.js';
import { closed, letter, link, routeTo, sendPacket, until } from './support/routes.js';

jest.setTimeout(20_000);

let mixnet: Mixnet;
const client = new GatewayClient();
let line: Line;

beforeEach(async () => {
  mixnet = await startMixnet({ gateways: 1, mixNodesPerLayer: 1 });
  line = await client.register(mixnet.gateways[0]!.url);
  await line.answer();
});
afterEach(async () => {
  line.close();
  await mixnet.stop();
});

const mixOf = (layer: number): NetworkNode => mixnet.mixNodes.find((node) => node.layer === layer)!;
const aLetter = (): Uint8Array =>
  letter({
    route: routeTo(mixnet, mixnet.gateways[0]!),
    destination: client.identity.publicKey,
    message: Buffer.from('hello'),
  });
const dropped = (): Record<string, number> => mixnet.counters().dropped;

const isListening = async (node: NetworkNode): Promise<boolean> =>
  link(node).then(
    (socket) => {
      socket.destroy();
      return true;
    },
    () => false,
  );

describe('a node that is down', () => {
  test('does not listen, and packets to it are counted as lost', async () => {
    await mixOf(2).stop();
    expect(await isListening(mixOf(2))).toBe(false);
    await sendPacket(mixOf(1), aLetter());
    await until(() => dropped()['peer-unreachable'] === 1);
  });

  test('is the same when it is up again: same port, same keys', async () => {
    const { mixPort, identity, sphinxKey } = mixOf(2);
    const before = aLetter();
    await mixOf(2).stop();
    await mixOf(2).start();
    expect(mixOf(2)).toMatchObject({ mixPort, identity, sphinxKey });
    await sendPacket(mixOf(1), before);
    expect(client.unseal(await line.binary())).toBeDefined();
  });

  test('is reached again by peers that had a connection to it', async () => {
    await sendPacket(mixOf(1), aLetter());
    await line.binary();
    await mixOf(2).stop();
    // The first may still go into the connection that is about to break.
    while (dropped()['peer-unreachable'] === 0) await sendPacket(mixOf(1), aLetter());
    await mixOf(2).start();
    // For a moment after a refusal peers do not try.
    const arrived = line.binary().then(() => 'arrived');
    const sent = async (): Promise<string> => {
      await sendPacket(mixOf(1), aLetter());
      return 'sent';
    };
    while ((await Promise.race([arrived, sent()])) === 'sent');
  });

  test('has lost what it held', async () => {
    const slow = letter({
      route: routeTo(mixnet, mixnet.gateways[0]!),
      destination: client.identity.publicKey,
      message: Buffer.from('slow'),
      delaysNs: [5_000_000_000n],
    });
    await sendPacket(mixOf(1), slow);
    await until(() => mixnet.counters().packetsIn === 1);
    await mixOf(1).stop();
    expect(dropped()['node-stopped']).toBe(1);
  });

  test('closes the connections of its peers', async () => {
    const socket = await link(mixOf(1));
    socket.resume();
    await mixOf(1).stop();
    await closed(socket);
  });

  test('can be stopped and started as often as one likes', async () => {
    await Promise.all([mixOf(1).stop(), mixOf(1).stop(), mixOf(1).start(), mixOf(1).start()]);
    expect(await isListening(mixOf(1))).toBe(true);
  });
});

describe('a gateway that is down', () => {
  test('closes its websockets and, when it is up again, knows its clients', async () => {
    const gateway = mixnet.gateways[0]!;
    const { url } = gateway;
    await gateway.stop();
    expect((await line.next()).closed).toBe(1001);
    await expect(client.authenticate(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(await isListening(gateway)).toBe(false);
    await gateway.start();
    expect(gateway.url).toBe(url);
    line = await client.authenticate(url);
    expect(await line.answer()).toMatchObject({ type: 'authenticate', status: true });
  });

  test('does not close the nym-api', async () => {
    await mixnet.gateways[0]!.stop();
    const answer = await fetch(`${mixnet.nymApiUrl}/v1/nym-nodes/rewarded-set`);
    expect(await answer.json()).toMatchObject({ entry_gateways: [1] });
  });
});

test('a loss rate of 1 loses everything, and of 0 nothing', async () => {
  mixnet.faults.lossRate = 1;
  await sendPacket(mixOf(1), aLetter());
  await until(() => dropped()['loss'] === 1);
  mixnet.faults.lossRate = 0;
  await sendPacket(mixOf(1), aLetter());
  await line.binary();
  expect(dropped()['loss']).toBe(1);
});

test('a loss rate between loses its share', async () => {
  mixnet.faults.lossRate = 0.25;
  const count = 400;
  for (let i = 0; i < count; i++) await sendPacket(mixOf(1), aLetter());
  const outcomes = (): number => dropped()['loss']! + mixnet.counters().messagesToClients;
  await until(() => outcomes() >= count);
  const { packetsIn, dropped: lost } = mixOf(1).counters();
  // Of 400 messages and some acks; the standard deviation is 0.02.
  expect(lost.loss / packetsIn).toBeGreaterThan(0.15);
  expect(lost.loss / packetsIn).toBeLessThan(0.35);
});

test('extra delay is added on every way from node to node', async () => {
  mixnet.faults.extraDelayMs = 50;
  const start = performance.now();
  await sendPacket(mixOf(1), aLetter());
  await line.binary();
  expect(performance.now() - start).toBeGreaterThanOrEqual(3 * 50 - 5);
});

test('a network that has stopped has closed everything, and none of it can be started again', async () => {
  const nodes = [...mixnet.gateways, ...mixnet.mixNodes];
  await mixnet.stop();
  await mixnet.stop();
  for (const node of nodes) {
    await expect(node.start()).rejects.toMatchObject({ code: 'unavailable' });
    await node.stop();
  }
  for (const node of nodes) expect(await isListening(node)).toBe(false);
  await expect(fetch(mixnet.nymApiUrl)).rejects.toThrow();
});
