import { afterEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkNymApi, waitForPage } from './answers.js';
import { LaunchError } from './launch-error.js';

const LIMITS = { allMs: 200, attemptMs: 100 };
const never = new AbortController().signal;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a page that only ever answers an error ends the waiting, and the error is named', async () => {
  const url = await serve((_, response) => response.writeHead(503).end());
  await expect(waitForPage(url, never, LIMITS)).rejects.toThrow(/it answered 503/);
});

test('a page that takes the question and never answers ends the waiting', async () => {
  const url = await serve(() => undefined);
  await expect(waitForPage(url, never, LIMITS)).rejects.toThrow(LaunchError);
});

test('a page that comes late is waited for', async () => {
  let asked = 0;
  const url = await serve((_, response) => response.writeHead(++asked < 3 ? 503 : 200).end());
  await waitForPage(url, never, { allMs: 10_000, attemptMs: 5000 });
  expect(asked).toBe(3);
});

test('whoever stops the start does not wait for the page', async () => {
  const url = await serve(() => undefined);
  const stop = new AbortController();
  const waiting = waitForPage(url, stop.signal);
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
});

test('an API that answers an error is named with it', async () => {
  const url = await serve((_, response) => response.writeHead(500).end());
  await expect(checkNymApi(`${url}/api/`, never)).rejects.toThrow(/\/api\/ .*it answered 500/);
});
