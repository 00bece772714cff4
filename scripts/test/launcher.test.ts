import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The launcher as a program, with stand-ins for the parts, which do what real ones do only when something is wrong. */
jest.setTimeout(30_000);

const program = join(dirname(fileURLToPath(import.meta.url)), 'support', 'start-stand-ins.mjs');
const STAY = 'setInterval(() => undefined, 1000);';

/** What each part does when all is well, in few words. */
const WELL = {
  'mixnet/dist/main.js': `console.log('Ready: nym-api at nowhere'); ${STAY}`,
  'nym-client/dist/main.js': `console.error('INFO Client startup finished!'); ${STAY}`,
  'backend/dist/main.js': `process.send({ event: 'ready', serviceAddress: 'a.b@c' }); ${STAY}`,
  'frontend/dist/server/main.js': `
    import { createServer } from 'node:http';
    createServer((_, response) => response.end()).listen(process.env.PASTENYM_PORT, '127.0.0.1');`,
};
/** A nym-client that does not find its network tries again for ever; the service waits for it. */
const HOPELESS = {
  'nym-client/dist/main.js': `console.error('ERROR the client does not start: no gateway'); ${STAY}`,
  'backend/dist/main.js': STAY,
};

let root: string;
let launched: ChildProcess | undefined;
let api: Server | undefined;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pastenym-stand-ins-'));
});
afterEach(() => {
  launched?.kill('SIGKILL');
  api?.close();
  rmSync(root, { recursive: true });
});

interface Launch {
  parts?: Partial<typeof WELL>;
  /** Until the first word, between further ones, until it is given up. */
  patienceMs?: [number, number, number];
  args?: string[];
  env?: Record<string, string>;
}

function launch({ parts = {}, patienceMs = [9e9, 9e9, Infinity], args = [], env = {} }: Launch) {
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  for (const [file, source] of Object.entries({ ...WELL, ...parts })) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), source);
  }
  const portBase = 24_000 + 50 * Math.floor(Math.random() * 160);
  const child = spawn(process.execPath, [program, ...args], {
    env: {
      ...process.env,
      STAND_INS: [root, ...patienceMs].join(' '),
      PASTENYM_PORT: String(portBase + 49),
      PASTENYM_PORT_BASE: String(portBase),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  launched = child;
  return { child, exited: once(child, 'exit'), ...watchOutput(child) };
}

function watchOutput(child: ChildProcess) {
  let output = '';
  const add = (text: string) => {
    output += text;
    child.emit('output');
  };
  child.stdout?.setEncoding('utf8').on('data', add);
  child.stderr?.setEncoding('utf8').on('data', add);
  const until = async (pattern: RegExp) => {
    while (!pattern.test(output)) await once(child, 'output');
  };
  return { until, output: () => output };
}

test('what does not become ready is named, again and again, and on the local network given up', async () => {
  const { exited, output } = launch({
    parts: HOPELESS,
    patienceMs: [500, 200, 1500],
  });
  expect(await exited).toEqual([1, null]);
  const words = output().match(/nymClient is not ready .*nymClient\.log.*\n.*no gateway/g);
  expect(words!.length).toBeGreaterThan(2);
  expect(existsSync(join(root, 'data', 'launcher.pid'))).toBe(false);
});

test('on the public network it goes on waiting, and saying so, until it is stopped', async () => {
  api = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1');
  await once(api, 'listening');
  const { port } = api.address() as AddressInfo;
  const { child, exited, until } = launch({
    parts: HOPELESS,
    patienceMs: [100, 100, Infinity],
    args: ['--network', 'mainnet'],
    env: { NYM_API_URL: `http://127.0.0.1:${port}/api` },
  });
  await until(/(nymClient is not ready [^]*){3}/);
  child.kill('SIGTERM');
  expect(await exited).toEqual([130, null]);
});

test('a part that does not stay alive ends the start', async () => {
  const { exited, output } = launch({
    parts: {
      'frontend/dist/server/main.js': "throw new Error('no page')",
      'backend/dist/main.js': STAY,
    },
  });
  expect(await exited).toEqual([1, null]);
  expect(output()).toMatch(/frontend does not start\. .*frontend\.log/);
});

test('a part that does not listen is stopped at once by a second Ctrl-C', async () => {
  const deaf = "for (const name of ['SIGTERM', 'SIGINT']) process.on(name, () => undefined);";
  const { child, exited, until } = launch({
    parts: { 'mixnet/dist/main.js': deaf + WELL['mixnet/dist/main.js'] },
  });
  await until(/Pastenym is ready/);
  const { pids } = JSON.parse(readFileSync(join(root, 'data', 'run.json'), 'utf8')) as {
    pids: { mixnet: number };
  };
  child.kill('SIGINT');
  await until(/Ctrl-C again/);
  // As somebody who loses patience does; the first presses count as one.
  const pressing = setInterval(() => child.kill('SIGINT'), 100);
  const code = await exited;
  clearInterval(pressing);
  expect(code).toEqual([130, null]);
  expect(() => process.kill(pids.mixnet, 0)).toThrow('ESRCH');
  expect(existsSync(join(root, 'data', 'run.json'))).toBe(false);
});

test('when the terminal is gone, everything is stopped in order all the same', async () => {
  const { child, exited, until } = launch({});
  await until(/Pastenym is ready/);
  child.stdout.destroy();
  child.stderr.destroy();
  child.kill('SIGHUP');
  expect(await exited).toEqual([0, null]);
  expect(existsSync(join(root, 'data', 'launcher.pid'))).toBe(false);
});
