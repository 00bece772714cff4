import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { WebSocketServer, type WebSocket } from 'ws';
import { RawSocket } from '../../test/support/raw-socket.js';
import { SlowMixnet } from '../../test/support/slow-mixnet.js';
import { silentLogger } from '../logger.js';
import { encodeBinaryRequest } from '../protocol/binary.js';
import { MAX_PENDING_REQUESTS } from './limits.js';
import { Mailbox } from './mailbox.js';
import { Session } from './session.js';

/** What Node reads of a socket at once, and what ws then hands over in one go. */
const READ_BYTES = 64 * 1024;

const open: { close: () => unknown }[] = [];
afterEach(async () => {
  for (const part of open.splice(0).reverse()) await part.close();
});

/** An application and its session, and the number of frames that the session was given. */
async function start() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  open.push(server);
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[WebSocket]>;
  const application = await RawSocket.open(
    `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
  );
  open.push({
    close: () => {
      application.socket.terminate();
    },
  });
  const [socket] = await accepted;
  const mixnet = new SlowMixnet();
  const mailbox = new Mailbox({ maxItems: 10, maxBytes: 1000 }, silentLogger);
  const settings = { mixnet, mailbox, logger: silentLogger, startsInTextMode: false };
  const session = new Session(socket, settings);
  const counted = { framesRead: 0 };
  socket.on('message', () => counted.framesRead++);
  return { application, session, mixnet, counted };
}

test('stopping waits for the requests that were accepted, takes no more, and says goodbye after the answers', async () => {
  const { application, session, mixnet } = await start();
  const reply = (lane: number) =>
    `{"type":"reply","senderTag":"6CzGHguLGCk1f416kwDZB7","message":"","connectionId":${lane}}`;
  application.socket.send(reply(1));
  application.socket.send(reply(2));
  const first = await mixnet.requests.next();
  const closing = session.close();
  application.socket.send(reply(3));
  first.settle();
  (await mixnet.requests.next()).settle();
  await closing;
  expect(await application.closed).toBe(1001);
  const answers = await application.frames.take(2);
  expect(answers.map(({ text }) => /"lane":(.)/.exec(text!)![1])).toEqual(['1', '2']);
  expect([application.frames.size, mixnet.requests.size]).toEqual([0, 0]);
});

test('stopping does not wait for ever for a mixnet that takes nothing', async () => {
  const { application, session, mixnet } = await start();
  for (let i = 0; i < 2000; i++) application.socket.send(smallReply);
  await mixnet.requests.next();
  await session.close();
  expect(await application.closed).toBe(1001);
});

const smallReply = encodeBinaryRequest({
  type: 'reply',
  senderTag: new Uint8Array(16),
  message: new Uint8Array(17),
});

test('small requests do not pile up either: no more wait than the limit, and what one read brings', async () => {
  const { application, mixnet, counted } = await start();
  expect(smallReply).toHaveLength(50);
  for (let i = 0; i < 10_000; i++) application.socket.send(smallReply);
  const most = MAX_PENDING_REQUESTS + READ_BYTES / smallReply.length;
  for (let handled = 1; handled <= 3000; handled++) {
    const { settle } = await mixnet.requests.next();
    // Time for the socket, so that it could bring more.
    if (handled % 10 === 0) await new Promise(setImmediate);
    expect(counted.framesRead - handled).toBeLessThan(most);
    settle();
  }
});
