import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { chooseGateway } from './choose-gateway.js';
import { listEntryGateways } from './nym-api.js';

/** A nym-api that lists gateways on pages of two. */
let server: Server;
let url: string;
let pages: unknown;

const gateway = (identity: string, more: object = {}) => ({
  node_id: 1,
  ed25519_identity_pubkey: identity,
  ip_addresses: ['10.0.0.1', '::1'],
  performance: '1',
  supported_roles: { mixnode: false, entry: true, exit_nr: true, exit_ipr: true },
  entry: { hostname: null, ws_port: 9000, wss_port: null },
  ...more,
});

beforeEach(async () => {
  pages = [
    gateway('plain'),
    gateway('weak', { performance: '0.49' }),
    gateway('secure', { entry: { hostname: 'gw.example', ws_port: 9000, wss_port: 9001 } }),
    gateway('closed', { entry: null }),
    gateway('busy', { supported_roles: { mixnode: true, entry: false } }),
  ];
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://x');
    const page = Number(searchParams.get('page'));
    const data = Array.isArray(pages) ? pages.slice(2 * page, 2 * page + 2) : pages;
    const total = Array.isArray(pages) ? pages.length : 0;
    const nodes = { pagination: { total, page, size: 2 }, data };
    const known = pathname.startsWith('/api/v1/') || pathname.startsWith('/api/v2/');
    response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ nodes }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`;
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

const choose = (wishes: object, random = 0) =>
  chooseGateway({ nymApis: [url], forceTls: false, ...wishes }, undefined, () => random);

test('any usable gateway of all pages may be chosen, and no other', async () => {
  const chosen = [await choose({}, 0), await choose({}, 0.5), await choose({}, 0.999)];
  expect(new Set(chosen)).toEqual(new Set(['plain', 'secure']));
});

test('the gateway that is wished for is taken', async () => {
  expect(await choose({ gateway: 'secure' })).toBe('secure');
});

test('TLS is found where it is offered', async () => {
  expect(await choose({ forceTls: true }, 0.999)).toBe('secure');
});

test('the URLs of a gateway stand in the order in which the official client takes them', async () => {
  const urls = new Map((await listEntryGateways(url)).map((g) => [g.identity, g.urls]));
  expect(urls.get('plain')).toEqual(['ws://10.0.0.1:9000/', 'ws://[::1]:9000/']);
  expect(urls.get('secure')![0]).toBe('wss://gw.example:9001/');
  expect(urls.get('closed')).toEqual([]);
});

test.each([
  [{ gateway: 'unknown' }, 'the network has no gateway unknown'],
  [{ gateway: 'weak' }, 'gateway weak does not take clients'],
  [{ gateway: 'plain', forceTls: true }, 'gateway plain does not take clients by TLS'],
])('%p cannot be had', async (wishes, complaint) => {
  await expect(choose(wishes)).rejects.toThrow(complaint);
});

test('a nym-api that answers nonsense is named', async () => {
  pages = 'nonsense';
  await expect(choose({})).rejects.toThrow(`nym-api ${url} answered with something else`);
});

test('every nym-api that does not answer is named, with the reason', async () => {
  const missing = url.replace('/api', '/nothing');
  const dead = 'http://127.0.0.1:9/api';
  await expect(choose({ nymApis: [missing, dead] })).rejects.toThrow(
    new RegExp(`nym-api ${missing} .*HTTP status 404; nym-api ${dead} does not answer`),
  );
});
