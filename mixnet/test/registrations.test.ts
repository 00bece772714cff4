import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { GatewayClient, type Line } from './support/gateway-client.js';
import { type LonelyGateway, startLonelyGateway } from './support/lonely-gateway.js';
import { until } from './support/routes.js';

jest.setTimeout(20_000);

const MAX_CLIENTS = 3;
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
