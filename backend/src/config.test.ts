import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { readConfig, SETTINGS } from './config.js';
import { formatHelp } from './help.js';
import { StartupError } from './startup-error.js';

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof StartupError) return error.problems;
    throw error;
  }
  return [];
}

test('with no settings at all the service runs on its defaults', () => {
  expect(readConfig({})).toEqual({
    NYM_CLIENT_URL: ['ws://127.0.0.1:1977'],
    DATABASE_URL: resolve('data/pastes.sqlite'),
    SERVICE_ADDRESS_FILE: undefined,
    SELF_PROBE_SECONDS: 300,
    MAX_TEXT_BYTES: 12_000_000,
    V1_CREATES: true,
    MAX_PASTE_BYTES: 33_554_432,
    MAX_EXPIRY_SECONDS: 31_622_400,
    MAX_UPLOADS: 64,
    STORE_QUOTA_BYTES: 10_737_418_240,
    CREATES_PER_SECOND: 0,
    CREATE_BURST: 100,
    PUZZLE_DIFFICULTY: 0,
    PUZZLE_MAX_DIFFICULTY: 1_000_000,
    INSTANCE_NAME: 'Pastenym',
    INSTANCE_NOTICE: undefined,
    SWEEP_INTERVAL_SECONDS: 60,
    V1_OUTCOME_SECONDS: 600,
    OUTCOME_SECONDS: 7200,
    CLAIM_SECONDS: 600,
    UPLOAD_SECONDS: 3600,
    DRAIN_SECONDS: 10,
    METRICS_PORT: undefined,
    METRICS_HOST: '127.0.0.1',
    LOG_LEVEL: 'info',
  });
});

test('an empty setting counts as left out', () => {
  const empty = Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, '']));
  expect(readConfig(empty)).toEqual(readConfig({}));
});

test('everything that is wrong is said at once', () => {
  const problems = problemsOf({
    NYM_CLIENT_URL: 'http://127.0.0.1:1977',
    DATABASE_URL: 'mysql://x',
    MAX_TEXT_BYTES: '0',
    V1_CREATES: 'yes',
    PUZZLE_DIFFICULTY: '4294967297',
    INSTANCE_NAME: 'x'.repeat(61),
    INSTANCE_NOTICE: 'one line\nand another',
    SWEEP_INTERVAL_SECONDS: '1.5',
    OUTCOME_SECONDS: '-1',
    DRAIN_SECONDS: 'soon',
    LOG_LEVEL: 'loud',
  });
  expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
    'NYM_CLIENT_URL',
    'DATABASE_URL',
    'MAX_TEXT_BYTES',
    'V1_CREATES',
    'PUZZLE_DIFFICULTY',
    'INSTANCE_NAME',
    'INSTANCE_NOTICE',
    'SWEEP_INTERVAL_SECONDS',
    'OUTCOME_SECONDS',
    'DRAIN_SECONDS',
    'LOG_LEVEL',
  ]);
});

test('several nym-clients are named with commas between', () => {
  const urls = 'ws://a:1977, wss://b/x ,ws://c';
  expect(readConfig({ NYM_CLIENT_URL: urls }).NYM_CLIENT_URL).toEqual([
    'ws://a:1977',
    'wss://b/x',
    'ws://c',
  ]);
});

test('of several nym-clients, each that is wrong is a problem', () => {
  const urls = 'ws://a:1977,http://b,ws://c/#x,,ws://A:1977/,ws://d,nonsense';
  expect(problemsOf({ NYM_CLIENT_URL: urls })).toEqual([
    'NYM_CLIENT_URL must be a ws:// or wss:// URL (number 2 of 7).',
    'NYM_CLIENT_URL must be a URL without a fragment, which websockets do not take (number 3 of 7).',
    'NYM_CLIENT_URL must be a ws:// or wss:// URL (number 4 of 7).',
    'NYM_CLIENT_URL must be a URL that was not named before (number 5 of 7).',
    'NYM_CLIENT_URL must be a ws:// or wss:// URL (number 7 of 7).',
  ]);
  expect(problemsOf({ NYM_CLIENT_URL: 'ws://127.0.0.1:1977/#x' })).toHaveLength(1);
});

