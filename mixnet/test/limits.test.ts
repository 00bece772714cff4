import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, expect, jest, test } from '@jest/globals';
import type { WebSocket } from 'ws';
import { systemClock } from '../src/clock.js';
import { WebSocketListener } from '../src/gateway/websocket-listener.js';
import { LinkListener } from '../src/link/listener.js';
import { NymApiServer } from '../src/nym-api/server.js';
import { WorkLoop } from '../src/work-loop.js';
import { Line } from './support/gateway-client.js';
import { closed, link } from './support/routes.js';

jest.setTimeout(20_000);

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

test('a mix port takes no more connections than it has room for', async () => {
  const events = { onFrame: () => undefined, onBadFrame: () => undefined };
  const listener = new LinkListener(new WorkLoop(), events, { maxConnections: 2 });
  const mixPort = await listener.start(0, 'test');
  cleanUps.push(() => listener.stop());
  const kept = [await link({ mixPort }), await link({ mixPort })];
  const surplus = await link({ mixPort });
  surplus.resume();
  await closed(surplus);
  expect(kept.map((socket) => socket.readyState)).toEqual(['open', 'open']);
  for (const socket of kept) socket.destroy();
});

test('a gateway takes no more websockets than it has room for', async () => {
  const sockets: WebSocket[] = [];
  const listener = new WebSocketListener((socket) => sockets.push(socket), { maxConnections: 2 });
  const port = await listener.start('127.0.0.1', 0, 'test');
  cleanUps.push(() => {
    for (const socket of sockets) socket.terminate();
    return listener.stop();
  });
  const url = `ws://127.0.0.1:${port}/`;
  const kept = [await new Line(url).open(), await new Line(url).open()];
  const surplus = new Line(url);
  expect((await surplus.next()).closed).toBe(1006);
  expect(kept.map(({ socket }) => socket.readyState)).toEqual([1, 1]);
});

const REQUEST_MS = 60;

async function begin(port: number, text: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(text);
  socket.resume();
  return socket;
}

test.each([
  ['says nothing', ''],
  ['stops in the middle of its request', 'GET / HTTP/1.1\r\nhost: mix'],
  [
    'does not send what it announced',
    'POST / HTTP/1.1\r\nhost: mixnet\r\ncontent-length: 9\r\n\r\nx',
  ],
])('who %s is cut off, by the nym-api and by gateways', async (_, text) => {
  const api = new NymApiServer({ gateways: [], mixNodes: [] }, systemClock, REQUEST_MS);
  const gateway = new WebSocketListener(() => undefined, { requestMs: REQUEST_MS });
  cleanUps.push(
    () => api.stop(),
    () => gateway.stop(),
  );
  const ports = [await api.start('127.0.0.1', 0), await gateway.start('127.0.0.1', 0, 'test')];
  for (const port of ports) await closed(await begin(port, text));
});
