import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { gcmsiv } from '@noble/ciphers/aes.js';
import { ed25519 } from '@noble/curves/ed25519.js';
import { WebSocketServer, type WebSocket } from 'ws';
import { Waiting } from '../../test/support/waiting.js';
import type { GatewayCredentials } from './identity.js';
import { resumingWebSocketClass, type GatewayEvent } from './websocket-shim.js';

/** What the official client uses of a WebSocket. */
interface ClientSocket {
  readonly readyState: number;
  addEventListener(
    type: string,
    listener: (event: { data?: unknown; code?: number }) => void,
  ): void;
  removeEventListener(type: string, listener: unknown): void;
  send(data: string | Uint8Array): void;
  close(): void;
}

const credentials: GatewayCredentials = {
  identitySeed: new Uint8Array(32).fill(1),
  sharedKey: new Uint8Array(32).fill(2),
};
const identity = ed25519.getPublicKey(credentials.identitySeed);
const welcome =
  '{"type":"authenticate","protocol_version":5,"status":true,"bandwidth_remaining":1e12}';

interface Request {
  type: string;
  nonce: string;
  addressCiphertext: string;
  requestUnixTimestamp: number;
  requestSignature: number[];
}

/** A gateway that checks logins as real ones do. */
class Gateway {
  readonly server: WebSocketServer;
  readonly sockets = new Waiting<WebSocket>();
  readonly frames = new Waiting<string>();
  readonly logins: number[] = [];
  /** Why logins are refused, if they are. */
  refusal: string | undefined;
  /** Frames that follow the answer to a login in the same piece of TCP. */
  together: (string | Buffer)[] = [];

  constructor(port = 0) {
    this.server = new WebSocketServer({ port, host: '127.0.0.1' });
    this.server.on('connection', (socket, { socket: tcp }) => {
      socket.on('message', (data: Buffer, isBinary) => {
        if (isBinary) this.frames.push(data.toString());
        else this.#answer(socket, tcp, JSON.parse(data.toString()) as Request);
      });
      this.sockets.push(socket);
    });
  }

  #answer(socket: WebSocket, tcp: Socket, request: Request): void {
    if (request.type === 'supportedProtocol') {
      socket.send('{"type":"supportedProtocol","version":5}');
    } else if (request.type === 'authenticateV2') {
      this.#checkLogin(request);
      socket.send(Buffer.from('stored'));
      const { refusal } = this;
      tcp.cork();
      socket.send(
        refusal === undefined ? welcome : JSON.stringify({ type: 'error', message: refusal }),
      );
      for (const frame of this.together) socket.send(frame);
      tcp.uncork();
    } else {
      socket.send(welcome); // the client's own login, whatever it says
    }
  }

  #checkLogin(request: Request): void {
    const nonce = Buffer.from(request.nonce, 'base64');
    const ciphertext = Buffer.from(request.addressCiphertext, 'base64');
    expect(gcmsiv(credentials.sharedKey, nonce).decrypt(ciphertext)).toEqual(identity);
    const timestamp = Buffer.alloc(8);
    timestamp.writeBigUInt64BE(BigInt(request.requestUnixTimestamp));
    const signed = Buffer.concat([Uint8Array.of(4), identity, ciphertext, nonce, timestamp]);
    const signature = Uint8Array.from(request.requestSignature);
    expect(ed25519.verify(signature, signed, identity)).toBe(true);
    this.logins.push(request.requestUnixTimestamp);
  }

  async stop(): Promise<void> {
    for (const socket of this.server.clients) socket.terminate();
    const closed = once(this.server, 'close');
    this.server.close();
    await closed;
  }
}

let gateway: Gateway;
let url: string;
let reports: Waiting<GatewayEvent>;
interface Heard {
  type: string;
  data?: unknown;
  code?: number;
}
let events: Waiting<Heard>;
let client: ClientSocket;
let sendings: number;

beforeEach(async () => {
  gateway = new Gateway();
  await once(gateway.server, 'listening');
  url = `ws://127.0.0.1:${(gateway.server.address() as AddressInfo).port}/`;
  reports = new Waiting();
  sendings = 0;
  const heard = new Waiting<Heard>();
  events = heard;
  const Class = resumingWebSocketClass({
    credentials: (asked) => Promise.resolve(asked === url ? credentials : undefined),
    report: reports.push,
    sending: () => sendings++,
    backoff: { baseMs: 5, capMs: 50 },
  });
  client = new Class(url) as ClientSocket;
  for (const type of ['open', 'message', 'error', 'close']) {
    client.addEventListener(type, (event) => {
      heard.push({ ...event, type });
    });
  }
  expect((await events.next()).type).toBe('open');
});

afterEach(async () => {
  client.close();
  await gateway.stop();
});

/** The client logs in by itself, as it does the first time. */
async function logIn(): Promise<WebSocket> {
  client.send(`{"type":"logIn","requestUnixTimestamp":${Math.floor(Date.now() / 1000)}}`);
  expect((await events.next()).data).toBe(welcome);
  return gateway.sockets.next();
}