test.each([
  ['file:data/x.sqlite', resolve('data/x.sqlite')],
  ['file:/data/x.sqlite', '/data/x.sqlite'],
  ['file:///data/x.sqlite', '/data/x.sqlite'],
  ['file:100%/x.sqlite', resolve('100%/x.sqlite')],
])('the database %s is the file %s', (url, path) => {
  expect(readConfig({ DATABASE_URL: url }).DATABASE_URL).toBe(path);
});

test.each([
  'postgres://user:secret@host/db',
  'postgresql://user:p%40ss@127.0.0.1:5433/db?sslmode=verify-full',
  'postgres://[::1]/db',
])('the database %s is one of PostgreSQL', (url) => {
  expect(readConfig({ DATABASE_URL: url }).DATABASE_URL).toBe(url);
});

test.each([
  ['postgres:', 'must be postgres://user:password@host:port/database'],
  ['postgres://user:secret@host', 'must be postgres://user:password@host:port/database'],
  ['postgres://user:secret@host:port/db', 'must be postgres://user:password@host:port/database'],
  ['postgresql://user:secret%@host/db', 'with percent signs for special characters'],
  ['postgres:///db', 'must be postgres://user:password@host:port/database'],
  ['mysql://user:secret@host/db', 'or postgres://'],
  ['file:', 'must be file: and a path'],
  ['file://data/x.sqlite', 'with three strokes'],
  ['file::memory:', 'would be lost'],
  ['data/x.sqlite', 'must be file: and a path'],
])('the database %s is refused, without repeating it', (url, problem) => {
  const problems = problemsOf({ DATABASE_URL: url });
  expect(problems.join()).toContain(problem);
  expect(problems.join()).not.toContain('secret');
});

test.each([
  ['IPFS_API_URL', 'https://user:p%40ss@host/path/', undefined],
  ['IPFS_API_URL', 'http://host:5001/api/v0', 'that ends before /api/v0'],
  ['IPFS_API_URL', 'http://host:5001/?token=secret', 'that ends before /api/v0'],
  ['IPFS_API_URL', 'http://user:secret%@host', 'with percent signs for special characters'],
  ['BITCOIN_RPC_URL', 'http://user:secret%zz@host', 'with percent signs for special characters'],
  ['BITCOIN_RPC_URL', 'http://user:secret@host:8332/wallet/x', undefined],
  ['BITCOIN_RPC_URL', 'host:8332', 'an http:// or https:// URL'],
])('as %s, %s is taken, or refused without repeating it', (name, url, problem) => {
  const problems = problem === undefined ? [] : [expect.stringContaining(problem)];
  expect(problemsOf({ [name]: url })).toEqual(problems);
  expect(problemsOf({ [name]: url }).join()).not.toContain('secret');
});

test.each(['1e3', '0x10', ' 5', '5 ', '12000001', '9'.repeat(400), 'Infinity', 'NaN'])(
  '%j is no number of bytes',
  (text) => {
    expect(problemsOf({ MAX_TEXT_BYTES: text })).toEqual([
      'MAX_TEXT_BYTES must be a whole number from 1 to 12000000.',
    ]);
  },
);

test('a switch is on or off', () => {
  expect(readConfig({ V1_CREATES: 'off' }).V1_CREATES).toBe(false);
  expect(problemsOf({ V1_CREATES: 'true' })).toEqual(['V1_CREATES must be on or off.']);
});

test('the help names every setting with its default', () => {
  const help = formatHelp();
  for (const [name, setting] of Object.entries(SETTINGS)) {
    expect(help).toContain(name);
    expect(help).toContain('default' in setting ? `[${setting.default}]` : '[none]');
  }
});
