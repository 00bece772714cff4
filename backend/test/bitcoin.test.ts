import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createServer, type RequestListener, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { BlockHeight } from '../src/bitcoin/block-height.js';
import { createLogger } from '../src/logger.js';
import { RecordedServer } from './support/recorded-server.js';
import { until } from './support/running-service.js';

const log = createLogger('silent');
const QUICKLY = { intervalMs: 5, timeoutMs: 500 };

/** Against the RPC of a Bitcoin node: the one that TEST_BITCOIN_RPC_URL names, or what bcoin 1.0 answered on its regtest network when it was recorded. */
test('the height is what the node says', async () => {
  const server = await RecordedServer.listen('bitcoin', process.env['TEST_BITCOIN_RPC_URL']);
  const url = new URL(server.url);
  url.username = 'x';
  url.password = 'test';
  const chain = new BlockHeight({ url, log });
  await until(() => chain.isAvailable);
  expect(chain.height).toBeGreaterThanOrEqual(0);
  await chain.stop();
  await server.close();
});

let node: Server;
let answer: RequestListener;
let url: URL;

beforeEach(async () => {
  node = createServer((request, response) => {
    request.resume();
    answer(request, response);
  });
  node.listen(0, '127.0.0.1');
  await once(node, 'listening');
  url = new URL(`http://user:p%40ss@127.0.0.1:${(node.address() as AddressInfo).port}/`);
});

afterEach(() => {
  node.closeAllConnections();
  node.close();
});

const say =
  (height: unknown): RequestListener =>
  (_, response) =>
    response.end(JSON.stringify({ result: height, error: null, id: 'pastenym' }));

test('while the node is silent, the height stays, and nothing more is promised', async () => {
  answer = say(100);
  const chain = new BlockHeight({ url, log, ...QUICKLY });
  expect(chain.height).toBeUndefined();
  await until(() => chain.height === 100);
  answer = (_, response) => response.writeHead(500).end();
  await until(() => !chain.isAvailable);
  expect(chain.height).toBe(100);
  answer = say(101);
  await until(() => chain.isAvailable && chain.height === 101);
  await chain.stop();
});

test('a node that catches up again brings nothing back', async () => {
  answer = say(100);
  const chain = new BlockHeight({ url, log, ...QUICKLY });
  await until(() => chain.height === 100);
  let asked = 0;
  answer = (request, response) => {
    asked++;
    say(3)(request, response);
  };
  await until(() => asked > 2);
  expect(chain.height).toBe(100);
  await chain.stop();
});

test('it is asked as Bitcoin Core wants to be', async () => {
  const seen: (string | undefined)[] = [];
  answer = (request, response) => {
    seen.push(request.method, request.headers.authorization, request.headers['content-type']);
    say(1)(request, response);
  };
  const chain = new BlockHeight({ url, log });
  await until(() => chain.height === 1);
  const basic = `Basic ${Buffer.from('user:p@ss').toString('base64')}`;
  expect(seen).toEqual(['POST', basic, 'application/json']);
  await chain.stop();
});

test.each([
  ['a text', '"x"'],
  ['no JSON', 'nonsense'],
  ['a negative height', '{"result":-1}'],
  ['half a block', '{"result":1.5}'],
  ['something endless', 'x'.repeat(1_000_000)],
])('a node that answers %s is not believed', async (_, text) => {
  let asked = 0;
  answer = (_request, response) => {
    asked++;
    response.end(text);
  };
  const chain = new BlockHeight({ url, log, ...QUICKLY });
  await until(() => asked > 2);
  expect(chain.isAvailable).toBe(false);
  expect(chain.height).toBeUndefined();
  await chain.stop();
});
