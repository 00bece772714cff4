import { homedir } from 'node:os';
import { expect, test } from '@jest/globals';
import { clientDirectory, dataDirectory } from './client-directory.js';

test('data lie where the flag says, else NYM_CLIENT_DATA, else under NYM_HOME_DIR, else at home', () => {
  const env = { NYM_CLIENT_DATA: '/data', NYM_HOME_DIR: '/nym' };
  expect(dataDirectory('/flag', env)).toBe('/flag');
  expect(dataDirectory(undefined, env)).toBe('/data');
  expect(dataDirectory(undefined, { NYM_HOME_DIR: '/nym' })).toBe('/nym/.nym/wasm-clients');
  const home = `${homedir()}/.nym/wasm-clients`;
  expect(dataDirectory(undefined, {})).toBe(home);
  expect(dataDirectory(undefined, { NYM_CLIENT_DATA: '', NYM_HOME_DIR: '' })).toBe(home);
});

test('each client has a directory of its own', () => {
  expect(clientDirectory('/data', 'a').identityFile).toBe('/data/a/identity.json');
});

test.each(['..', '../a', 'a/b', '/a', '.a', 'a\0', ' ', ''])('no client is called %p', (id) => {
  expect(() => clientDirectory('/data', id)).toThrow('cannot be the id of a client');
});
