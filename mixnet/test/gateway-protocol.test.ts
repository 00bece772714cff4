import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Mixnet, startMixnet } from '@pastenym/mixnet';
import { base58 } from '@scure/base';
import { seal, unseal } from '../src/crypto/aead.js';
import { systemRandom } from '../src/crypto/random.js';
import { MAX_CLIENT_FRAME_BYTES } from '../src/gateway/client-frames.js';
import { MAX_CLIENT_VIOLATIONS } from '../src/limits.js';
import { type Answer, GatewayClient, Line } from './support/gateway-client.js';
import { filled, letter, routeTo, sendPacket, until } from './support/routes.js';

jest.setTimeout(20_000);

let mixnet: Mixnet;
let url = '';
const lines: Line[] = [];

beforeAll(async () => {
  mixnet = await startMixnet({ gateways: 1, mixNodesPerLayer: 1 });
  url = mixnet.gateways[0]!.url;
});
afterEach(() => {
  for (const line of lines.splice(0)) line.close();
});
afterAll(() => mixnet.stop());

async function dial(): Promise<Line> {
  const line = await new Line(url).open();
  lines.push(line);
  return line;
}

/** A client that has just registered, and its connection. */
async function registered(): Promise<{ client: GatewayClient; line: Line }> {
  const client = new GatewayClient();
  const line = await client.register(url);
  lines.push(line);
  expect(await line.answer()).toEqual({ type: 'register', protocol_version: 3, status: true });
  return { client, line };
}

async function authenticated(client: GatewayClient): Promise<Line> {
  const line = await client.authenticate(url);
  lines.push(line);
  return line;
}

const nowSeconds = (): number => Math.floor(Date.now() / 1000);
const letterTo = (client: GatewayClient, text: string): Uint8Array =>
  letter({
    route: routeTo(mixnet, mixnet.gateways[0]!),
    destination: client.identity.publicKey,
    message: Buffer.from(text),
  });
const mix = (): Mixnet['mixNodes'][number] => mixnet.mixNodes[0]!;

