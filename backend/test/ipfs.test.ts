import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { readCid } from '../src/ipfs/cid.js';
import { Ipfs } from '../src/ipfs/ipfs.js';
import { formatIpfsDocument, parseIpfsDocument } from '../src/ipfs/ipfs-document.js';
import { createLogger } from '../src/logger.js';
import { RecordedServer } from './support/recorded-server.js';
import { until } from './support/running-service.js';

/** Against the RPC API of an IPFS node: the one that TEST_IPFS_API_URL names, or what js-ipfs 0.18 answered when it was recorded. */
const log = createLogger('silent');
const CREATED_AT = Date.UTC(2026, 10, 22, 12);

let server: RecordedServer;
let ipfs: Ipfs;

beforeAll(async () => {
  server = await RecordedServer.listen('ipfs', process.env['TEST_IPFS_API_URL']);
  ipfs = new Ipfs({ url: server.url, log });
  await until(() => ipfs.isAvailable);
});

afterAll(async () => {
  await ipfs.stop();
  await server.close();
});

const document = formatIpfsDocument({
  text: 'ciphertext',
  encParams: undefined,
  createdAt: CREATED_AT,
});

test('a small file gets the CID of its bytes, and comes back by it', async () => {
  const cid = await ipfs.add(document);
  expect(cid).toMatch(/^bafkrei/);
  expect(readCid(cid)).toBe(cid);
  expect((await ipfs.cat(cid, 1000))?.equals(document)).toBe(true);
});

test('a file of several blocks gets the CID of their tree', async () => {
  const large = Buffer.alloc(256 * 1024 + 1, 'pastenym');
  const cid = await ipfs.add(large);
  expect(cid).toMatch(/^bafybei/);
  expect((await ipfs.cat(cid, large.length))?.equals(large)).toBe(true);
});

test('what is longer than it may be is not read', async () => {
  const cid = await ipfs.add(document);
  expect(await ipfs.cat(cid, document.length - 1)).toBeUndefined();
});

describe('a node', () => {
  /** Answers each request with this, or never. */
  async function node(answer: string | undefined) {
    const seen: IncomingMessage[] = [];
    const http = createServer((request, response) => {
      seen.push(request);
      request.resume();
      if (answer !== undefined) response.end(answer);
    });
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    const url = new URL(`http://127.0.0.1:${(http.address() as AddressInfo).port}`);
    const stop = () => {
      http.closeAllConnections();
      http.close();
    };
    return { url, seen, stop };
  }

  test.each([
    ['nonsense', 'x'.repeat(100)],
    ['something endless', 'x'.repeat(1_000_000)],
    ['a CID that is none', '{"Hash":"../../etc"}'],
  ])('that answers %s is not believed', async (_, answer) => {
    const { url, stop } = await node(answer);
    const client = new Ipfs({ url, log });
    await expect(client.add(document)).rejects.toMatchObject({ code: 'not-available' });
    await client.stop();
    stop();
  });

  test('behind a proxy is asked under the proxy’s path, with user and password', async () => {
    const { url, seen, stop } = await node('{"Version":"x"}');
    url.username = 'user';
    url.password = 'p@ss';
    for (const path of ['/nodes/one', '/nodes/one/', '/']) {
      url.pathname = path;
      const client = new Ipfs({ url, log });
      await until(() => client.isAvailable);
      await client.stop();
    }
    const path = '/nodes/one/api/v0/version';
    expect(seen.map((request) => request.url)).toEqual([path, path, '/api/v0/version']);
    const basic = `Basic ${Buffer.from('user:p@ss').toString('base64')}`;
    expect(seen.map(({ headers }) => headers.authorization)).toEqual([basic, basic, basic]);
    stop();
  });

  test('that never answers is not available, holds up few, and turns the others away', async () => {
    const { url, stop } = await node(undefined);
    const client = new Ipfs({ url, log, catTimeoutMs: 300 });
    const cid = 'bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq';
    const answers = await Promise.allSettled(Array.from({ length: 50 }, () => client.cat(cid, 10)));
    expect(client.isAvailable).toBe(false);
    const fulfilled = answers.filter(({ status }) => status === 'fulfilled');
    expect(fulfilled).toHaveLength(20);
    expect(answers.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'busy' },
    });
    await client.stop();
    stop();
  });
});

describe('a document', () => {
  const encParams = {
    ...{ iv: 'AAECAwQFBgcICQoL', v: 1, iter: 10_000, ks: 256 as const, ts: 128 as const },
    ...{ mode: 'gcm' as const, adata: '' as const, cipher: 'aes' as const, salt: 'AAECAwQFBgc=' },
  };

  test('is written as the original wrote it', () => {
    const written = formatIpfsDocument({ text: 'a<b', encParams, createdAt: CREATED_AT });
    const parameters = Buffer.from(
      '{"iv": "AAECAwQFBgcICQoL", "v": 1, "iter": 10000, "ks": 256, "ts": 128, "mode": "gcm", "adata": "", "cipher": "aes", "salt": "AAECAwQFBgc="}',
    ).toString('base64');
    expect(written.toString()).toBe(
      `{"text": "a&lt;b", "encryption_params_b64": "${parameters}", "is_private": true, "is_burn": false, "is_ipfs": true, "created_on": "2026-11-22T00:00:00"}`,
    );
  });

  test('comes back as it was', () => {
    const paste = { text: 'a<b &amp; é', encParams, createdAt: Date.UTC(2026, 10, 22) };
    expect(parseIpfsDocument(formatIpfsDocument(paste))).toEqual(paste);
  });

  test.each([
    ['an array', '[]'],
    ['a text', '"x"'],
    ['no JSON', 'x'],
    ['no UTF-8', Buffer.from([0xff, 0xfe])],
    ['without a text', '{"created_on":"2026-11-22T00:00:00"}'],
    ['with a text that is none', '{"text":{},"created_on":"2026-11-22T00:00:00"}'],
    ['of no day', '{"text":"x","created_on":"yesterday"}'],
    ['of an impossible day', '{"text":"x","created_on":"2026-13-41T00:00:00"}'],
    [
      'with parameters that are none',
      '{"text":"x","created_on":"2026-11-22","encryption_params_b64":"e30="}',
    ],
    [
      'with parameters that are no JSON',
      '{"text":"x","created_on":"2026-11-22","encryption_params_b64":"!"}',
    ],
  ])('%s is none', (_, bytes) => {
    expect(parseIpfsDocument(Buffer.from(bytes))).toBeUndefined();
  });

  test('of a stranger who did not escape it is escaped once, not twice', () => {
    const bytes = Buffer.from('{"text":"<b> &lt;i&gt;","created_on":"2026-11-22T00:00:00"}');
    expect(parseIpfsDocument(bytes)?.text).toBe('<b> <i>');
  });
});
