import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EXAMPLE_ADDRESS_TEXT } from '../../test/support/arbitraries.js';
import { push, ScriptedNymClient, type Script } from '../../test/support/scripted-nym-client.js';
import { Waiting } from '../../test/support/waiting.js';
import {
  connectNymClient,
  type ConnectOptions,
  type NymConnection,
  type NymConnectionEvents,
} from './connection.js';

const TAG_TEXT = '6CzGHguLGCk1f416kwDZB7';
const tag = new Uint8Array(16).fill(0x2a);
const quick = { backoff: { baseMs: 5, capMs: 50 } };
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (message: Uint8Array) => new TextDecoder().decode(message);

const open: { stop: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const part of open.splice(0).reverse()) await part.stop();
});

async function start(script?: Script): Promise<ScriptedNymClient> {
  const client = await ScriptedNymClient.start(script);
  open.push(client);
  return client;
}

async function connect(url: string, options: ConnectOptions = {}): Promise<NymConnection> {
  const connection = await connectNymClient(url, { ...quick, ...options });
  open.push({ stop: () => connection.close() });
  return connection;
}

/** The events of one kind, as they come. */
function events<K extends keyof NymConnectionEvents>(connection: NymConnection, event: K) {
  const waiting = new Waiting<NymConnectionEvents[K]>();
  connection.on(event, waiting.push);
  return waiting;
}

describe.each(['binary', 'json'] as const)('over the %s API', (api) => {
  test('a connection knows the address of its nym-client', async () => {
    const client = await start();
    const connection = await connect(client.url, { api });
    expect(connection.selfAddress).toBe(EXAMPLE_ADDRESS_TEXT);
    expect(connection.state).toBe('connected');
  });

  test('the three ways to send arrive as they were asked for', async () => {
    const client = await start();
    const connection = await connect(client.url, { api });
    await connection.send(EXAMPLE_ADDRESS_TEXT, 'plain é');
    await connection.sendAnonymous(EXAMPLE_ADDRESS_TEXT, bytes('anonymous'), 20);
    await connection.reply(TAG_TEXT, 'answer');
    const requests = await client.requests.take(3);
    expect(requests.map(({ isBinary }) => isBinary)).toEqual(Array(3).fill(api === 'binary'));
    expect(requests.map(({ request }) => request)).toEqual([
      expect.objectContaining({ type: 'send', message: bytes('plain é') }),
      expect.objectContaining({
        type: 'sendAnonymous',
        message: bytes('anonymous'),
        replySurbs: 20,
      }),
      expect.objectContaining({ type: 'reply', senderTag: tag, message: bytes('answer') }),
    ]);
  });

  test('mail is understood in both forms, whatever was asked', async () => {
    const client = await start();
    const connection = await connect(client.url, { api });
    const messages = events(connection, 'message');
    const socket = await client.connections.next();
    for (const isBinary of [true, false, true]) {
      push(socket, { type: 'received', message: bytes('hi'), senderTag: tag }, isBinary);
      push(socket, { type: 'received', message: bytes('ho'), senderTag: undefined }, isBinary);
    }
    const pair = [
      { message: bytes('hi'), senderTag: TAG_TEXT },
      { message: bytes('ho'), senderTag: undefined },
    ];
    expect(await messages.take(6)).toEqual([...pair, ...pair, ...pair]);
  });

  test('mail pushed before the first answer waits for the first listener', async () => {
    const client = await start({
      greet(socket) {
        for (const word of ['one', 'two']) {
          push(socket, { type: 'received', message: bytes(word), senderTag: undefined }, true);
        }
      },
    });
    const connection = await connect(client.url, { api });
    const messages = events(connection, 'message');
    const [one, two] = await messages.take(2);
    expect([text(one!.message), text(two!.message)]).toEqual(['one', 'two']);
  });
});

test('the binary API carries any bytes, the JSON API refuses what is not text', async () => {
  const client = await start();
  const payload = new Uint8Array(randomBytes(1000));
  const binary = await connect(client.url);
  await binary.reply(TAG_TEXT, payload);
  expect((await client.requests.next()).request).toHaveProperty('message', payload);
  const json = await connect(client.url, { api: 'json' });
  await expect(json.reply(TAG_TEXT, payload)).rejects.toMatchObject({ code: 'bad-message' });
});

test('connecting waits for a nym-client that is not there yet', async () => {
  const gone = await ScriptedNymClient.start();
  const { port, url } = gone;
  await gone.stop();
  const connecting = connect(url);
  await start({ port });
  expect((await connecting).selfAddress).toBe(EXAMPLE_ADDRESS_TEXT);
});