function textOf(data: unknown): string {
  return typeof data === 'string' ? data : Buffer.from(data as ArrayBuffer).toString();
}

test('until the client has logged in, it is told of everything', async () => {
  (await gateway.sockets.next()).close(1000);
  expect(await events.next()).toMatchObject({ type: 'close', code: 1000 });
  expect(client.readyState).toBe(3);
  expect(reports.size).toBe(0);
});

test('a connection that breaks after the login is made again behind its back, later frames included', async () => {
  const socket = await logIn();
  socket.terminate();
  expect(await reports.next()).toEqual({ state: 'lost' });
  expect(client.readyState).toBe(1);
  client.send(Buffer.from('one'));
  client.send(Buffer.from('two'));
  expect(await reports.next()).toEqual({ state: 'resumed' });
  expect(await gateway.frames.take(2)).toEqual(['one', 'two']);
  // What the gateway had stored comes with the login; the answers to the login are not the client's business.
  expect(textOf((await events.next()).data)).toBe('stored');
  expect(events.size).toBe(0);
});

test('what comes in one piece with the answer to the login reaches the client', async () => {
  const socket = await logIn();
  const answer = '{"type":"send","remaining_bandwidth":1}';
  gateway.together = [Buffer.from('packet'), answer, Buffer.from('another')];
  socket.terminate();
  expect(await reports.take(2)).toEqual([{ state: 'lost' }, { state: 'resumed' }]);
  const heard = await events.take(4);
  expect(heard.map(({ data }) => textOf(data))).toEqual(['stored', 'packet', answer, 'another']);
});

test('each login is later than the one before, by the second', async () => {
  const first = Math.floor(Date.now() / 1000);
  (await logIn()).terminate();
  for (let i = 0; i < 2; i++) {
    expect([await reports.next(), await reports.next()]).toEqual([
      { state: 'lost' },
      { state: 'resumed' },
    ]);
    (await gateway.sockets.next()).terminate();
  }
  const times = [first, ...gateway.logins];
  expect(new Set(times).size).toBe(3);
  expect(times).toEqual([...times].sort((a, b) => a - b));
}, 20_000);

test('what the client sends is noted, now and when it has left, be it later', async () => {
  const socket = await logIn();
  const before = sendings;
  client.send(Buffer.from('now'));
  await gateway.frames.next();
  expect(sendings).toBe(before + 2);
  socket.terminate();
  await reports.next();
  client.send(Buffer.from('later'));
  expect(sendings).toBe(before + 3);
  await gateway.frames.next();
  expect(sendings).toBe(before + 4);
});

test('a frame is copied when it must wait, since it lies in memory that is used again', async () => {
  (await logIn()).terminate();
  await reports.next();
  const frame = Buffer.from('before');
  client.send(frame);
  frame.write('after!');
  expect(await gateway.frames.next()).toBe('before');
});

test('a gateway that has forgotten the client is reported, and left alone', async () => {
  gateway.refusal = 'failed to authenticate the client: the client is not registered';
  (await logIn()).terminate();
  expect(await reports.next()).toEqual({ state: 'lost' });
  expect(await reports.next()).toEqual({ state: 'forgotten' });
});

test('a gateway that refuses one login after the other has forgotten the client, whatever it says', async () => {
  gateway.refusal = 'the signature is not to our taste';
  (await logIn()).terminate();
  expect(await reports.next()).toEqual({ state: 'lost' });
  const refusals = await reports.take(4);
  expect(refusals).toEqual(
    [1, 2, 3, 4].map((tries) => {
      const reason = `the gateway answered: ${gateway.refusal}`;
      return { state: 'retrying', tries, reason };
    }),
  );
  expect(await reports.next()).toEqual({ state: 'forgotten' });
}, 20_000);

test('a gateway that is away for a while is tried again and again', async () => {
  await logIn();
  const { port } = gateway.server.address() as AddressInfo;
  await gateway.stop();
  expect(await reports.next()).toEqual({ state: 'lost' });
  expect(await reports.next()).toMatchObject({ state: 'retrying' });
  gateway = new Gateway(port);
  let report: GatewayEvent;
  do report = await reports.next();
  while (report.state === 'retrying');
  expect(report).toEqual({ state: 'resumed' });
}, 20_000);

test('a socket that the client has closed stays closed', async () => {
  const socket = await logIn();
  client.close();
  await once(socket, 'close');
  expect(client.readyState).toBe(3);
  expect(reports.size).toBe(0);
});

test('listeners that the client has dropped may throw, and removed ones are not called', async () => {
  client.addEventListener('message', () => {
    throw new Error('closure invoked recursively or after being dropped');
  });
  const removed = () => {
    throw new Error('called');
  };
  client.addEventListener('message', removed);
  client.removeEventListener('message', removed);
  await logIn();
});
