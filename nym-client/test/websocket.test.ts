import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startMixnet, type Mixnet } from '@pastenym/mixnet';
import { parseNymAddress } from '@pastenym/shared/nym-address';
import { connectNymClient, type NymConnection } from '../src/connection/connection.js';
import { decodeBinaryResponse, encodeBinaryRequest } from '../src/protocol/binary.js';
import { build, NymClientProcess } from './support/nym-client-process.js';
import { ownDirectory } from './support/own-directory.js';
import { RawSocket } from './support/raw-socket.js';
import { Waiting } from './support/waiting.js';

/**
 * The websocket of a real nym-client on a real mixnet, with a second nym-client as correspondent. What the texts of the
 * errors are is the business of src/protocol; here they come through the socket.
 */
let mixnet: Mixnet;
let directory: Awaited<ReturnType<typeof ownDirectory>>;
let nymClient: NymClientProcess;
let correspondent: NymConnection;
let url: string;
let address: string;

beforeAll(async () => {
  await build();
  directory = await ownDirectory();
  mixnet = await startMixnet({ gateways: 2, mixNodesPerLayer: 1 });
  const args = ['--data', directory.path, '--nym-apis', mixnet.nymApiUrl];
  const profile = ['--port', '0', '--no-cover', '--extended-packets'];
  const env = { NYM_CLIENT_LOG: 'debug' };
  nymClient = NymClientProcess.start(['run', '--init', '--id', 'tested', ...args, ...profile], env);
  ({ url, address } = await nymClient.ready());
  const other = NymClientProcess.start(['run', '--init', '--id', 'other', ...args, ...profile]);
  correspondent = await connectNymClient((await other.ready()).url);
}, 60_000);

afterAll(async () => {
  await correspondent.close();
  await NymClientProcess.stopAll();
  await mixnet.stop();
  await directory.remove();
});

async function withSocket(act: (socket: RawSocket) => Promise<void>): Promise<void> {
  const socket = await RawSocket.open(url);
  try {
    await act(socket);
  } finally {
    await socket.close();
  }
}

const error = (message: string) =>
  JSON.stringify({ type: 'error', message: `malformed request:${message}` });

test('the address is told in both forms', async () => {
  await withSocket(async (socket) => {
    expect(await socket.text('{"type":"selfAddress"}')).toBe(
      `{"type":"selfAddress","address":"${address}"}`,
    );
    const { bytes, text } = await socket.ask(encodeBinaryRequest({ type: 'selfAddress' }));
    expect(text).toBeUndefined();
    expect(decodeBinaryResponse(bytes)).toEqual({
      type: 'selfAddress',
      address: parseNymAddress(address),
    });
  });
});

test('a request that cannot be understood is answered in its own form, and the connection goes on', async () => {
  await withSocket(async (socket) => {
    expect(await socket.text('')).toBe(error('EOF while parsing a value at line 1 column 0'));
    expect(await socket.text('{"type":"send","message":"x"}')).toBe(
      error('missing field `recipient`'),
    );
    expect(await socket.text('{"type":"reply","senderTag":"0","message":"x"}')).toBe(
      error(
        "Failed to decode the base58-encoded string - provided string contained invalid character '0' at byte 0",
      ),
    );
    const { bytes } = await socket.ask(Uint8Array.of(9));
    expect(decodeBinaryResponse(bytes)).toEqual({
      type: 'error',
      kind: 'unknownRequest',
      message: '9 does not correspond to any valid request tag',
    });
    expect(await socket.text('{"type":"selfAddress"}')).toContain(address);
  });
});

test('a request with a connectionId is answered with a queue length, one without is not answered', async () => {
  await withSocket(async (socket) => {
    socket.socket.send(JSON.stringify({ type: 'send', recipient: address, message: 'to myself' }));
    const received = await socket.frames.next();
    expect(received.text).toBe('{"type":"received","message":"to myself","senderTag":null}');
    const ask = (id: string) =>
      `{"type":"reply","senderTag":"6CzGHguLGCk1f416kwDZB7","message":"","connectionId":${id}}`;
    expect(await socket.text(ask('0'))).toBe(
      '{"type":"laneQueueLength","lane":0,"queue_length":0}',
    );
    expect(await socket.text(ask('18446744073709551615'))).toBe(
      '{"type":"laneQueueLength","lane":18446744073709551615,"queue_length":0}',
    );
    socket.socket.send(encodeBinaryRequest({ type: 'closedConnection', connectionId: 7n }));
    const { bytes } = await socket.ask(
      encodeBinaryRequest({ type: 'getLaneQueueLength', connectionId: 7n }),
    );
    expect(decodeBinaryResponse(bytes)).toEqual({
      type: 'laneQueueLength',
      lane: 7n,
      queueLength: 0n,
    });
  });
});

test('mail that came while nobody was connected is pushed at once, as binary', async () => {
  const words = ['one', 'three', 'two'];
  for (const word of words) await correspondent.send(address, word);
  await nymClient.line(/3 messages wait/);
  await withSocket(async (socket) => {
    const frames = await socket.frames.take(3);
    expect(frames.map(({ text }) => text)).toEqual([undefined, undefined, undefined]);
    const mail = frames.map(({ bytes }) => decodeBinaryResponse(bytes));
    // The mixnet keeps no order.
    expect(mail.map((m) => 'message' in m && Buffer.from(m.message).toString()).sort()).toEqual(
      words,
    );
  });
});

