import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { afterEach, expect, jest, test } from '@jest/globals';
import { startMixnet } from '@pastenym/mixnet';
import type { DropCause } from '../src/counters.js';
import { EXTENDED32 } from '../src/geometry.js';
import { PeerConnections } from '../src/link/peer-connections.js';
import { formatFrame } from '../src/link/frame.js';
import { GatewayClient } from './support/gateway-client.js';
import { hopOf, letter, link, until } from './support/routes.js';

jest.setTimeout(60_000);

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

test('a client that does not read costs a bounded amount of memory, and no one else anything', async () => {
  const mixnet = await startMixnet({ gateways: 1, mixNodesPerLayer: 1 });
  cleanUps.push(() => mixnet.stop());
  const gateway = mixnet.gateways[0]!;
  const [slow, quick] = [new GatewayClient(), new GatewayClient()];
  const slowLine = await slow.register(gateway.url);
  const quickLine = await quick.register(gateway.url);
  await Promise.all([slowLine.answer(), quickLine.answer()]);
  cleanUps.push(() => {
    slowLine.close();
    quickLine.close();
  });
  const aLetterTo = (client: GatewayClient): Uint8Array =>
    formatFrame({
      rotation: 1,
      packet: letter({
        route: [hopOf(gateway)],
        destination: client.identity.publicKey,
        message: Buffer.from('x'),
        size: EXTENDED32,
      }),
    });

  slowLine.socket.pause();
  const socket = await link(gateway);
  cleanUps.push(() => socket.destroy());
  let sent = 0;
  while (mixnet.counters().dropped['client-too-slow'] === 0) {
    socket.write(aLetterTo(slow));
    sent += 1;
    // Acks come in, too, for nobody.
    await until(() => mixnet.counters().packetsIn >= sent);
  }
  socket.write(aLetterTo(quick));
  expect(quick.unseal(await quickLine.binary())).toBeDefined();
  // What was taken for the slow one before is there when it reads again.
  const taken = sent - mixnet.counters().dropped['client-too-slow'];
  slowLine.socket.resume();
  for (let i = 0; i < taken; i++) expect(await slowLine.binary()).toHaveLength(32_363 + 30);
});

test('a peer that does not read costs a bounded amount of memory', async () => {
  const sockets: Socket[] = [];
  const deaf = createServer({ pauseOnConnect: true }, (socket) => sockets.push(socket));
  deaf.listen(0, '127.0.0.1');
  await once(deaf, 'listening');
  const { port } = deaf.address() as { port: number };
  const causes: DropCause[] = [];
  let sent = 0;
  const peers = new PeerConnections({
    onSent: () => (sent += 1),
    onDropped: (cause) => causes.push(cause),
  });
  const frame = new Uint8Array(1_000_000);
  peers.send({ host: '127.0.0.1', port }, frame);
  await until(() => sent === 1);
  for (let i = 0; i < 60; i++) peers.send({ host: '127.0.0.1', port }, frame);
  expect(causes.length).toBeGreaterThan(20);
  expect(new Set(causes)).toEqual(new Set(['peer-too-slow']));
  peers.close();
  await until(() => causes.includes('peer-unreachable'));
  for (const socket of sockets) socket.destroy();
  deaf.close();
});
