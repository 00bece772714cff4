import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { GatewayClient, type Line } from './support/gateway-client.js';
import { type LonelyGateway, startLonelyGateway } from './support/lonely-gateway.js';
import { filled, letter, sendPacket, until } from './support/routes.js';

jest.setTimeout(20_000);

const MAX_CLIENTS = 3;
const hello = Buffer.from('hello');
const cleanUps: (() => unknown)[] = [];
let directory = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mixnet-registrations-'));
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
  await rm(directory, { recursive: true });
});

async function start(): Promise<LonelyGateway> {
  const started = await startLonelyGateway({ maxClients: MAX_CLIENTS }, directory);
  cleanUps.push(() => started.gateway.stop());
  return started;
}

async function stay({ url }: LonelyGateway, client: GatewayClient): Promise<Line> {
  const line = await client.register(url);
  expect(await line.answer()).toMatchObject({ type: 'register', status: true });
  return line;
}

/** Somebody who opens a page and closes it. */
async function comeAndGo(at: LonelyGateway): Promise<GatewayClient> {
  const client = new GatewayClient();
  const before = at.gateway.connectedClients;
  (await stay(at, client)).close();
  await until(() => at.gateway.connectedClients === before);
  return client;
}

async function isKnown({ url }: LonelyGateway, client: GatewayClient): Promise<boolean> {
  const line = await client.authenticate(url);
  const { type } = await line.answer();
  line.close();
  return type === 'authenticate';
}

test('a service that was connected all the time does not make way for pages that came and went', async () => {
  const at = await start();
  const service = new GatewayClient();
  const line = await stay(at, service);
  for (let i = 0; i < 2 * MAX_CLIENTS; i++) await comeAndGo(at);
  line.close();
  await until(() => at.gateway.connectedClients === 0);
  await comeAndGo(at);
  expect(await isKnown(at, service)).toBe(true);
});

test.each([
  ['stopped', (before: LonelyGateway) => before.gateway.stop()],
  ['killed', () => Promise.resolve()],
])('a gateway that was %s knows afterwards who had been there last', async (_, end) => {
  const before = await start();
  const service = new GatewayClient();
  const line = await stay(before, service);
  for (let i = 0; i < MAX_CLIENTS; i++) await comeAndGo(before);
  await end(before);
  const after = await start();
  await comeAndGo(after);
  await comeAndGo(after);
  expect(await isKnown(after, service)).toBe(true);
  line.close();
});

test('a gateway has not stopped before what it was about to do is done', async () => {
  const at = await start();
  const client = await comeAndGo(at);
  const { publicKey } = client.identity;
  await sendPacket(at, letter({ route: [at.hop], destination: publicKey, message: hello }));
  await until(() => at.gateway.storedMessages === 1);
  const mailbox = join(directory, 'mailboxes', Buffer.from(publicKey).toString('hex'));
  const [name] = await readdir(mailbox);
  const path = join(mailbox, name!);
  // Whoever reads from a pipe waits for somebody who writes into it.
  await rm(path);
  await promisify(execFile)('mkfifo', [path]);
  const line = await client.authenticate(at.url);
  await until(() => at.gateway.connectedClients === 1);
  const clientsFile = join(directory, 'clients.json');
  await rm(clientsFile);
  let hasStopped = false;
  const stopping = at.gateway.stop().then(() => (hasStopped = true));
  expect((await line.next()).closed).toBe(1001);
  // The order of its clients is saved meanwhile.
  await until(() => existsSync(clientsFile));
  for (let turn = 0; turn < 100; turn++) await nextTurn();
  expect(hasStopped).toBe(false);
  await writeFile(path, filled(hello));
  await stopping;
  // It was too late to be taken, so it is still there.
  expect(await readdir(mailbox)).toEqual([name]);
});
