import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { registeredClient } from '../../test/support/registered-client.js';
import {
  activeRegistration,
  deriveKey,
  gatewayCredentials,
  withListener,
  withoutRegistration,
} from './identity.js';
import { formatIdentity, loadIdentity, parseIdentity, saveIdentity } from './identity-store.js';

const { identity } = registeredClient;
const GATEWAY = 'FaVPwjMG71mr3fW1z9wFsRxCZHnGe66gKvgvM8FUodNg';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'identity-test-'));
});
afterAll(() => rm(directory, { recursive: true }));

test('an identity comes back from the disk as it was, bytes as bytes and numbers as numbers', async () => {
  const path = join(directory, 'identity.json');
  await saveIdentity(path, identity);
  await saveIdentity(path, identity);
  expect(await loadIdentity(path)).toEqual(identity);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(directory)).toEqual(['identity.json']);
  expect(formatIdentity(identity)).toContain('"public_key":{"$bytes":');
});

test('where there is no file there is no identity', async () => {
  expect(await loadIdentity(join(directory, 'none.json'))).toBeUndefined();
});

test.each(['', '{}', '{"format":2,"databases":[]}', formatIdentity(identity).slice(0, -10)])(
  'a damaged file is refused, and nothing of it is quoted',
  (text) => {
    expect(() => parseIdentity('x.json', text)).toThrow(/^x\.json is not a file of this client/);
    expect(() => parseIdentity('x.json', text)).not.toThrow(/\d{3}/);
  },
);

test('the registration with the active gateway is found', () => {
  expect(activeRegistration(identity)).toMatchObject({
    gateway: GATEWAY,
    listener: 'ws://127.0.0.1:28101/',
  });
});

test('credentials belong to one gateway, found by its URL', () => {
  const credentials = gatewayCredentials(identity, 'ws://127.0.0.1:28101');
  expect(Buffer.from(credentials!.sharedKey).toString('hex')).toBe(
    'd6615b5831b38a2f7c04c4bf73bddc0c0c79ddef2c1370482e5956d0185f9283',
  );
  expect(gatewayCredentials(identity, 'ws://127.0.0.1:28102/')).toBeUndefined();
});

test('without its registration an identity still has its keys', () => {
  const bare = withoutRegistration(identity);
  expect(activeRegistration(bare)).toBeUndefined();
  expect(gatewayCredentials(bare, 'ws://127.0.0.1:28101/')).toBeUndefined();
  expect(deriveKey(bare, 'x')).toEqual(deriveKey(identity, 'x'));
  expect(deriveKey(bare, 'y')).not.toEqual(deriveKey(identity, 'x'));
});

test('when a gateway moves, the registration goes with it', () => {
  const moved = withListener(identity, GATEWAY, 'ws://127.0.0.1:9/');
  expect(activeRegistration(moved)?.listener).toBe('ws://127.0.0.1:9/');
  expect(gatewayCredentials(moved, 'ws://127.0.0.1:9')).toEqual(
    gatewayCredentials(identity, 'ws://127.0.0.1:28101'),
  );
});
