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
  open.push({ close: () => application.socket.terminate() });
  const [socket] = await accepted;
  const mixnet = new SlowMixnet();
  const mailbox = new Mailbox({ maxItems: 10, maxBytes: 1000 }, silentLogger);
  const settings = { mixnet, mailbox, logger: silentLogger, startsInTextMode: false };
  const session = new Session(socket, settings);
  const counted = { framesRead: 0 };
  socket.on('message', () => counted.framesRead++);
  return { application, session, mixnet, counted };
}

const smallReply = encodeBinaryRequest({
  type: 'reply',
  senderTag: new Uint8Array(16),
  message: new Uint8Array(17),
});

test('small requests do not pile up either: no more wait than the limit, and what one read brings', async () => {
  const { application, mixnet, counted } = await start();
  expect(smallReply).toHaveLength(50);
  for (let i = 0; i < 20_000; i++) application.socket.send(smallReply);
  const most = MAX_PENDING_REQUESTS + READ_BYTES / smallReply.length;
  for (let handled = 1; handled <= 5000; handled++) {
    const { settle } = await mixnet.requests.next();
    // Time for the socket, so that it could bring more.
    if (handled % 10 === 0) await new Promise(setImmediate);
    expect(counted.framesRead - handled).toBeLessThan(most);
    settle();
  }
});