test('each try that fails is told, with its cause: of the first connection by an option, later by an event', async () => {
  const gone = await ScriptedNymClient.start();
  const { port, url } = gone;
  await gone.stop();
  const first = new Waiting<NymConnectionEvents['retrying']>();
  const connecting = connect(url, { onRetrying: first.push });
  const refused = expect.objectContaining({
    code: 'connection-failed',
    cause: expect.objectContaining({ code: 'ECONNREFUSED' }),
  });
  const told = [
    { attempt: 1, error: refused },
    { attempt: 2, error: refused },
  ];
  expect(await first.take(2)).toEqual(told);
  const client = await start({ port });
  const retrying = events(await connecting, 'retrying');
  await client.stop();
  expect(await retrying.take(2)).toEqual(told);
});

test('a time-out tells what the last try failed from', async () => {
  const gone = await ScriptedNymClient.start();
  const { url } = gone;
  await gone.stop();
  await expect(connectNymClient(url, { ...quick, connectTimeoutMs: 100 })).rejects.toMatchObject({
    code: 'timed-out',
    cause: { code: 'connection-failed', cause: { code: 'ECONNREFUSED' } },
  });
});

test('connecting outlasts a nym-client that is taken and hangs up', async () => {
  const client = await start({ refuse: 3 });
  await connect(client.url);
  expect(client.refused).toBe(3);
});

test('connecting gives up after its time-out', async () => {
  const client = await start({ mute: true });
  await expect(connectNymClient(client.url, { connectTimeoutMs: 50 })).rejects.toMatchObject({
    code: 'timed-out',
  });
});

test('connecting gives up when it is aborted, before or while it tries', async () => {
  const client = await start({ mute: true });
  const controller = new AbortController();
  const connecting = connectNymClient(client.url, { signal: controller.signal });
  await client.connections.next();
  controller.abort();
  await expect(connecting).rejects.toMatchObject({ code: 'connection-failed' });
  await expect(connectNymClient(client.url, { signal: controller.signal })).rejects.toMatchObject({
    code: 'connection-failed',
  });
});

test.each(['http://127.0.0.1:1977', 'nonsense', ''])(
  '%p is no place to connect to',
  async (url) => {
    await expect(connectNymClient(url)).rejects.toMatchObject({ code: 'connection-failed' });
  },
);

test('a signal that is aborted later closes the connection', async () => {
  const client = await start();
  const controller = new AbortController();
  const connection = await connect(client.url, { signal: controller.signal });
  const disconnected = events(connection, 'disconnected');
  controller.abort();
  expect(await disconnected.next()).toEqual({ willReconnect: false });
  expect(connection.state).toBe('closed');
});

test('a lost connection comes back, and what was sent meanwhile arrives in order', async () => {
  const client = await start();
  const connection = await connect(client.url);
  const disconnected = events(connection, 'disconnected');
  const connected = events(connection, 'connected');
  client.hangUp();
  expect(await disconnected.next()).toEqual({ willReconnect: true });
  expect(connection.state).toBe('reconnecting');
  const words = Array.from({ length: 50 }, (_, i) => `message ${i}`);
  const sent = Promise.all(words.map((word) => connection.reply(TAG_TEXT, word)));
  expect(await connected.next()).toEqual({ selfAddress: EXAMPLE_ADDRESS_TEXT });
  await sent;
  const requests = await client.requests.take(words.length);
  expect(requests.map(({ request }) => 'message' in request && text(request.message))).toEqual(
    words,
  );
});

test('a nym-client that is silent to pings is left and dialled again', async () => {
  const client = await start({ autoPong: false });
  const connection = await connect(client.url, { heartbeatIntervalMs: 20, heartbeatTimeoutMs: 20 });
  const connected = events(connection, 'connected');
  await connected.next();
  expect(connection.selfAddress).toBe(EXAMPLE_ADDRESS_TEXT);
});

test('silence is noticed also when the time-out is longer than the time between pings', async () => {
  const client = await start({ autoPong: false });
  const connection = await connect(client.url, { heartbeatIntervalMs: 10, heartbeatTimeoutMs: 50 });
  await events(connection, 'disconnected').next();
  expect(connection.selfAddress).toBe(EXAMPLE_ADDRESS_TEXT);
});

test('a nym-client that answers pings is kept', async () => {
  const client = await start();
  const connection = await connect(client.url, {
    heartbeatIntervalMs: 5,
    heartbeatTimeoutMs: 1000,
  });
  const socket = await client.connections.next();
  const pings = new Waiting<Buffer>();
  socket.on('ping', pings.push);
  await pings.take(5);
  expect(connection.state).toBe('connected');
  expect(client.connections.size).toBe(0);
});

test('when the queue is full a further message is refused, and the others still arrive', async () => {
  const client = await start();
  const connection = await connect(client.url, { maxQueuedMessages: 2 });
  const disconnected = events(connection, 'disconnected');
  client.hangUp();
  await disconnected.next();
  const sent = [connection.reply(TAG_TEXT, 'a'), connection.reply(TAG_TEXT, 'b')];
  await expect(connection.reply(TAG_TEXT, 'c')).rejects.toMatchObject({ code: 'queue-full' });
  await Promise.all(sent);
  expect(await client.requests.take(2)).toHaveLength(2);
});