test('mail is pushed in the form of the last frame, even of one that was not understood', async () => {
  await withSocket(async (socket) => {
    const nextMail = async () => {
      await correspondent.send(address, 'mail');
      return socket.frames.next();
    };
    expect((await nextMail()).text).toBeUndefined();
    await socket.ask('nonsense');
    expect((await nextMail()).text).toBe('{"type":"received","message":"mail","senderTag":null}');
    await socket.ask(Uint8Array.of(9));
    expect((await nextMail()).text).toBeUndefined();
    socket.socket.ping();
    expect((await nextMail()).text).toBeUndefined();
  });
});

test('bytes that are no text arrive whole as binary, and with replacement characters as text', async () => {
  await withSocket(async (socket) => {
    const bytes = Uint8Array.of(0xef, 0xbb, 0xbf, 0x61, 0xff, 0x00);
    await correspondent.send(address, bytes);
    expect(decodeBinaryResponse((await socket.frames.next()).bytes)).toHaveProperty(
      'message',
      bytes,
    );
    await socket.ask('{"type":"selfAddress"}');
    await correspondent.send(address, bytes);
    expect((await socket.frames.next()).text).toBe(
      '{"type":"received","message":"\ufeffa\ufffd\\u0000","senderTag":null}',
    );
  });
});

test('an anonymous message can be answered by its tag, many packets long', async () => {
  const messages = new Waiting<Uint8Array>();
  correspondent.on('message', ({ message }) => {
    messages.push(message);
  });
  await withSocket(async (socket) => {
    await socket.ask('{"type":"selfAddress"}');
    await correspondent.sendAnonymous(address, 'question', 20);
    const { senderTag } = JSON.parse((await socket.frames.next()).text!) as { senderTag: string };
    expect(senderTag).toMatch(/^[1-9A-HJ-NP-Za-km-z]{16,22}$/);
    const answer = 'x'.repeat(100_000);
    socket.socket.send(JSON.stringify({ type: 'reply', senderTag, message: answer }));
    expect(Buffer.from(await messages.next()).toString()).toBe(answer);
  });
});

test('what was taken from the application before SIGTERM still leaves', async () => {
  const mail = new Waiting<Uint8Array>();
  correspondent.on('message', ({ message }) => {
    mail.push(message);
  });
  const leaving = NymClientProcess.start([
    ...['run', '--init', '--id', 'leaving', '--data', directory.path, '--no-cover', '-p', '0'],
    ...['--nym-apis', mixnet.nymApiUrl],
  ]);
  const { url: ownUrl } = await leaving.ready();
  const socket = await RawSocket.open(ownUrl);
  const message = 'x'.repeat(10_000); // 7 packets, which a busy machine too makes within the time that there is
  socket.socket.send(
    JSON.stringify({ type: 'send', recipient: correspondent.selfAddress, message }),
  );
  await socket.ask('{"type":"selfAddress"}');
  const begin = performance.now();
  expect(await leaving.stop('SIGTERM')).toBe(0);
  expect(performance.now() - begin).toBeLessThan(5000);
  expect(Buffer.from(await mail.next()).toString()).toBe(message);
}, 30_000);

describe('one application at a time', () => {
  test('a second one is hung up on before its handshake is answered, and the first notices nothing', async () => {
    await withSocket(async (socket) => {
      const second = connect(Number(new URL(url).port), '127.0.0.1');
      second.write('GET / HTTP/1.1\r\n');
      const received: Buffer[] = [];
      second.on('data', (data) => received.push(data)).on('error', () => undefined);
      await new Promise((resolve) => second.once('close', resolve));
      expect(Buffer.concat(received)).toHaveLength(0);
      await nymClient.line(/Tried to open a duplicate websocket connection/);
      expect(await socket.text('{"type":"selfAddress"}')).toContain(address);
    });
  });

  test.each([
    ['a probe of the port', ''],
    ['a question of HTTP', 'GET /health HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['a POST', 'POST / HTTP/1.1\r\ncontent-length: 1\r\n\r\nx'],
    ['junk', '\0\x01\x02 nonsense \r\n\r\n'],
    [
      'a handshake without a key',
      'GET / HTTP/1.1\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n',
    ],
  ])('%s does no harm, and frees the place', async (_, bytes) => {
    const probe = connect(Number(new URL(url).port), '127.0.0.1');
    await once(probe, 'connect');
    probe.on('error', () => undefined).resume();
    probe.end(bytes);
    await new Promise((resolve) => probe.once('close', resolve));
    await withSocket(async (socket) => {
      expect(await socket.text('{"type":"selfAddress"}')).toContain(address);
    });
  });

  test('a Close frame is answered, and the next application may come', async () => {
    const first = await RawSocket.open(url);
    expect(await first.close()).toBe(1000);
    const second = await RawSocket.open(url);
    expect(await second.close()).toBe(1000);
  });

  test('any path will do, and neither subprotocol nor compression is agreed on', async () => {
    const socket = await RawSocket.open(`${url}/any/path?at=all`).catch((error: unknown) => error);
    expect(socket).toBeInstanceOf(RawSocket);
    expect((socket as RawSocket).socket.extensions).toBe('');
    await (socket as RawSocket).close();
    await expect(RawSocket.open(url, ['chat'])).rejects.toThrow('Server sent no subprotocol');
  });

  test('a frame that is too large ends the connection, not the client', async () => {
    const socket = await RawSocket.open(url);
    socket.socket.send(new Uint8Array(16 * 1024 * 1024 + 1));
    expect(await socket.closed).toBe(1009);
    await withSocket(async (next) => {
      expect(await next.text('{"type":"selfAddress"}')).toContain(address);
    });
  });
});
