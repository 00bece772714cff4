import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { buildPage, buildServer } from './support/build.js';
import { SERVICE_ADDRESS } from './support/scripted-mixnet.js';

// A build, on a machine that does other things as well.
jest.setTimeout(120_000);

let entry: string;
let child: ChildProcess | undefined;

beforeAll(() => {
  buildPage();
  entry = buildServer();
});

afterEach(() => {
  child?.kill('SIGKILL');
});

function run(env: Record<string, string>, args: string[] = []) {
  const started = spawn(process.execPath, [entry, ...args], { env, stdio: 'pipe' });
  child = started;
  let output = '';
  const waiters = new Set<() => void>();
  for (const stream of [started.stdout, started.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      for (const look of waiters) look();
    });
  }
  const exited = once(started, 'close') as Promise<[number | null]>;
  return {
    kill: (signal: NodeJS.Signals) => started.kill(signal),
    exitCode: async () => (await exited)[0],
    output: () => output,
    async says(pattern: RegExp): Promise<string> {
      return new Promise((resolve) => {
        const look = () => {
          const found = pattern.exec(output)?.[1];
          if (found !== undefined) resolve(found);
        };
        waiters.add(look);
        look();
      });
    },
  };
}

const env = { SERVICE_ADDRESS, PASTENYM_PORT: '0' };

describe('the program that sends the page', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'says where the page is, and stops on %s',
    async (signal) => {
      const program = run(env);
      const url = await program.says(/"url":"([^"]+)"/);
      expect((await fetch(url)).status).toBe(200);
      program.kill(signal);
      expect(await program.exitCode()).toBe(0);
    },
  );

  test('logs nothing about a request, least of all its path', async () => {
    const program = run(env);
    const url = await program.says(/"url":"([^"]+)"/);
    const before = program.output();
    await fetch(`${url}8A8Z9nIk`);
    await fetch(`${url}config.json`);
    program.kill('SIGTERM');
    await program.exitCode();
    expect(program.output().slice(before.length)).not.toMatch(/8A8Z9nIk|config|GET|404/);
  });

  test('names a port that is taken, in one line', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const program = run({ ...env, PASTENYM_PORT: String(port) });
    expect(await program.exitCode()).toBe(1);
    expect(program.output()).toBe(`Port ${port} is taken. Set PASTENYM_PORT to a free one.\n`);
    other.close();
  });

  test('lists everything that is wrong with its settings', async () => {
    const program = run({ PASTENYM_PORT: 'http', PASTENYM_NETWORK: 'moon' });
    expect(await program.exitCode()).toBe(1);
    expect(program.output()).toMatch(/PASTENYM_NETWORK must be .*\n.*PASTENYM_PORT must be /);
  });

  test('explains its settings', async () => {
    const program = run({}, ['--help']);
    expect(await program.exitCode()).toBe(0);
    expect(program.output()).toContain('SERVICE_ADDRESS_FILE');
  });
});
