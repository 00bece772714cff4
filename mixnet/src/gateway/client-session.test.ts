import { once } from 'node:events';
import { createServer } from 'node:http';
import { duplexPair } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { type ClientOptions, WebSocket, WebSocketServer } from 'ws';
import { signingKeyFromSeed } from '../crypto/ed25519.js';
import { systemRandom } from '../crypto/random.js';
import { MAX_ANSWER_BACKLOG_BYTES } from '../limits.js';
import { WorkLoop } from '../work-loop.js';
import { ClientSession, type SessionHost } from './client-session.js';

const host: SessionHost = {
  authenticationMs: 60_000,
  workLoop: new WorkLoop(),
  identity: signingKeyFromSeed(systemRandom(32)),
  protocolVersion: 5,
  clock: () => 0,
  random: systemRandom,
  sharedKey: () => undefined,
  register: () => Promise.resolve(),
  forget: () => Promise.resolve(),
  forward: () => undefined,
  welcome: () => Promise.resolve(),
  leave: () => undefined,
  onViolation: () => undefined,
  onFailure: () => undefined,
};

const cleanUps: (() => unknown)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

/** Both ends of a websocket over a pair of streams, which, unlike sockets, hold next to nothing by themselves. */
async function connect(
  options: ClientOptions = {},
): Promise<{ client: WebSocket; server: WebSocket }> {
  const [near, far] = duplexPair();
  const http = createServer();
  const listener = new WebSocketServer({ server: http });
  const accepted = once(listener, 'connection') as Promise<[WebSocket]>;
  http.emit('connection', far);
  // What it takes for a socket when it opens a connection of its own.
  const socket = Object.assign(near, { setTimeout: () => near, setNoDelay: () => near });
  const client = new WebSocket('ws://gateway/', { ...options, createConnection: () => socket });
  const [[server]] = await Promise.all([accepted, once(client, 'open')]);
  cleanUps.push(() => {
    client.terminate();
    http.close();
  });
  return { client, server };
}

function begin(server: WebSocket): ClientSession {
  const session = new ClientSession(server, host);
  cleanUps.push(() => {
    session.close(1001, 'going away');
  });
  return session;
}

/** A hundred turns in which nothing happens to the number. */
async function settled(read: () => number): Promise<number> {
  let [value, turns] = [read(), 0];
  while (turns < 100) {
    await nextTurn();
    turns = read() === value ? turns + 1 : 0;
    value = read();
  }
  return value;
}

test('a client that asks and asks and never reads is not listened to until it has read its answers', async () => {
  const { client, server } = await connect();
  begin(server);
  const count = 10_000;
  client.pause();
  for (let i = 0; i < count; i++) client.send('{"type":"supportedProtocol"}');
  const backlogBytes = await settled(() => server.bufferedAmount);
  expect(backlogBytes).toBeGreaterThan(0);
  expect(backlogBytes).toBeLessThan(2 * MAX_ANSWER_BACKLOG_BYTES);
  expect(server.isPaused).toBe(true);

  let answers = 0;
  const answered = new Promise<void>((resolve) => {
    client.on('message', () => {
      if (++answers === count) resolve();
    });
  });
  client.resume();
  await answered;
});

/** Time passes, and the client is asked whether it is there. */
async function check(session: ClientSession, server: WebSocket): Promise<void> {
  session.checkAlive();
  await settled(() => server.bufferedAmount);
}

test('a client that answers pings may be silent for as long as it likes', async () => {
  const { client, server } = await connect();
  const session = begin(server);
  let pings = 0;
  client.on('ping', () => (pings += 1));
  for (let i = 0; i < 10; i++) await check(session, server);
  expect(pings).toBe(10);
  expect(client.readyState).toBe(WebSocket.OPEN);
});

test('a client that answers no ping has vanished, but not when it says something', async () => {
  const { client, server } = await connect({ autoPong: false });
  const session = begin(server);
  for (let i = 0; i < 5; i++) {
    await check(session, server);
    await check(session, server);
    client.send('{"type":"supportedProtocol"}');
    await settled(() => server.bufferedAmount);
  }
  await check(session, server);
  await check(session, server);
  expect(client.readyState).toBe(WebSocket.OPEN);
  const closed = once(server, 'close');
  session.checkAlive();
  await closed;
});

test('a client that has much to read is not given up, however long it takes to read it', async () => {
  const { client, server } = await connect();
  const session = begin(server);
  client.pause();
  server.send(new Uint8Array(1_000_000));
  await settled(() => server.bufferedAmount);
  for (let i = 0; i < 10; i++) session.checkAlive();
  const received = once(client, 'message');
  client.resume();
  await received;
});
