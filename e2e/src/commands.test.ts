import { expect, jest, test } from '@jest/globals';
import { execFile, execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createDataFolder } from './stack.js';

/** What somebody types into a terminal. */
jest.setTimeout(60_000);

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const run = promisify(execFile);

const node = (args: string[], env: Record<string, string> = {}) =>
  run(process.execPath, args, { cwd: root, env: { ...process.env, ...env } });

test.each([
  ['scripts/dist/start.js', 'Usage'],
  ['mixnet/dist/main.js', 'hides nobody'],
  ['nym-client/dist/main.js', 'init'],
  ['backend/dist/main.js', 'NYM_CLIENT_URL'],
  ['frontend/dist/server/main.js', 'PASTENYM_PORT'],
])('%s explains itself with --help', async (program, text) => {
  const { stdout } = await node([program, '--help']);
  expect(stdout).toContain(text);
});

test('on the public network, an API that does not answer is named', async () => {
  const env = { NYM_API_URL: 'http://127.0.0.1:9/api', PASTENYM_DATA: createDataFolder() };
  const started = node(['scripts/dist/start.js', '--network', 'mainnet'], env);
  await expect(started).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('The Nym API at http://127.0.0.1:9/api did not answer'),
  });
});

test('an option that does not exist is an error in one line', async () => {
  await expect(node(['scripts/dist/start.js', '--nonsense'])).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^[^\n]*--nonsense[^\n]*\n$/),
  });
});

test('a benchmark that does not exist is an error that lists those that do', async () => {
  await expect(node(['scripts/bench.mjs', 'nonsense'])).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/nonsense[^]*mixnet[^]*page/),
  });
});

const hasCompose = (() => {
  try {
    execFileSync('docker', ['compose', 'version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

(hasCompose ? test : test.skip)(
  'the compose file is valid, for the local network and for the public one',
  async () => {
    await run('docker', ['compose', '--profile', 'local', 'config', '--quiet'], { cwd: root });
    const { stdout } = await run('docker', ['compose', '--env-file', '.env.example', 'config'], {
      cwd: root,
    });
    expect(stdout).toContain('https://validator.nymtech.net/api');
    expect(stdout).not.toContain('--no-cover');
    expect(stdout).not.toContain('target: mixnet');
  },
);
