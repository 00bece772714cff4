import { expect, test } from '@jest/globals';
import { networkFolder, readSettings, SettingsError } from './settings.js';

const read = (args: string[] = [], env: Record<string, string> = {}) =>
  readSettings(args, env, '/clone')!;

test('with no settings at all the page is on port 8080 and the network is a local one', () => {
  const settings = read();
  expect(settings).toMatchObject({ network: 'local', pagePort: 8080, dataFolder: '/clone/data' });
  expect(settings.nymApiUrl).toBe('http://127.0.0.1:21000/api');
});

test('a port base moves every port but the page’s, and no two parts share one', () => {
  const { pagePort, nymApiPort, nymClientPort, gatewayPorts, mixPorts } = read([], {
    PASTENYM_PORT_BASE: '30000',
  });
  const ports = [pagePort, nymApiPort, nymClientPort, ...gatewayPorts, ...mixPorts];
  expect(pagePort).toBe(8080);
  expect(new Set(ports).size).toBe(ports.length);
  expect(Math.min(...ports.slice(1))).toBe(30_000);
  expect(mixPorts).toHaveLength(8);
});

test('the public network has no ports for a network of our own, its own folder, and the public API', () => {
  const settings = read(['--network', 'mainnet']);
  expect(settings).toMatchObject({ gatewayPorts: [], mixPorts: [] });
  expect(settings.nymApiUrl).toMatch(/^https:/);
  expect(networkFolder(settings)).not.toBe(networkFolder(read()));
});

test.each([
  [['--network', 'moon'], {}],
  [['--netwrok', 'local'], {}],
  [['extra'], {}],
  [[], { PASTENYM_PORT: '0' }],
  [[], { PASTENYM_PORT: '65536' }],
  [[], { PASTENYM_PORT: '80a' }],
  [[], { PASTENYM_PORT_BASE: '65535' }],
  [[], { PASTENYM_PORT: '21001' }],
  [[], { PASTENYM_PORT: '30037', PASTENYM_PORT_BASE: '30000' }],
  [['--network', 'mainnet'], { NYM_API_URL: 'ftp://example' }],
  [['--network', 'mainnet'], { NYM_API_URL: 'nonsense' }],
])('%j with %j is a clear error', (args, env) => {
  expect(() => read(args, env)).toThrow(SettingsError);
});

test('a port at the very end still leaves room for all', () => {
  expect(Math.max(...read([], { PASTENYM_PORT_BASE: '65498' }).mixPorts)).toBe(65_535);
});

test('on the public network the page may have a port that only a local one would use', () => {
  expect(read(['--network', 'mainnet'], { PASTENYM_PORT: '21010' }).pagePort).toBe(21_010);
});

test('help asks for nothing else', () => {
  expect(readSettings(['--help'], { PASTENYM_PORT: 'x' }, '/clone')).toBeUndefined();
});
