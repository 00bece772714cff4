import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { base58 } from '@scure/base';
import { formatNodeAddress } from '../src/sphinx/node-address.js';
import { buildPackage } from './support/build.js';
import { GatewayClient } from './support/gateway-client.js';
import { filled, letter, sendPacket } from './support/routes.js';

jest.setTimeout(60_000);

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const PROGRAM = here('../dist/main.js');

let dataDir = '';
const children: ChildProcess[] = [];

beforeAll(buildPackage);
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'mixnet-cli-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) await end(child, 'SIGKILL');
  await rm(dataDir, { recursive: true });
});

interface Ended {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<Ended> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
  return { exitCode: child.exitCode, signal: child.signalCode };
}

interface Program {
  readonly child: ChildProcess;
  /** The next line that it prints. */
  line(): Promise<string>;
}

function launch(args: readonly string[], environment: Record<string, string> = {}): Program {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { ...process.env, NODE_OPTIONS: '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, line: async () => String((await lines.next()).value) };
}

/** Starts it and reads where its nym-api is. */
async function ready(...args: string[]): Promise<Program & { nymApiUrl: string }> {
  const program = launch(args);
  expect(await program.line()).toContain('hides nobody');
  const nymApiUrl = /http:\S+/.exec(await program.line())?.[0];
  return { ...program, nymApiUrl: nymApiUrl! };
}

async function run(
  args: string[],
  environment = {},
): Promise<{ exitCode: number | null; errors: string; output: string }> {
  const { child } = launch(args, environment);
  let [errors, output] = ['', ''];
  child.stderr?.on('data', (part: Buffer) => (errors += part.toString()));
  child.stdout?.on('data', (part: Buffer) => (output += part.toString()));
  await once(child, 'close');
  return { exitCode: child.exitCode, errors, output };
}

interface GatewayNode {
  readonly mix_port: number;
  readonly x25519_sphinx_pubkey: string;
  readonly entry: { readonly ws_port: number };
}

async function firstGateway(nymApiUrl: string): Promise<GatewayNode> {
  const path = '/v2/unstable/nym-nodes/skimmed/entry-gateways';
  const answer = (await (await fetch(nymApiUrl + path)).json()) as {
    nodes: { data: GatewayNode[] };
  };
  return answer.nodes.data[0]!;
}

const urlOf = (gateway: GatewayNode): string => `ws://127.0.0.1:${gateway.entry.ws_port}/`;

/** Asks for the counters until they say so. */
async function countersSay(program: Program, what: string): Promise<void> {
  let line = '';
  while (!line.includes(what)) {
    program.child.kill('SIGUSR2');
    line = await program.line();
  }
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends it, cleanly and soon, with clients connected',
  async (signal) => {
    const { child, nymApiUrl } = await ready();
    const line = await new GatewayClient().register(urlOf(await firstGateway(nymApiUrl)));
    await line.answer();
    const start = performance.now();
    expect(await end(child, signal)).toEqual({ exitCode: 0, signal: null });
    expect(performance.now() - start).toBeLessThan(2000);
    expect((await line.next()).closed).toBe(1001);
  },
);

test('SIGUSR2 prints one line of counters', async () => {
  const program = await ready();
  program.child.kill('SIGUSR2');
  expect(await program.line()).toMatch(/^packets in 0, out 0.*dropped: none$/);
});

test('registrations that were answered and messages that were stored survive that the process is killed', async () => {
  const client = new GatewayClient();
  const first = await ready('--data', dataDir);
  const before = await firstGateway(first.nymApiUrl);
  const registering = await client.register(urlOf(before));
  expect(await registering.answer()).toMatchObject({ type: 'register', status: true });
  registering.close();
  await countersSay(first, 'connected 0');
  const gateway = {
    address: formatNodeAddress('127.0.0.1', before.mix_port),
    publicKey: base58.decode(before.x25519_sphinx_pubkey),
  };
  const message = Buffer.from('written down');
  const destination = client.identity.publicKey;
  await sendPacket(
    { mixPort: before.mix_port },
    letter({ route: [gateway], destination, message }),
  );
  await countersSay(first, 'stored 1');
  await end(first.child, 'SIGKILL');

  const second = await ready('--data', dataDir);
  expect(second.nymApiUrl).toBe(first.nymApiUrl);
  expect(await firstGateway(second.nymApiUrl)).toEqual(before);
  const line = await client.authenticate(urlOf(before));
  const stored = client.unseal(await line.binary());
  expect(Buffer.from(stored!).equals(filled(message))).toBe(true);
  expect(await line.answer()).toMatchObject({ type: 'authenticate', status: true });
  line.close();
});

test('a port that is taken is named in one line, and the exit code is 1', async () => {
  // Below the ports that systems hand out by themselves, so that no other of the network's is taken.
  const port = randomInt(20_000, 28_000);
  const blocker = createServer().listen(port, '127.0.0.1');
  await once(blocker, 'listening');
  // The blocker sits where the first websocket would.
  const { exitCode, errors } = await run(['--port-base', String(port - 10)]);
  blocker.close();
  expect(exitCode).toBe(1);
  expect(errors).toBe(
    `mixnet: port ${port} on 127.0.0.1 (websocket of gateway 1) is already in use\n`,
  );
});

test.each([
  [['--nonsense'], {}, '--nonsense'],
  [['--gateways'], {}, '--gateways'],
  [['--gateways', 'many'], {}, 'gateways must be a whole number'],
  [['--loss', '2'], {}, 'lossRate must be'],
  [['--delay-ms', '-1'], {}, 'delay-ms'],
  [['--data', '/dev/null/x'], {}, 'cannot use /dev/null/x: ENOTDIR'],
  [[], { MIXNET_LOSS: 'x' }, 'lossRate must be'],
])('%j with %j is refused in one line', async (args, environment, why) => {
  const { exitCode, errors } = await run(args, environment);
  expect(exitCode).toBe(1);
  expect(errors).toContain(why);
  expect(errors.trim().split('\n')).toHaveLength(1);
});

test('--help names every option and its variable', async () => {
  const { exitCode, output } = await run(['--help']);
  expect(exitCode).toBe(0);
  for (const name of [
    'data',
    'port-base',
    'gateways',
    'mixes-per-layer',
    'host',
    'loss',
    'delay-ms',
  ]) {
    expect(output).toContain(`--${name} `);
    expect(output).toContain(`[MIXNET_${name.toUpperCase().replaceAll('-', '_')}]`);
  }
});
