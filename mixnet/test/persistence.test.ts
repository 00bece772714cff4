import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { type Mixnet, type MixnetOptions, startMixnet } from '@pastenym/mixnet';
import { GatewayClient } from './support/gateway-client.js';
import { filled, letter, routeTo, sendPacket, until } from './support/routes.js';

jest.setTimeout(20_000);

const CLIENT_ID = 'c1'.repeat(32);
let dataDir = '';
let mixnet: Mixnet | undefined;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'mixnet-data-'));
});
afterEach(async () => {
  await mixnet?.stop();
  mixnet = undefined;
  await rm(dataDir, { recursive: true });
});

async function start(options: MixnetOptions = {}): Promise<Mixnet> {
  mixnet = await startMixnet({ gateways: 2, mixNodesPerLayer: 1, dataDir, ...options });
  return mixnet;
}

/** All that clients remember of a network. */
const facts = ({ nymApiUrl, gateways, mixNodes }: Mixnet): unknown => ({
  nymApiUrl,
  gateways: gateways.map(({ identity, sphinxKey, mixPort, url }) => ({
    identity,
    sphinxKey,
    mixPort,
    url,
  })),
  mixNodes: mixNodes.map(({ identity, sphinxKey, mixPort, layer }) => ({
    identity,
    sphinxKey,
    mixPort,
    layer,
  })),
});

test('a network is the same after a restart: keys, ports, clients and their messages', async () => {
  const before = await start();
  const gateway = before.gateways[1]!;
  const client = new GatewayClient();
  const line = await client.register(gateway.url);
  await line.answer();
  line.close();
  await until(() => before.counters().clients.connected === 0);
  const message = Buffer.from('while you were away');
  const route = routeTo(before, gateway);
  const destination = client.identity.publicKey;
  await sendPacket(before.mixNodes[0]!, letter({ route, destination, message }));
  await until(() => before.counters().storedMessages === 1);
  await before.stop();

  const after = await start();
  expect(facts(after)).toEqual(facts(before));
  expect(after.counters()).toMatchObject({ clients: { registered: 1 }, storedMessages: 1 });
  const back = await client.authenticate(after.gateways[1]!.url);
  const pushed = client.unseal(await back.binary());
  expect(Buffer.from(pushed!).equals(filled(message))).toBe(true);
  expect(await back.answer()).toMatchObject({ type: 'authenticate', status: true });
  await until(() => after.counters().storedMessages === 0);
  back.close();
});

test('without a data directory every network is another one', async () => {
  const first = await startMixnet({ gateways: 1, mixNodesPerLayer: 1 });
  const second = await startMixnet({ gateways: 1, mixNodesPerLayer: 1 });
  expect(second.gateways[0]!.identity).not.toBe(first.gateways[0]!.identity);
  await Promise.all([first.stop(), second.stop()]);
});

test('everything that is kept is for its owner only', async () => {
  const network = await start();
  const line = await new GatewayClient().register(network.gateways[0]!.url);
  await line.answer();
  line.close();
  const files = (await readdir(dataDir, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  const names = files.map(({ name }) => name.replace(/^lock-.*/, 'lock'));
  expect(names.toSorted()).toEqual(['clients.json', 'lock', 'network.json']);
  for (const { parentPath, name } of files) {
    expect((await stat(join(parentPath, name))).mode & 0o777).toBe(0o600);
  }
});

test.each([
  ['network.json', '{"version":1'],
  ['network.json', '{"version":2,"nymApiPort":1,"gateways":[],"layers":{}}'],
  ['gateway-2/clients.json', '[]'],
])('a damaged %s keeps the network from starting and stays as it is', async (name, text) => {
  await (await start()).stop();
  const path = join(dataDir, name);
  await writeFile(path, text);
  await expect(start()).rejects.toMatchObject({ code: 'corrupt-file' });
  await expect(start()).rejects.toThrow(path);
  expect(await readFile(path, 'utf8')).toBe(text);
});

test('a port that somebody else has taken is named, and nothing stays open', async () => {
  const first = await start();
  const otherDir = join(dataDir, 'other');
  await mkdir(otherDir);
  await copyFile(join(dataDir, 'network.json'), join(otherDir, 'network.json'));
  const startOther = (): Promise<unknown> =>
    startMixnet({ dataDir: otherDir, gateways: 2, mixNodesPerLayer: 1 }).catch((e: unknown) => e);
  const error = await startOther();
  expect(error).toMatchObject({ code: 'port-taken' });
  expect(String(error)).toMatch(/port \d+ on 127\.0\.0\.1 \(mix port of gateway 1\)/);
  // The same for a port in the middle: what was opened before it is closed again.
  await first.gateways[0]!.stop();
  expect(String(await startOther())).toContain('gateway 2');
  await first.gateways[0]!.start();
});

test('a second network on the same directory is refused, and does the first no harm', async () => {
  const first = await start();
  const mailbox = join(dataDir, 'gateway-1', 'mailboxes', 'a1'.repeat(32));
  await mkdir(mailbox, { recursive: true });
  // As if the first were just writing it.
  await writeFile(join(mailbox, '1-1.tmp'), 'half a mess');
  const second = startMixnet({ dataDir, gateways: 2, mixNodesPerLayer: 1, portBase: 19_000 });
  await expect(second).rejects.toMatchObject({ code: 'directory-in-use' });
  expect(await readdir(mailbox)).toEqual(['1-1.tmp']);
  await first.stop();
  await start();
  expect(await readdir(dataDir, { recursive: true })).not.toContain('1-1.tmp');
});

test.each<[string, () => Promise<unknown>, string]>([
  [
    'below a file',
    () => rm(dataDir, { recursive: true }).then(() => writeFile(dataDir, '')),
    'sub',
  ],
  [
    'with a file where the messages of a client should be',
    async () => {
      await mkdir(join(dataDir, 'gateway-1', 'mailboxes'), { recursive: true });
      await writeFile(join(dataDir, 'gateway-1', 'mailboxes', CLIENT_ID), '');
    },
    '',
  ],
  [
    'in which nothing can be saved',
    () => mkdir(join(dataDir, 'network.json.tmp'), { recursive: true }),
    '',
  ],
])('a data directory %s is named, and nothing in it', async (_, spoil, below) => {
  await spoil();
  const path = join(dataDir, below);
  const error: unknown = await start({ dataDir: path }).catch((e: unknown) => e);
  expect(error).toMatchObject({ name: 'MixnetError', code: 'unavailable' });
  expect(String(error)).toContain(path);
  expect(inspect(error)).not.toContain(CLIENT_ID);
});

test('a registration that cannot be saved is refused, is not one, and the log names nobody', async () => {
  const logged: unknown[] = [];
  const note = (...args: unknown[]): void => {
    logged.push(args);
  };
  const network = await start({ logger: { info: note, warn: note, error: note } });
  await rm(join(dataDir, 'gateway-1'), { recursive: true });
  const client = new GatewayClient();
  const line = await client.register(network.gateways[0]!.url);
  // The handshake itself has not been confirmed: what was read last is the error.
  expect((await line.next()).closed).toBe(1011);
  expect(network.counters().clients.registered).toBe(0);
  const text = JSON.stringify(logged);
  expect(text).toContain('ENOENT');
  expect(text).not.toContain(Buffer.from(client.identity.publicKey).toString('hex'));
  expect(text).not.toContain(dataDir);
});
