import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type Mixnet, startMixnet } from '@pastenym/mixnet';
import { GatewayClient, type Line } from './support/gateway-client.js';
import { letter, routeTo, until } from './support/routes.js';

jest.setTimeout(60_000);

/** With their acks these are 300 packets a second, each of four hops. */
const MESSAGES_PER_SECOND = 150;
const SECONDS = 4;
const COUNT = MESSAGES_PER_SECOND * SECONDS;
const BATCH_MS = 20;
/** A twenty-fifth of what the official client waits for the answer to a handshake. */
const MAX_P99_MS = 200;
/** A fifth of it; both sides of the handshake share this process, and this thread. */
const MAX_HANDSHAKE_MS = 1000;
const HANDSHAKE_PAUSE_MS = 400;
const NS_PER_MS = 1e6;

let mixnet: Mixnet;
let line: Line;
const client = new GatewayClient();

beforeAll(async () => {
  mixnet = await startMixnet({ gateways: 1, mixNodesPerLayer: 1 });
  line = await client.register(mixnet.gateways[0]!.url);
  await line.answer();
});
afterAll(async () => {
  line.close();
  await mixnet.stop();
});

/** Sends the frames evenly over the time, in small batches. */
async function drip(
  frames: readonly Uint8Array[],
  send: (frame: Uint8Array) => void,
): Promise<void> {
  const start = performance.now();
  let sent = 0;
  while (sent < frames.length) {
    const due = Math.ceil(((performance.now() - start) / 1000) * MESSAGES_PER_SECOND);
    for (const frame of frames.slice(sent, due)) send(frame);
    sent = Math.max(sent, Math.min(due, frames.length));
    await sleep(BATCH_MS);
  }
}

/** Registers one new client after the other. @returns the milliseconds that each took, from dialling to the answer */
async function timeHandshakes(isOver: () => boolean): Promise<number[]> {
  const times: number[] = [];
  while (!isOver()) {
    const start = performance.now();
    const other = await new GatewayClient().register(mixnet.gateways[0]!.url);
    expect(await other.answer()).toMatchObject({ type: 'register', status: true });
    times.push(performance.now() - start);
    other.close();
    await sleep(HANDSHAKE_PAUSE_MS);
  }
  return times;
}

/** As a client sends them, each with an ack to itself. */
function clientFrames(): Uint8Array[] {
  const route = routeTo(mixnet, mixnet.gateways[0]!);
  const { publicKey } = client.identity;
  const message = Buffer.from('x');
  return Array.from({ length: COUNT }, () => {
    const packet = letter({ route, destination: publicKey, message, ackTo: publicKey });
    return client.forward(packet, route[0]!.address);
  });
}

test('300 packets a second through a gateway, messages and acks, hold up neither the event loop nor handshakes', async () => {
  const frames = clientFrames();
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  let isOver = false;
  const handshakes = timeHandshakes(() => isOver);
  await drip(frames, (frame) => {
    line.socket.send(frame);
  });
  await until(() => mixnet.counters().messagesToClients === 2 * COUNT);
  delay.disable();
  isOver = true;
  const p99Ms = delay.percentile(99) / NS_PER_MS;
  const longestMs = Math.max(...(await handshakes));
  process.stdout.write(
    `event loop delay: mean ${(delay.mean / NS_PER_MS).toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms; longest handshake ${longestMs.toFixed(0)} ms\n`,
  );
  expect(p99Ms).toBeLessThan(MAX_P99_MS);
  expect(longestMs).toBeLessThan(MAX_HANDSHAKE_MS);
  expect(mixnet.counters()).toMatchObject({ packetsFromClients: COUNT, packetsIn: 8 * COUNT });
});
