import { afterEach, expect, test } from '@jest/globals';
import { EXAMPLE_ADDRESS_TEXT } from '../../test/support/arbitraries.js';
import { RawSocket } from '../../test/support/raw-socket.js';
import { SlowMixnet } from '../../test/support/slow-mixnet.js';
import { lineLogger } from '../logger.js';
import { decodeBinaryResponse, encodeBinaryRequest } from '../protocol/binary.js';
import { Mailbox } from './mailbox.js';
import { assertCanListen, WebsocketServer } from './server.js';

/** What depends on a slow mixnet. All else is tested on a real one, in test/. */
const open: { close: () => Promise<unknown> }[] = [];
afterEach(async () => {
  for (const part of open.splice(0).reverse()) await part.close();
});

async function start(
  options: { startsInTextMode?: boolean; maxItems?: number; port?: number } = {},
) {
  const log: string[] = [];
  const logger = lineLogger((line) => log.push(line), 'debug');
  const mixnet = new SlowMixnet();
  const limits = { maxItems: options.maxItems ?? 1000, maxBytes: 64 * 1024 * 1024 };
  const server = await WebsocketServer.listen({
    host: '127.0.0.1',
    port: options.port ?? 0,
    mixnet,
    mailbox: new Mailbox(limits, logger),
    logger,
    startsInTextMode: options.startsInTextMode ?? false,
  });
  open.push(server);
  const connect = async () => {
    const socket = await RawSocket.open(`ws://${server.address}`);
    open.push(socket);
    return socket;
  };
  const deliver = (text: string) => {
    const message = new TextEncoder().encode(text);
    server.deliver({ type: 'received', message, senderTag: undefined });
  };
  return { server, mixnet, log, connect, deliver };
}

const text = ({ bytes }: { bytes: Buffer }) => {
  const response = decodeBinaryResponse(bytes);
  return 'message' in response ? Buffer.from(response.message).toString() : response.type;
};

const reply = (message: string, connectionId?: number) =>
  JSON.stringify({ type: 'reply', senderTag: '6CzGHguLGCk1f416kwDZB7', message, connectionId });

test('mail waits in order, and beyond its limit the oldest is forgotten, which is told once', async () => {
  const { deliver, connect, log } = await start({ maxItems: 3 });
  for (const word of ['a', 'b', 'c', 'd', 'e']) deliver(word);
  const socket = await connect();
  expect((await socket.frames.take(3)).map(text)).toEqual(['c', 'd', 'e']);
  expect(log.filter((line) => line.includes('mailbox is full'))).toHaveLength(1);
});

test('in text mode mail is pushed as text before the first frame', async () => {
  const { deliver, connect } = await start({ startsInTextMode: true });
  deliver('hello');
  const socket = await connect();
  expect((await socket.frames.next()).text).toBe(
    '{"type":"received","message":"hello","senderTag":null}',
  );
});

test('requests go to the mixnet one after the other, and the answer waits for its own', async () => {
  const { mixnet, connect } = await start();
  const socket = await connect();
  socket.socket.send(reply('first', 1));
  socket.socket.send(reply('second', 2));
  const first = await mixnet.requests.next();
  await new Promise(setImmediate);
  expect([mixnet.requests.size, socket.frames.size]).toEqual([0, 0]);
  first.settle();
  expect((await socket.frames.next()).text).toContain('"lane":1');
  const second = await mixnet.requests.next();
  expect(second.request).toMatchObject({ message: new TextEncoder().encode('second') });
  second.settle();
  expect((await socket.frames.next()).text).toContain('"lane":2');
});

test('mail comes in even while a request is stuck', async () => {
  const { mixnet, connect, deliver } = await start();
  const socket = await connect();
  socket.socket.send(encodeBinaryRequest({ type: 'selfAddress' }));
  await socket.frames.next();
  socket.socket.send(reply('stuck'));
  const stuck = await mixnet.requests.next();
  deliver('mail');
  expect((await socket.frames.next()).text).toContain('mail');
  stuck.settle();
});

test('what the mixnet refuses is a line in the log that names nobody, and no more', async () => {
  const { mixnet, connect, log } = await start();
  const socket = await connect();
  socket.socket.send(reply('x'));
  (await mixnet.requests.next()).settle(new Error('6CzGHguLGCk1f416kwDZB7 is no tag'));
  expect(await socket.text('{"type":"selfAddress"}')).toContain(EXAMPLE_ADDRESS_TEXT);
  expect(log.join('')).toMatch(/ WARN failed to send a message - the mixnet client refused it\n/);
});

test('an application that sends faster than the mixnet takes is not read from, and nothing is lost', async () => {
  const { mixnet, connect } = await start();
  const socket = await connect();
  const large = encodeBinaryRequest({
    type: 'reply',
    senderTag: new Uint8Array(16),
    message: new Uint8Array(100_000),
  });
  for (let i = 0; i < 500; i++) socket.socket.send(large);
  const stuck = await mixnet.requests.next();
  // 50 MB do not fit into the buffers of two sockets: what the server does not read stays here.
  expect(socket.socket.bufferedAmount).toBeGreaterThan(10_000_000);
  stuck.settle();
  for (let i = 1; i < 500; i++) (await mixnet.requests.next()).settle();
  expect(socket.socket.bufferedAmount).toBe(0);
});

test('an application that does not read fills the mailbox, not the memory', async () => {
  const { connect, deliver, log } = await start({ maxItems: 10 });
  const socket = await connect();
  socket.socket.pause();
  for (let i = 0; i < 100; i++) deliver('x'.repeat(1_000_000));
  expect(log.join('')).toContain('mailbox is full');
  socket.socket.resume();
  await socket.frames.take(10);
});

test('two cannot listen at one port, and the second is told which', async () => {
  const { server } = await start();
  const complaint = `Failed to bind to 127.0.0.1:${server.port} - `;
  await expect(start({ port: server.port })).rejects.toThrow(complaint);
  await expect(assertCanListen('127.0.0.1', server.port)).rejects.toThrow(complaint);
});

test('stopping says goodbye to the application', async () => {
  const { server, connect } = await start();
  const socket = await connect();
  await server.close();
  expect(await socket.closed).toBe(1001);
});