describe('a client that keeps to the protocol', () => {
  test('is told the version at any time', async () => {
    const line = await dial();
    const answer = { type: 'supportedProtocol', version: 5 };
    expect(await line.ask({ type: 'supportedProtocol' })).toEqual(answer);
    expect(await line.ask({ type: 'supportedProtocol' })).toEqual(answer);
    const { line: another } = await registered();
    expect(await another.ask({ type: 'supportedProtocol' })).toEqual(answer);
  });

  test('can come back after it has registered', async () => {
    const { client } = await registered();
    const line = await authenticated(client);
    expect(await line.answer()).toEqual({
      type: 'authenticate',
      protocol_version: 5,
      status: true,
      bandwidth_remaining: 2 ** 36,
    });
  });

  test('can come back as version 1 does', async () => {
    const { client } = await registered();
    const { ciphertext, nonce } = seal(client.sharedKey, client.identity.publicKey, systemRandom);
    const line = await dial();
    const answer = await line.ask({
      type: 'authenticate',
      protocol_version: 3,
      address: base58.encode(client.identity.publicKey),
      enc_address: base58.encode(ciphertext),
      iv: base58.encode(nonce),
    });
    expect(answer).toMatchObject({ type: 'authenticate', status: true });
  });

  test('can register again, and then only the new key counts', async () => {
    const { client } = await registered();
    const oldKey = client.sharedKey;
    const line = await client.register(url);
    lines.push(line);
    expect(await line.answer()).toMatchObject({ type: 'register', status: true });
    const newKey = client.sharedKey;
    client.sharedKey = oldKey;
    expect(await (await authenticated(client)).refusal()).toMatchObject({ code: 1008 });
    client.sharedKey = newKey;
    expect(await (await authenticated(client)).answer()).toMatchObject({ type: 'authenticate' });
  });

  test.each([1, 2] as const)('can send packets in frames of kind %d', async (kind) => {
    const { client, line } = await registered();
    const packet = letterTo(client, `kind ${kind}`);
    const [firstHop] = routeTo(mixnet, mixnet.gateways[0]!);
    line.socket.send(client.forward(packet, firstHop!.address, kind));
    expect(await line.answer()).toEqual({
      type: 'send',
      remaining_bandwidth: 2 ** 36 - packet.length,
    });
    const pushed = client.unseal(await line.binary());
    expect(Buffer.from(pushed!).equals(filled(Buffer.from(`kind ${kind}`)))).toBe(true);
  });

  test('is given bandwidth when it claims some, and needs no credentials', async () => {
    const { line } = await registered();
    const total = 2 ** 36;
    const claim = { type: 'claimFreeTestnetBandwidth' };
    expect(await line.ask(claim)).toEqual({ type: 'bandwidth', available_total: total });
    const credential = await line.ask({ type: 'ecashCredential', data: 'x' });
    expect(credential).toMatchObject({ type: 'error' });
    expect(await line.ask(claim)).toEqual({ type: 'bandwidth', available_total: total });
  });

  test('is answered in the order in which it asks, however fast it asks', async () => {
    const { line } = await registered();
    const questions = Array.from({ length: 500 }, (_, i) =>
      i % 3 === 0 ? 'claimFreeTestnetBandwidth' : 'supportedProtocol',
    );
    for (const type of questions) line.say({ type });
    for (const type of questions) {
      const expected = type === 'supportedProtocol' ? type : 'bandwidth';
      expect((await line.answer()).type).toBe(expected);
    }
  });

  test('gets an answer to a ping', async () => {
    const { line } = await registered();
    const pong = new Promise((resolve) => line.socket.once('pong', resolve));
    line.socket.ping('alive?');
    expect(String(await pong)).toBe('alive?');
  });

  test.each<[string, object]>([
    ['ForgetMeAck', { ForgetMe: { client: false, stats: true } }],
    ['RememberMeAck', { RememberMe: { session_type: 'native' } }],
  ])('gets a %s, sealed', async (ack, request) => {
    const { client, line } = await registered();
    const answer = await line.ask(sealedRequest(client, request));
    expect(answer.type).toBe('encryptedResponse');
    expect(unsealedAnswer(client, answer)).toEqual({ [ack]: {} });
  });

  test('that wants to be forgotten is', async () => {
    const { client, line } = await registered();
    await line.ask(sealedRequest(client, { ForgetMe: { client: true, stats: false } }));
    expect(await (await authenticated(client)).refusal()).toEqual({
      message: 'failed to authenticate the client: the client is not registered',
      code: 1008,
    });
  });
});

function sealedRequest(client: GatewayClient, request: object): object {
  const plaintext = Buffer.from(JSON.stringify(request));
  const { ciphertext, nonce } = seal(client.sharedKey, plaintext, systemRandom);
  return { type: 'encryptedRequest', ciphertext: [...ciphertext], nonce: [...nonce] };
}

function unsealedAnswer(client: GatewayClient, answer: Answer): unknown {
  const plaintext = unseal(client.sharedKey, {
    ciphertext: Uint8Array.from(answer['ciphertext'] as number[]),
    nonce: Uint8Array.from(answer['nonce'] as number[]),
  });
  return JSON.parse(Buffer.from(plaintext!).toString());
}

describe('of two connections of one client', () => {
  test('the newer wins and gets the messages; the older is closed', async () => {
    const { client, line: older } = await registered();
    const newer = await authenticated(client);
    expect(await newer.answer()).toMatchObject({ type: 'authenticate', status: true });
    expect((await older.next()).closed).toBe(1000);
    await sendPacket(mix(), letterTo(client, 'to the newer'));
    expect(client.unseal(await newer.binary())).toBeDefined();
    expect(mixnet.counters().clients.connected).toBe(1);
  });

  test('one that cannot authenticate changes nothing', async () => {
    const { client, line } = await registered();
    const impostor = await dial();
    impostor.say(client.authenticateV2(nowSeconds(), { requestSignature: Array(64).fill(0) }));
    expect(await impostor.refusal()).toMatchObject({ code: 1008 });
    await sendPacket(mix(), letterTo(client, 'to the real one'));
    expect(client.unseal(await line.binary())).toBeDefined();
  });
});

