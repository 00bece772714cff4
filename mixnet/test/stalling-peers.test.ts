import { once } from 'node:events';
import { afterEach, expect, jest, test } from '@jest/globals';
import { Counters } from '../src/counters.js';
import { systemRandom } from '../src/crypto/random.js';
import { x25519PublicKey } from '../src/crypto/sodium.js';
import { REGULAR } from '../src/geometry.js';
import { formatFrame } from '../src/link/frame.js';
import { LinkListener } from '../src/link/listener.js';
import { MixNode } from '../src/mix-node/mix-node.js';
import { buildPacket } from '../src/sphinx/build.js';
import { formatNodeAddress } from '../src/sphinx/node-address.js';
import { WorkLoop } from '../src/work-loop.js';
import { GatewayClient, Line } from './support/gateway-client.js';
import { startLonelyGateway } from './support/lonely-gateway.js';
import { closed, letter, link, sendPacket, until } from './support/routes.js';

jest.setTimeout(20_000);

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

const STALL_MS = 40;
const frame = formatFrame({ packet: new Uint8Array(REGULAR.packetBytes), rotation: 1 });

test('a node that stops in the middle of a frame is cut off; one that is silent between frames is not', async () => {
  let frames = 0;
  const events = { onFrame: () => (frames += 1), onBadFrame: () => undefined };
  const listener = new LinkListener(new WorkLoop(), events, { stallMs: STALL_MS });
  const mixPort = await listener.start(0, 'test');
  cleanUps.push(() => listener.stop());

  const silent = await link({ mixPort });
  silent.write(frame);
  await until(() => frames === 1);
  const stalling = await link({ mixPort });
  stalling.write(frame.subarray(0, 1000));
  stalling.resume();
  await closed(stalling);
  silent.write(frame);
  await until(() => frames === 2);
});

async function lonelyGateway(authenticationMs: number): Promise<string> {
  const { gateway, url } = await startLonelyGateway({ authenticationMs });
  cleanUps.push(() => gateway.stop());
  return url;
}

test.each<[string, (line: Line) => unknown]>([
  ['says nothing', () => undefined],
  ['says only the harmless', (line) => line.ask({ type: 'supportedProtocol' })],
  [
    'stalls in the middle of the handshake',
    (line) => line.ask({ type: 'handshakePayload', data: [...systemRandom(80)] }),
  ],
])('a client that %s is cut off when its time is over', async (_, act) => {
  const line = await new Line(await lonelyGateway(STALL_MS)).open();
  await act(line);
  expect(await line.refusal()).toEqual({
    message: 'the client did not authenticate in time',
    code: 1008,
  });
});

test('a client that is authenticated may be silent for as long as it likes', async () => {
  // Long enough for a registration on a busy machine.
  const url = await lonelyGateway(10 * STALL_MS);
  const line = await new GatewayClient().register(url);
  await line.answer();
  // Somebody who came later is cut off first: the time of the silent one is over, too.
  const other = await new Line(url).open();
  await other.refusal();
  expect(await line.ask({ type: 'supportedProtocol' })).toMatchObject({ version: 5 });
  line.close();
});

test('a client that has vanished does not keep its place, and its messages are kept again', async () => {
  const { gateway, counters, url, mixPort, hop } = await startLonelyGateway({ pingMs: STALL_MS });
  cleanUps.push(() => gateway.stop());
  const client = new GatewayClient();
  (await client.register(url)).close();
  const line = await new Line(url, { autoPong: false }).open();
  line.say(client.authenticateV2(Math.floor(Date.now() / 1000)));
  expect(await line.answer()).toMatchObject({ type: 'authenticate', status: true });
  expect((await line.next()).closed).toBe(1001);
  await until(() => gateway.connectedClients === 0);
  const message = Buffer.from('later');
  const destination = client.identity.publicKey;
  await sendPacket({ mixPort }, letter({ route: [hop], destination, message }));
  await until(() => gateway.storedMessages === 1);
  expect(counters.read().messagesToClients).toBe(0);
});

test('a client that answers pings stays', async () => {
  const { gateway, url } = await startLonelyGateway({ pingMs: STALL_MS });
  cleanUps.push(() => gateway.stop());
  const line = await new GatewayClient().register(url);
  await line.answer();
  for (let i = 0; i < 5; i++) await once(line.socket, 'ping');
  expect(gateway.connectedClients).toBe(1);
  line.close();
});

test.each([
  [0n, 0],
  [1_500_000n, 1.5],
  [9_999_000_000n, 9999],
  [10_001_000_000n, 10_000],
  [2n ** 64n - 1n, 10_000],
])('a packet that asks to be held for %d ns is held for %d ms', async (delayNs, expectedMs) => {
  const sphinxKey = systemRandom(32);
  const delays: (number | undefined)[] = [];
  const node = new MixNode({
    sphinxKey,
    counters: new Counters(),
    workLoop: new WorkLoop(),
    outgoing: {
      start: () => undefined,
      stop: () => undefined,
      send: (_frame, _hop, delayMs) => {
        delays.push(delayMs);
      },
    },
  });
  const mixPort = await node.start(0, 'test');
  cleanUps.push(() => node.stop());
  const hop = { address: formatNodeAddress('127.0.0.1', 1), publicKey: x25519PublicKey(sphinxKey) };
  const packet = buildPacket({
    route: [hop, hop],
    destination: systemRandom(32),
    delaysNs: [delayNs],
    plaintext: new Uint8Array(REGULAR.plaintextBytes),
    payloadBytes: REGULAR.payloadBytes,
  });
  const socket = await link({ mixPort });
  socket.end(formatFrame({ packet, rotation: 1 }));
  socket.resume();
  await once(socket, 'close');
  await until(() => delays.length > 0);
  expect(delays).toEqual([expectedMs]);
});
