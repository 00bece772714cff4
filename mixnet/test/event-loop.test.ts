import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type Mixnet, startMixnet } from '@pastenym/mixnet';
import { formatFrame } from '../src/link/frame.js';
import { GatewayClient, type Line } from './support/gateway-client.js';
import { letter, link, routeTo, until } from './support/routes.js';

jest.setTimeout(60_000);

/** With their acks these are 300 packets a second, each of four hops. */
const MESSAGES_PER_SECOND = 150;
const SECONDS = 4;
const COUNT = MESSAGES_PER_SECOND * SECONDS;
const BATCH_MS = 20;
/** A fiftieth of what the official client waits for the answer to a handshake. */
const MAX_P99_MS = 100;
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

test('300 packets a second, messages and acks, do not hold up the event loop', async () => {
  const route = routeTo(mixnet, mixnet.gateways[0]!);
  const { publicKey } = client.identity;
  const message = Buffer.from('x');
  const frames = Array.from({ length: COUNT }, () =>
    formatFrame({
      packet: letter({ route, destination: publicKey, message, ackTo: publicKey }),
      rotation: 1,
    }),
  );
  const socket = await link(mixnet.mixNodes[0]!);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  await drip(frames, (frame) => socket.write(frame));
  await until(() => mixnet.counters().messagesToClients === 2 * COUNT);
  delay.disable();
  socket.destroy();
  const p99Ms = delay.percentile(99) / NS_PER_MS;
  const meanMs = delay.mean / NS_PER_MS;
  process.stdout.write(
    `event loop delay: mean ${meanMs.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms, max ${(delay.max / NS_PER_MS).toFixed(1)} ms\n`,
  );
  expect(p99Ms).toBeLessThan(MAX_P99_MS);
  expect(mixnet.counters().packetsIn).toBe(8 * COUNT);
});