describe('messages for a client that is away', () => {
  test('wait for it and come before the answer to its authentication, in order', async () => {
    const { client, line } = await registered();
    line.close();
    await until(() => mixnet.counters().clients.connected === 0);
    for (const text of ['first', 'second', 'third']) {
      const before = mixnet.counters().storedMessages;
      await sendPacket(mix(), letterTo(client, text));
      await until(() => mixnet.counters().storedMessages === before + 1);
    }
    const back = await authenticated(client);
    for (const text of ['first', 'second', 'third']) {
      const message = client.unseal(await back.binary());
      expect(Buffer.from(message!).equals(filled(Buffer.from(text)))).toBe(true);
    }
    expect(await back.answer()).toMatchObject({ type: 'authenticate', status: true });
    expect(mixnet.counters().storedMessages).toBe(0);
  });
});

interface Rubbish {
  readonly what: string;
  readonly bytes: string | Uint8Array;
}

const json = (message: object): string => JSON.stringify(message);
const RUBBISH: readonly Rubbish[] = [
  { what: 'text that is not JSON', bytes: 'hello' },
  { what: 'nothing', bytes: '' },
  { what: 'a number', bytes: '7' },
  { what: 'an unknown type', bytes: json({ type: 'destroy' }) },
  { what: 'a handshake of one byte', bytes: json({ type: 'handshakePayload', data: [1] }) },
  {
    what: 'a handshake of zeros',
    bytes: json({ type: 'handshakePayload', data: Array(80).fill(0) }),
  },
  {
    what: 'a confirmation of zeros',
    bytes: json({ type: 'handshakePayload', data: Array(92).fill(0) }),
  },
  { what: 'a handshake that is given up', bytes: json({ type: 'handshakeError', message: 'no' }) },
  {
    what: 'somebody else’s authentication',
    bytes: json(new GatewayClient().authenticateV2(nowSeconds())),
  },
  {
    what: 'an authentication of version 1',
    bytes: json({ type: 'authenticate', address: '', enc_address: '', iv: '' }),
  },
  {
    what: 'an encrypted request of zeros',
    bytes: json({
      type: 'encryptedRequest',
      ciphertext: Array(32).fill(0),
      nonce: Array(12).fill(0),
    }),
  },
  {
    what: 'a control message that is too long',
    bytes: json({ type: 'supportedProtocol', pad: 'x'.repeat(17_000) }),
  },
  { what: 'an empty frame', bytes: new Uint8Array(0) },
  { what: 'a frame of zeros', bytes: new Uint8Array(2452) },
  {
    what: 'a frame that cannot be decrypted',
    bytes: Uint8Array.from([2, 1, ...new Uint8Array(2450)]),
  },
];

/** What only a client that is authenticated may say. */
const TOO_EARLY: readonly Rubbish[] = [
  { what: 'a claim of bandwidth', bytes: json({ type: 'claimFreeTestnetBandwidth' }) },
  { what: 'a credential', bytes: json({ type: 'ecashCredential' }) },
];

const states: readonly [string, readonly Rubbish[], () => Promise<Line>][] = [
  ['that has just connected', [...RUBBISH, ...TOO_EARLY], dial],
  [
    'in the middle of the handshake',
    [...RUBBISH, ...TOO_EARLY],
    async () => {
      const line = await dial();
      const init = [
        ...systemRandom(32),
        ...new GatewayClient().identity.publicKey,
        ...systemRandom(16),
      ];
      expect(await line.ask({ type: 'handshakePayload', data: init })).toMatchObject({
        type: 'handshakePayload',
      });
      return line;
    },
  ],
];
const allStates: typeof states = [
  ...states,
  ['that is authenticated', RUBBISH, async () => (await registered()).line],
];

describe.each(states)('a client %s', (_, rubbish, connect) => {
  test.each(rubbish)('and sends $what is told an error and cut off', async ({ bytes }) => {
    const before = mixnet.counters().dropped['bad-client-message'];
    const line = await connect();
    line.socket.send(bytes);
    const { message, code } = await line.refusal();
    expect(message).toEqual(expect.any(String));
    expect(code).toBe(1008);
    expect(mixnet.counters().dropped['bad-client-message']).toBe(before + 1);
  });
});

