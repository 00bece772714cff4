import { once } from 'node:events';
import { cp, readdir, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { startMixnet, type Mixnet } from '@pastenym/mixnet';
import { isNymAddress, parseNymAddress } from '@pastenym/shared/nym-address';
import { connectNymClient } from '../src/connection/connection.js';
import { build, nymClient, NymClientProcess } from './support/nym-client-process.js';
import { ownDirectory } from './support/own-directory.js';

jest.setTimeout(30_000);

let mixnet: Mixnet;
let directory: Awaited<ReturnType<typeof ownDirectory>>;
let data: string[];
let network: string[];
/** The result of `init` for the client `made`. */
let made: Awaited<ReturnType<typeof nymClient>>;
let port: string;

beforeAll(async () => {
  await build();
  directory = await ownDirectory();
  mixnet = await startMixnet({ gateways: 2, mixNodesPerLayer: 1 });
  data = ['--data', directory.path];
  network = [...data, '--nym-apis', mixnet.nymApiUrl];
  port = String(await freePort());
  made = await nymClient(['init', '--id', 'made', ...network, '-p', port]);
}, 60_000);

afterAll(async () => {
  await NymClientProcess.stopAll();
  await mixnet.stop();
  await directory.remove();
});

function addressOf({ stdout }: { stdout: string }): string {
  return /Address of this client: (\S+)/.exec(stdout)![1]!;
}

/** A port at which nobody listens: one that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('init', () => {
  test('prints what it made, and leaves files that only their owner can read', async () => {
    expect(made.code).toBe(0);
    expect(made.stdout).toMatch(
      new RegExp(`\\nClient listening port: ${port}\\nAddress of this client: (\\S+)\\n$`),
    );
    expect(isNymAddress(addressOf(made))).toBe(true);
    const home = join(directory.path, 'made');
    expect((await stat(home)).mode & 0o777).toBe(0o700);
    const files = await readdir(home);
    expect(files.sort()).toEqual(['config.json', 'identity.json']);
    for (const file of files) expect((await stat(join(home, file))).mode & 0o777).toBe(0o600);
  });

  test('prints the members of the native client as JSON, and nothing else on stdout', async () => {
    const gateway = mixnet.gateways[1]!.identity;
    const args = ['init', '--id', 'json', ...network, '--gateway', gateway, '-o', 'json'];
    const { stdout } = await nymClient(args);
    const result = JSON.parse(stdout) as Record<string, unknown>;
    const address = parseNymAddress(String(result['client_address']));
    expect(result).toEqual({
      version: expect.any(String),
      id: 'json',
      identity_key: expect.any(String),
      encryption_key: expect.any(String),
      gateway_id: gateway,
      gateway_listener: new URL(mixnet.gateways[1]!.url).href,
      gateway_registration: expect.any(Array),
      address: [...address.identity, ...address.encryption, ...address.gateway],
      client_listening_port: 1977,
      client_address: `${String(result['identity_key'])}.${String(result['encryption_key'])}@${gateway}`,
    });
  });

  test('refuses to make a client twice', async () => {
    const { code, stdout, log } = await nymClient(['init', '--id', 'made', ...network]);
    expect([code, stdout]).toEqual([1, '']);
    expect(log).toContain("this client (id: 'made') has already been initialised before");
  });

  test('names the nym-api that does not answer, and leaves nothing that looks initialised', async () => {
    const url = `http://127.0.0.1:${await freePort()}/api`;
    const args = ['--id', 'nowhere', ...data, '--nym-apis', url];
    const { code, log } = await nymClient(['init', ...args]);
    expect(code).toBe(1);
    expect(log.split('\n')).toHaveLength(1);
    expect(log).toContain(`nym-api ${url} does not answer`);
    expect((await nymClient(['run', ...args])).log).toContain('has not been initialised');
  });

  test('goes to the next nym-api when one does not answer', async () => {
    const dead = `http://127.0.0.1:${await freePort()}/api`;
    const apis = `${dead},${mixnet.nymApiUrl}`;
    expect(await nymClient(['init', '--id', 'second', ...data, '--nym-apis', apis])).toMatchObject({
      code: 0,
    });
  });

  test.each([
    ['a gateway that the network does not have', ['--gateway', 'nobody'], 'no gateway nobody'],
    [
      'TLS where no gateway has it',
      ['--force-tls-gateway'],
      'no gateway of the network takes clients by TLS',
    ],
  ])('refuses %s', async (_, flags, complaint) => {
    const { code, log } = await nymClient(['init', '--id', 'x', ...network, ...flags]);
    expect(code).toBe(1);
    expect(log).toContain(complaint);
  });
});

describe('run', () => {
  test('serves at the port of init, keeps its address when stopped and when killed', async () => {
    const address = addressOf(made);
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      const running = NymClientProcess.start(['run', '--id', 'made', ...data, '--no-cover']);
      expect(await running.ready()).toEqual({ url: `ws://127.0.0.1:${port}`, address });
      expect(await running.stop(signal)).toBe(signal === 'SIGKILL' ? 'SIGKILL' : 0);
    }
  });

  test('ends an application politely when it is stopped', async () => {
    const running = NymClientProcess.start(['run', '--id', 'made', ...data]);
    const connection = await connectNymClient((await running.ready()).url);
    const disconnected = new Promise((resolve) => connection.once('disconnected', resolve));
    expect(await running.stop('SIGINT')).toBe(0);
    expect(await disconnected).toEqual({ willReconnect: true });
    await connection.close();
  });

  test('names the port that is taken, at once', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { code, log } = await nymClient([
      'run',
      '--init',
      '--id',
      'taken',
      ...network,
      '--port',
      String(port),
    ]);
    server.close();
    expect(code).toBe(1);
    expect(log).toContain(`Failed to bind to 127.0.0.1:${port} - listen EADDRINUSE`);
    expect(log.split('\n')).toHaveLength(1);
  });

  test('waits for a network that is not there yet, and can be stopped meanwhile', async () => {
    const url = `http://127.0.0.1:${await freePort()}/api`;
    const args = ['run', '--init', '--id', 'waits', ...data, '--nym-apis', url, '-p', '0'];
    const running = NymClientProcess.start(args);
    await running.line(/the client does not start: nym-api .* does not answer/);
    await running.line(/the client does not start: nym-api .* does not answer/);
    expect(await running.stop()).toBe(0);
  });

  test('does not wait for a gateway that the network does not have', async () => {
    const args = ['run', '--init', '--id', 'lost', ...network, '-p', '0', '--gateway', 'nobody'];
    const { code, log } = await nymClient(args);
    expect(code).toBe(1);
    expect(log).toMatch(/^\S+ ERROR An error occurred: the network has no gateway nobody$/);
  });

  test('refuses keys that are damaged, without printing any of them', async () => {
    const broken = join(directory.path, 'broken');
    await cp(join(directory.path, 'made'), broken, { recursive: true });
    await writeFile(join(broken, 'identity.json'), '{"format":1,"secret":"s3cr3t');
    const { code, log } = await nymClient(['run', '--id', 'broken', ...data, '-p', '0']);
    expect(code).toBe(1);
    expect(log).toMatch(/identity\.json is not a file of this client, or it is damaged/);
    expect(log).not.toContain('s3cr3t');
  });
});

test.each([
  [['run', '--id', 'x', '--frob'], "Unknown option '--frob' (see `nym-client run --help`)"],
  [
    ['--no-banner', 'upgrade', '--no-banner'],
    "there is no command 'upgrade' (see `nym-client --help`)",
  ],
])('%p is refused with one line that says why', async (args, complaint) => {
  const { code, stdout, log } = await nymClient(args);
  expect([code, stdout]).toEqual([1, '']);
  expect(log).toMatch(/^\S+ ERROR An error occurred: [^\n]*$/);
  expect(log).toContain(complaint);
});

test.each([[['--help']], [['--version']], [[]], [['--no-banner']]])(
  '%p is answered on stdout',
  async (args) => {
    const { code, stdout, log } = await nymClient(args);
    expect([code, log]).toEqual([0, '']);
    expect(stdout).toContain('nym-client');
  },
);
