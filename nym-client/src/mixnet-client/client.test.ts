import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Starts, type PendingStart } from '../../test/support/mortal-worker.js';
import { ownDirectory } from '../../test/support/own-directory.js';
import { lineLogger } from '../logger.js';
import type { MixnetRequest } from '../mixnet-request.js';
import { MixnetClient, type MixnetClientSettings } from './client.js';
import { activeRegistration } from './identity.js';

/** What happens when the official client dies, at whatever moment. How it lives is tested on a real mixnet, in test/. */
const request: MixnetRequest = { type: 'reply', senderTag: 'tag', message: Uint8Array.of(1) };

const open: { close: () => unknown }[] = [];
let directory: Awaited<ReturnType<typeof ownDirectory>>;
let nymApi: string;

beforeEach(async () => {
  directory = await ownDirectory();
  open.push({ close: directory.remove });
  const server = createServer((_request, response) => response.end('{}')).listen(0, '127.0.0.1');
  open.push(server);
  await once(server, 'listening');
  nymApi = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  for (const part of open.splice(0).reverse()) await part.close();
});

/** A client whose first start waits. */
function begin(options: Partial<MixnetClientSettings> = {}) {
  const log: string[] = [];
  const starts = new Starts();
  const starting = MixnetClient.start({
    nymApis: [nymApi],
    gateway: 'gateway',
    forceTls: false,
    profile: { noCover: true, fastMode: false, extendedPackets: false, ackWaitMs: undefined },
    heartbeat: { intervalMs: 0, timeoutMs: 0, maxMisses: 0 },
    identityFile: join(directory.path, 'identity.json'),
    wasmModule: {},
    logger: lineLogger((line) => log.push(line)),
    received: () => undefined,
    startWorker: starts.start,
    rebuildBackoff: { baseMs: 1, capMs: 1 },
    ...options,
  });
  return { starting, starts, log };
}

/** A client whose first start has succeeded. */
async function startClient(options: Partial<MixnetClientSettings> = {}) {
  const { starting, starts, log } = begin(options);
  const first = await succeedNext(starts);
  const client = await starting;
  open.push(client);
  return { client, first, starts, log };
}

/** The next start, which succeeds. */
async function succeedNext(starts: Starts): Promise<PendingStart> {
  const start = await starts.next.next();
  start.succeed();
  return start;
}

test('an official client that dies is built anew, and what was to be sent meanwhile is sent then', async () => {
  const { client, first, starts, log } = await startClient();
  first.worker.die('a trap');
  const second = await starts.next.next();
  const sent = client.send(request);
  second.succeed();
  await sent;
  expect(second.worker.requests.size).toBe(1);
  expect(log.join('')).toContain('the mixnet client died (a trap); building');
});

test('one that dies while it is taken into use is noticed too', async () => {
  const { client, first, starts } = await startClient();
  first.worker.die('a trap');
  const second = await starts.next.next();
  second.succeed();
  second.worker.die('another trap');
  const third = await succeedNext(starts);
  await client.send(request);
  expect(third.worker.requests.size).toBe(1);
});

test('a registration that is lost before the official client is in use is made again', async () => {
  const { client, first, starts } = await startClient();
  first.worker.die('a trap');
  const second = await starts.next.next();
  expect(activeRegistration(second.worker.settings.identity!)).toBeDefined();
  second.worker.handlers.gateway({ state: 'lost' });
  second.worker.handlers.gateway({ state: 'forgotten' });
  second.succeed();
  const third = await succeedNext(starts);
  expect(activeRegistration(third.worker.settings.identity!)).toBeUndefined();
  await client.send(request);
  expect([second.worker.hasEnded, third.worker.requests.size]).toEqual([true, 1]);
});

test('a client can be closed while it is built anew, and what waits is refused', async () => {
  const { client, first, starts, log } = await startClient();
  first.worker.die('a trap');
  const { signal } = await starts.next.next();
  const sent = client.send(request).catch((error: unknown) => error);
  await client.close();
  expect(signal.aborted).toBe(true);
  expect(await sent).toMatchObject({ code: 'connection-closed' });
  await expect(client.send(request)).rejects.toMatchObject({ code: 'connection-closed' });
  expect(starts.next.size).toBe(0);
  expect(log.join('')).not.toContain('does not start yet');
});

test('what is to be sent waits only so long; later it is refused at once, until the client is up again', async () => {
  const { client, first, starts } = await startClient({ sendPatienceMs: 50 });
  first.worker.die('a trap');
  const second = await starts.next.next();
  await expect(client.send(request)).rejects.toMatchObject({ code: 'connection-failed' });
  await expect(client.send(request)).rejects.toMatchObject({ code: 'connection-failed' });
  second.succeed();
  while (second.worker.requests.size === 0) await client.send(request).catch(() => undefined);
});

test('the signal gives up a start', async () => {
  const controller = new AbortController();
  const { starting, starts } = begin({ signal: controller.signal });
  const failed = starting.catch((error: unknown) => error);
  await starts.next.next();
  controller.abort();
  expect(await failed).toMatchObject({ message: 'given up' });
});

test('the signal leaves a client that has started alone: whoever has it closes it', async () => {
  const controller = new AbortController();
  const { client, first } = await startClient({ signal: controller.signal });
  controller.abort();
  await client.send(request);
  expect(first.worker.requests.size).toBe(1);
});

test('closing waits until what was sent has left', async () => {
  const { client, first } = await startClient();
  await client.send(request);
  const closing = client.close();
  const drained = await first.worker.drains.next();
  expect(first.worker.hasEnded).toBe(false);
  await expect(client.send(request)).rejects.toMatchObject({ code: 'connection-closed' });
  drained();
  await closing;
  expect(first.worker.hasEnded).toBe(true);
});

test('closing waits only so long, and not at all when nothing was sent', async () => {
  const busy = await startClient();
  await busy.client.send(request);
  await busy.client.close();
  expect([busy.first.worker.hasEnded, busy.first.worker.drains.size]).toEqual([true, 1]);
  const idle = await startClient();
  await idle.client.close();
  expect([idle.first.worker.hasEnded, idle.first.worker.drains.size]).toEqual([true, 0]);
});