// It would stay deaf for ever: official clients do not connect again.
describe('a client that is authenticated', () => {
  test.each(RUBBISH)('and sends $what is told an error and stays', async ({ bytes }) => {
    const before = mixnet.counters().dropped['bad-client-message'];
    const { client, line } = await registered();
    line.socket.send(bytes);
    const { type, message } = await line.answer();
    expect(type).toBe('error');
    expect(message).toEqual(expect.any(String));
    expect(mixnet.counters().dropped['bad-client-message']).toBe(before + 1);
    await sendPacket(mix(), letterTo(client, 'still here'));
    expect(client.unseal(await line.binary())).toBeDefined();
  });

  test('and wants to shake hands or to authenticate again is told an error and stays', async () => {
    const { client, line } = await registered();
    const again = client.authenticateV2(nowSeconds());
    expect(await line.ask(again)).toMatchObject({ type: 'error' });
    const init = { type: 'handshakePayload', data: [...systemRandom(80)] };
    expect(await line.ask(init)).toMatchObject({ type: 'error' });
    expect(await line.ask({ type: 'supportedProtocol' })).toMatchObject({ version: 5 });
  });

  test('and goes on and on with it is cut off', async () => {
    const { line } = await registered();
    for (let i = 0; i < MAX_CLIENT_VIOLATIONS; i++) {
      expect(await line.ask({ type: 'nonsense' })).toMatchObject({ type: 'error' });
    }
    line.say({ type: 'nonsense' });
    expect(await line.refusal()).toMatchObject({ code: 1008 });
  });
});

describe.each(allStates)('a client %s', (_, rubbish, connect) => {
  test.each([
    [
      'a message that is larger than any can be',
      1009,
      (line: Line) => {
        line.socket.send(new Uint8Array(MAX_CLIENT_FRAME_BYTES + 1));
      },
    ],
    [
      'text that is not UTF-8',
      1007,
      (line: Line) => {
        line.socket.send(Uint8Array.of(0xff, 0xff), { binary: false });
      },
    ],
  ])('and sends %s is cut off with code %d', async (__, code, send) => {
    const line = await connect();
    send(line);
    expect((await line.next()).closed).toBe(code);
  });

  test('and goes away in the middle of everything harms nobody', async () => {
    const line = await connect();
    for (const { bytes } of rubbish) line.socket.send(bytes);
    line.close();
    const { client, line: other } = await registered();
    await sendPacket(mix(), letterTo(client, 'still here'));
    expect(client.unseal(await other.binary())).toBeDefined();
  });
});

test.each([
  ['a clock that is off', { requestUnixTimestamp: 1 }, 'its clock is wrong'],
  [
    'a signature that is not its own',
    { requestSignature: Array(64).fill(1) },
    'the signature is not valid',
  ],
  ['another version than it signed', { protocolVersion: 9 }, 'the signature is not valid'],
])('a registered client with %s is told so', async (_, change, why) => {
  const { client } = await registered();
  const line = await dial();
  line.say(client.authenticateV2(nowSeconds(), change));
  const { message } = await line.refusal();
  expect(message).toBe(`failed to authenticate the client: ${why}`);
});

test('after a refusal nothing more is answered', async () => {
  const line = await dial();
  line.say('rubbish');
  line.say({ type: 'supportedProtocol' });
  expect(await line.refusal()).toMatchObject({ code: 1008 });
});

test('a client that wants to upgrade its key is told that this is not known here, and stays', async () => {
  const { client, line } = await registered();
  expect(await line.ask(sealedRequest(client, { UpgradeKey: {} }))).toEqual({
    type: 'error',
    message: 'the encrypted request is unknown',
  });
  expect(await line.ask({ type: 'supportedProtocol' })).toMatchObject({ version: 5 });
});

test('a packet for a first hop that is not of this network is dropped, and the client stays', async () => {
  const { client, line } = await registered();
  const stranger = Uint8Array.from([4, 0, 80, 127, 0, 0, 1, ...new Uint8Array(25)]);
  line.socket.send(client.forward(letterTo(client, 'x'), stranger));
  expect((await line.answer()).type).toBe('send');
  expect(mixnet.gateways[0]!.counters().dropped['unknown-next-hop']).toBe(1);
  expect((await line.ask({ type: 'supportedProtocol' })).type).toBe('supportedProtocol');
});

test('a plain HTTP request is told what to speak', async () => {
  const answer = await fetch(url.replace('ws:', 'http:'));
  expect(answer.status).toBe(426);
});
