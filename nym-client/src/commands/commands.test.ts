import { expect, test } from '@jest/globals';
import { silentLogger } from '../logger.js';
import type { CommandContext } from './context.js';
import { CLIENT_FLAGS, settingsFromFlags } from './client-flags.js';
import { parseFlags, UsageError } from './flags.js';
import { init, initHelp } from './init.js';
import { run, runHelp } from './run.js';

function context(): CommandContext & { printed: string[] } {
  const printed: string[] = [];
  return {
    env: {},
    print: (text) => printed.push(text),
    logger: silentLogger,
    stop: new AbortController().signal,
    printed,
  };
}

test.each([
  [run, ['--id', 'x', '--frob'], "Unknown option '--frob'"],
  [run, ['--id', 'x', 'extra'], "Unexpected argument 'extra'"],
  [run, ['--id'], 'argument missing'],
  [run, [], '--id is required'],
  [run, ['--id', ''], '--id is required'],
  [run, ['--id', 'x', '--no-cover=yes'], 'does not take an argument'],
  [run, ['--id', 'x', '--heartbeat-seconds', 'soon'], '--heartbeat-seconds must be a whole number'],
  [
    run,
    ['--id', 'x', '--heartbeat-misses', '0'],
    '--heartbeat-misses must be a whole number from 1',
  ],
  [init, ['--id', 'x', '--port', '65536'], '--port must be a whole number from 0 to 65535'],
  [init, ['--id', 'x', '--port', '-1'], '--port'],
  [init, ['--id', 'x', '--port', '1e3'], '--port must be a whole number'],
  [init, ['--id', 'x', '--host', 'localhost'], '--host must be an IP address'],
  [init, ['--id', 'x', '--nym-apis', 'ftp://x'], '--nym-apis must be http(s) URLs'],
  [init, ['--id', 'x', '--nym-apis', 'http://x,'], '--nym-apis must be http(s) URLs'],
  [init, ['--id', 'x', '-o', 'yaml'], '--output must be text or json'],
])('%p of %p is refused, and why is said', async (command, args, complaint) => {
  const failure = command(args, context());
  await expect(failure).rejects.toThrow(UsageError);
  await expect(failure).rejects.toThrow(complaint);
});

test.each(['../x', 'a/b', '.hidden', '', 'x'.repeat(65)])(
  'a client cannot be called %p',
  async (id) => {
    await expect(init([`--id=${id}`], context())).rejects.toThrow(
      /cannot be the id|--id is required/,
    );
  },
);

test('a variable that is empty counts as not given, and one that makes no sense is named', () => {
  const flags = parseFlags(CLIENT_FLAGS, []);
  expect(settingsFromFlags(flags, { NYM_API: '' })).toEqual({});
  expect(settingsFromFlags(flags, { NYM_API: 'http://x' })).toEqual({ nymApis: ['http://x'] });
  expect(() => settingsFromFlags(flags, { NYM_API: 'x' })).toThrow(
    'NYM_API must be http(s) URLs with commas between',
  );
});

test('help names every flag', async () => {
  const both = context();
  await init(['--help'], both);
  await run(['-h'], both);
  expect(both.printed).toEqual([initHelp, runHelp]);
  for (const flag of ['--id', '--data', '--nym-apis', '--gateway', '--port', '--no-cover']) {
    expect(initHelp).toContain(flag);
    expect(runHelp).toContain(flag);
  }
});