test('the queue is bounded in bytes too', async () => {
  const client = await start();
  const connection = await connect(client.url, { maxQueuedBytes: 1000 });
  await expect(connection.reply(TAG_TEXT, 'x'.repeat(1000))).rejects.toMatchObject({
    code: 'queue-full',
  });
  await connection.reply(TAG_TEXT, 'x'.repeat(500));
});

test.each<[string, (connection: NymConnection) => Promise<void>, string]>([
  ['a recipient that is no address', (c) => c.send('somebody', 'x'), 'bad-address'],
  ['a tag that is no tag', (c) => c.reply('0', 'x'), 'bad-address'],
  ['half a reply block', (c) => c.sendAnonymous(EXAMPLE_ADDRESS_TEXT, 'x', 0.5), 'bad-message'],
  [
    'a message larger than a frame may be',
    (c) => c.reply(TAG_TEXT, new Uint8Array(16 * 1024 * 1024)),
    'message-too-large',
  ],
])('%s is refused', async (_, act, code) => {
  const client = await start();
  const connection = await connect(client.url);
  await expect(act(connection)).rejects.toMatchObject({ code });
  expect(client.requests.size).toBe(0);
});

test('a complaint of the nym-client is an error event, not the end', async () => {
  const client = await start();
  const connection = await connect(client.url);
  const errors = events(connection, 'error');
  const socket = await client.connections.next();
  push(socket, { type: 'error', kind: 'malformedRequest', message: 'no such thing' }, false);
  expect(await errors.next()).toMatchObject({
    code: 'bad-message',
    message: expect.stringContaining('no such thing'),
  });
  expect(connection.state).toBe('connected');
});

test('whatever a nym-client pushes, the connection stays and reads on', async () => {
  const client = await start();
  const connection = await connect(client.url);
  const errors = events(connection, 'error');
  const messages = events(connection, 'message');
  const socket = await client.connections.next();
  const junk = fc.sample(fc.oneof(fc.uint8Array(), fc.string({ unit: 'binary' })), 200);
  for (const frame of junk) socket.send(frame);
  push(socket, { type: 'received', message: bytes('still here'), senderTag: undefined }, true);
  expect(text((await messages.next()).message)).toBe('still here');
  expect(errors.size).toBeGreaterThan(0);
}, 20_000);

test('a listener that throws, now or later, is reported and hurts nobody else', async () => {
  const client = await start();
  const connection = await connect(client.url);
  const errors = events(connection, 'error');
  connection.on('message', () => {
    throw new Error('thrown');
  });
  connection.on('message', async () => {
    await Promise.reject(new Error('rejected'));
  });
  const messages = events(connection, 'message');
  const socket = await client.connections.next();
  push(socket, { type: 'received', message: bytes('a'), senderTag: undefined }, true);
  await messages.next();
  const [first, second] = await errors.take(2);
  expect([first!.message, second!.message]).toEqual(['thrown', 'rejected']);
  expect(connection.state).toBe('connected');
});

test('mail that nobody listens for is kept up to a limit, then the oldest is dropped and reported', async () => {
  const client = await start();
  const connection = await connect(client.url);
  const errors = events(connection, 'error');
  const socket = await client.connections.next();
  for (let i = 0; i < 1002; i++) {
    push(socket, { type: 'received', message: bytes(`${i}`), senderTag: undefined }, true);
  }
  await errors.take(2);
  const messages = events(connection, 'message');
  const kept = await messages.take(1000);
  expect([text(kept[0]!.message), text(kept.at(-1)!.message)]).toEqual(['2', '1001']);
});

test('closing sends what is queued first', async () => {
  const client = await start();
  const connection = await connect(client.url);
  const disconnected = events(connection, 'disconnected');
  client.hangUp();
  await disconnected.next();
  const sent = connection.reply(TAG_TEXT, 'last words');
  await connection.close();
  await sent;
  expect((await client.requests.next()).request).toHaveProperty('message', bytes('last words'));
});

test('after closing nothing is sent and nothing reconnects', async () => {
  const client = await start();
  const connection = await connect(client.url);
  const socket = await client.connections.next();
  const closed = new Waiting<number>();
  socket.on('close', closed.push);
  await connection.close();
  expect(await closed.next()).toBe(1000);
  await expect(connection.reply(TAG_TEXT, 'x')).rejects.toMatchObject({
    code: 'connection-closed',
  });
  await connection.close();
  expect(client.connections.size).toBe(0);
});

test('what cannot be sent any more when closing is refused, not forgotten', async () => {
  const client = await start();
  const connection = await connect(client.url, {
    backoff: { baseMs: 60_000, capMs: 60_000 },
    random: () => 0.9,
  });
  const disconnected = events(connection, 'disconnected');
  client.hangUp();
  await disconnected.next();
  const sent = connection.reply(TAG_TEXT, 'too late').catch((error: unknown) => error);
  await connection.close();
  expect(await sent).toMatchObject({ code: 'connection-closed' });
}, 10_000);
