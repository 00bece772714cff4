import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type Mixnet, type MixnetOptions, startMixnet } from '@pastenym/mixnet';
import { OfficialClient, type OfficialClientOptions } from './support/official-client.js';
import { until } from './support/routes.js';

jest.setTimeout(60_000);

let mixnet: Mixnet;
let directory = '';
const clients: OfficialClient[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mixnet-official-'));
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.stop()));
  await mixnet.stop();
  await rm(directory, { recursive: true });
});

async function network(options: MixnetOptions = {}): Promise<void> {
  mixnet = await startMixnet(options);
}

/** A client at the first gateway, or at another. */
async function connect(
  gateway = 0,
  options: Partial<OfficialClientOptions> = {},
): Promise<OfficialClient> {
  const client = await OfficialClient.start({
    nymApiUrl: mixnet.nymApiUrl,
    preferredGateway: mixnet.gateways[gateway]!.identity,
    ...options,
  });
  clients.push(client);
  return client;
}

const text = (message: string): Uint8Array => Buffer.from(message);
const storageOf = (name: string): { storageFile: string; clientId: string } => ({
  storageFile: join(directory, name),
  clientId: name,
});

test('a client registers and gets the message that it sends to itself', async () => {
  await network();
  const client = await connect();
  await client.send(text('hello'), client.address);
  expect(await client.receiveText()).toBe('hello');
  expect(client.address.endsWith(`@${mixnet.gateways[0]!.identity}`)).toBe(true);
  expect(mixnet.counters().clients).toEqual({ registered: 1, connected: 1 });
});

test('an anonymous message is answered through its reply blocks, from one gateway to another', async () => {
  await network();
  const [asker, answerer] = await Promise.all([connect(0), connect(1)]);
  await asker.sendAnonymously(text('who are you?'), answerer.address, 20);
  const question = await answerer.receive();
  expect(Buffer.from(question.bytes).toString()).toBe('who are you?');
  await answerer.reply(text('nobody'), question.tag!);
  expect(await asker.receive()).toEqual({ bytes: text('nobody'), tag: undefined });
});

test('a megabyte goes there and back, whole', async () => {
  await network();
  const [asker, answerer] = await Promise.all([connect(0), connect(1)]);
  const question = randomBytes(1_000_000);
  const answer = randomBytes(1_000_000);
  await asker.sendAnonymously(question, answerer.address, 50);
  const received = await answerer.receive();
  expect(question.equals(received.bytes)).toBe(true);
  await answerer.reply(answer, received.tag!);
  expect(answer.equals((await asker.receive()).bytes)).toBe(true);
});

test('what is sent to a client that is away waits for it, and can be answered when it is back', async () => {
  await network();
  const sender = await connect(0);
  const first = await connect(1, storageOf('away'));
  const { address } = first;
  await first.stop();
  await until(() => mixnet.counters().clients.connected === 1);
  await sender.sendAnonymously(text('read this later'), address, 20);
  await until(() => mixnet.counters().storedMessages > 0);

  const second = await connect(1, storageOf('away'));
  expect(second.address).toBe(address);
  const message = await second.receive();
  expect(Buffer.from(message.bytes).toString()).toBe('read this later');
  await second.reply(text('done'), message.tag!);
  expect(await sender.receiveText()).toBe('done');
});

describe('after a restart', () => {
  test('of a gateway, a client that comes back has the same address and gets its messages', async () => {
    await network();
    const before = await connect(0, storageOf('client'));
    const { address } = before;
    await mixnet.gateways[0]!.stop();
    await mixnet.gateways[0]!.start();
    await before.stop();
    const after = await connect(0, storageOf('client'));
    expect(after.address).toBe(address);
    await after.send(text('still me'), address);
    expect(await after.receiveText()).toBe('still me');
    expect(mixnet.counters().clients.registered).toBe(1);
  });

  test('of the whole network, a client that comes back has the same address and gets its messages', async () => {
    const dataDir = join(directory, 'network');
    await network({ dataDir });
    const before = await connect(1, storageOf('client'));
    const { address } = before;
    await before.stop();
    await mixnet.stop();
    await network({ dataDir });
    const after = await connect(1, storageOf('client'));
    expect(after.address).toBe(address);
    await after.send(text('still me'), address);
    expect(await after.receiveText()).toBe('still me');
    expect(mixnet.counters().clients.registered).toBe(1);
  });

  test('of a gateway that has forgotten its clients, a client is told so', async () => {
    const dataDir = join(directory, 'network');
    await network({ dataDir });
    await (await connect(0, storageOf('client'))).stop();
    await mixnet.stop();
    await rm(join(dataDir, 'gateway-1', 'clients.json'));
    await network({ dataDir });
    await expect(connect(0, storageOf('client'))).rejects.toThrow('the client is not registered');
  });
});

test('with Nym’s own defaults, cover traffic and all, messages arrive', async () => {
  await network();
  const client = await connect(0, { clientOverride: {} });
  await client.send(text('hidden among others'), client.address);
  expect(await client.receiveText()).toBe('hidden among others');
  // A real message makes 8 packets on their way between nodes; the rest is cover.
  await until(() => mixnet.counters().packetsIn > 200);
  const { dropped } = mixnet.counters();
  expect(Object.values(dropped).every((count) => count === 0)).toBe(true);
});

test('where one packet in twenty is lost on every way, every message arrives, once', async () => {
  await network({ lossRate: 0.05 });
  const [sender, recipient] = await Promise.all([connect(0), connect(1)]);
  const messages = Array.from({ length: 40 }, (_, i) => `message ${i}`);
  for (const message of messages) await sender.send(text(message), recipient.address);
  const received: string[] = [];
  while (received.length < messages.length) received.push(await recipient.receiveText());
  expect(received.toSorted()).toEqual(messages.toSorted());
  expect(recipient.receivedCount).toBe(0);
  expect(mixnet.counters().dropped.loss).toBeGreaterThan(0);
});

test('where one packet in twenty is lost, a megabyte arrives whole, and so does the answer to it', async () => {
  await network({ lossRate: 0.05 });
  const [asker, answerer] = await Promise.all([connect(0), connect(1)]);
  const question = randomBytes(1_000_000);
  await asker.sendAnonymously(question, answerer.address, 20);
  const received = await answerer.receive();
  expect(question.equals(received.bytes)).toBe(true);
  await answerer.reply(text('got it'), received.tag!);
  expect(await asker.receiveText()).toBe('got it');
  expect(mixnet.counters().dropped.loss).toBeGreaterThan(0);
});

test('a client that finds the nym-api by name finds its gateway by name', async () => {
  await network();
  const { port } = new URL(mixnet.nymApiUrl);
  const client = await connect(0, { nymApiUrl: `http://localhost:${port}/api` });
  await client.send(text('by name'), client.address);
  expect(await client.receiveText()).toBe('by name');
});

test.each([3, 4] as const)(
  'a client that is told protocol version %d does as it says',
  async (gatewayProtocol) => {
    await network({ gatewayProtocol });
    const first = await connect(0, storageOf('client'));
    await first.stop();
    const client = await connect(0, storageOf('client'));
    await client.send(text('as before'), client.address);
    expect(await client.receiveText()).toBe('as before');
  },
);
