import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, jest, test } from '@jest/globals';
import { startMixnet } from '@pastenym/mixnet';
import { connectNymClient, type NymMessage } from '../src/connection/connection.js';
import { build, NymClientProcess } from './support/nym-client-process.js';
import { ownDirectory } from './support/own-directory.js';
import { Waiting } from './support/waiting.js';

jest.setTimeout(60_000);

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const example = fileURLToPath(new URL('../examples/echo.mjs', import.meta.url));

test('the echo service of the README is the one that is tested here', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  expect(readme).toContain(await readFile(example, 'utf8'));
});

test('the echo service answers through the mixnet, to the byte', async () => {
  await build();
  const directory = await ownDirectory();
  cleanUps.push(directory.remove);
  const mixnet = await startMixnet({ gateways: 1, mixNodesPerLayer: 1 });
  cleanUps.push(() => mixnet.stop());
  cleanUps.push(() => NymClientProcess.stopAll());
  const startClient = (id: string, ...profile: string[]) =>
    NymClientProcess.start([
      ...['run', '--init', '--id', id, '--data', directory.path, '--nym-apis', mixnet.nymApiUrl],
      ...['-p', '0', ...profile],
    ]);
  // One for a small machine, one with cover traffic and all else as the public network has it.
  const clients = [
    startClient('service', '--no-cover', '--extended-packets'),
    startClient('guest'),
  ];
  const [service, guest] = await Promise.all(clients.map((client) => client.ready()));

  const echo = spawn(process.execPath, [example], {
    env: { PATH: process.env['PATH'], NYM_CLIENT_URL: service!.url },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  cleanUps.push(() => echo.kill('SIGKILL'));
  const [line] = (await once(createInterface(echo.stdout), 'line')) as [string];
  expect(line).toBe(`Write to ${service!.address}`);

  const connection = await connectNymClient(guest!.url);
  cleanUps.push(() => connection.close());
  const mail = new Waiting<NymMessage>();
  connection.on('message', mail.push);
  for (const length of [1, 1601, 50_000]) {
    const bytes = crypto.getRandomValues(new Uint8Array(length));
    await connection.sendAnonymous(service!.address, bytes, 20);
    expect(await mail.next()).toEqual({ message: bytes, senderTag: undefined });
  }

  const ended = once(echo, 'exit');
  echo.kill('SIGINT');
  expect(await ended).toEqual([0, null]);
});
