import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { startMixnet, type Mixnet } from '@pastenym/mixnet';
import {
  connectNymClient,
  type NymConnection,
  type NymMessage,
} from '../src/connection/connection.js';
import { build, NymClientProcess } from './support/nym-client-process.js';
import { ownDirectory } from './support/own-directory.js';
import { Waiting } from './support/waiting.js';

/** Somebody with a nym-client and an application at it. */
interface Party {
  process: NymClientProcess;
  connection: NymConnection;
  address: string;
  mail: Waiting<NymMessage>;
}

jest.setTimeout(60_000);

let directory: Awaited<ReturnType<typeof ownDirectory>>;
let mixnet: Mixnet;
let service: Party;
let guest: Party;

/** All tests use the same two parties, and leave them with everything up again. */
beforeAll(async () => {
  await build();
  directory = await ownDirectory();
  mixnet = await startNetwork();
  service = await startParty('service', 0);
  guest = await startParty('guest', 1);
}, 60_000);

afterAll(async () => {
  await service.connection.close();
  await guest.connection.close();
  await NymClientProcess.stopAll();
  await mixnet.stop();
  await directory.remove();
});

/** The same network each time: keys, ports and registrations are kept. */
function startNetwork(): Promise<Mixnet> {
  return startMixnet({ gateways: 2, mixNodesPerLayer: 1, dataDir: join(directory.path, 'net') });
}

async function startParty(id: string, gateway: number, flags: string[] = []): Promise<Party> {
  const process = NymClientProcess.start(
    [
      ...['run', '--init', '--id', id, '--data', directory.path, '--nym-apis', mixnet.nymApiUrl],
      ...['--gateway', mixnet.gateways[gateway]!.identity, '-p', '0', '--no-cover', ...flags],
    ],
    { NYM_CLIENT_LOG: 'debug' },
  );
  const { url, address } = await process.ready();
  const connection = await connectNymClient(url);
  const mail = new Waiting<NymMessage>();
  connection.on('message', mail.push);
  return { process, connection, address, mail };
}

async function nextText({ mail }: Party): Promise<string> {
  return Buffer.from((await mail.next()).message).toString();
}

/** Passes over what comes again: a client that was built anew does not know what it has had. */
async function untilText(party: Party, text: string): Promise<void> {
  while ((await nextText(party)) !== text);
}

/** The guest asks; returns the tag by which the service can answer at any time. */
async function ask(): Promise<string> {
  await guest.connection.sendAnonymous(service.address, 'question', 40);
  return (await service.mail.next()).senderTag!;
}

test('tags stay valid when the gateway goes away and comes back, and nothing that was sent is lost', async () => {
  const tag = await ask();
  const [gateway] = mixnet.gateways;
  await gateway!.stop();
  await service.process.line(/the connection to the gateway was lost/);
  await service.connection.reply(tag, 'sent while it was away');
  await guest.connection.send(service.address, 'sent to it while it was away');
  await gateway!.start();
  await service.process.line(/connected to the gateway again/);
  expect(await nextText(guest)).toBe('sent while it was away');
  expect(await nextText(service)).toBe('sent to it while it was away');
  await service.connection.reply(tag, 'sent when it was back');
  expect(await nextText(guest)).toBe('sent when it was back');
});

test('tags stay valid when the whole network is restarted with what it has on the disk', async () => {
  const tag = await ask();
  await mixnet.stop();
  await service.process.line(/the connection to the gateway was lost/);
  mixnet = await startNetwork();
  await service.process.line(/connected to the gateway again/);
  await guest.process.line(/connected to the gateway again/);
  await service.connection.reply(tag, 'still known');
  expect(await nextText(guest)).toBe('still known');
});

test('a gateway that has forgotten its clients gets them back under the same address', async () => {
  await mixnet.stop();
  await rm(join(directory.path, 'net', 'gateway-1', 'clients.json'));
  mixnet = await startNetwork();
  await service.process.line(/the registration is lost; building/);
  await service.process.line(/the mixnet client is up again/);
  await guest.process.line(/connected to the gateway again/);
  await guest.connection.send(service.address, 'the address is the same');
  await untilText(service, 'the address is the same');
  await restart();
  await guest.connection.send(service.address, 'and after a restart');
  await untilText(service, 'and after a restart');
});

test('a gateway that comes back at another port is found there, under the same address', async () => {
  await mixnet.stop();
  const file = join(directory.path, 'net', 'network.json');
  const state = (await readFile(file, 'utf8')).replace(/"wsPort": *\d+/, '"wsPort": 0');
  await writeFile(file, state);
  mixnet = await startNetwork();
  await service.process.line(/the gateway has moved to ws:/);
  await service.process.line(/the mixnet client is up again/);
  await guest.process.line(/connected to the gateway again/);
  await guest.connection.send(service.address, 'found again');
  await untilText(service, 'found again');
});

test('heartbeats come back and never reach the application, and when they stop the client is built anew', async () => {
  const heartbeats = ['--heartbeat-seconds', '1', '--heartbeat-timeout-seconds', '3'];
  const watched = await startParty('watched', 0, [...heartbeats, '--heartbeat-misses', '2']);
  await watched.process.line(/a heartbeat came back/);
  await watched.process.line(/a heartbeat came back/);
  expect(watched.mail.size).toBe(0);
  for (const node of mixnet.mixNodes) await node.stop();
  await watched.process.line(/2 heartbeats through the mixnet stayed without an answer; building/);
  for (const node of mixnet.mixNodes) await node.start();
  await watched.process.line(/the mixnet client is up again/);
  await guest.connection.send(watched.address, 'the way is open');
  await untilText(watched, 'the way is open');
  await watched.connection.close();
});

/** Restarts the service's nym-client. */
async function restart(): Promise<void> {
  await service.connection.close();
  await service.process.stop();
  const { address } = service;
  service = await startParty('service', 0);
  expect(service.address).toBe(address);
}
