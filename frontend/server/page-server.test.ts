import { request, type IncomingHttpHeaders } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startPageServer, type PageServer } from './page-server.js';
import type { Settings } from './settings.js';

const ADDRESS =
  'EiBAqpQdqQNzgJnzqRTqZ7qG9fYpzXCzmPjSyTWY7GRT.4nVRkEr6vGPBHXzqnUcdWrhmqTzrFeDNVtbhFe7yPtCj@FaVPwjMG71mr3fW1z9wFsRxCZHnGe66gKvgvM8FUodNg';
const SCRIPT = 'main.0123456789abcdef0123.js';

let folder: string;
let server: PageServer;
let reports: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'page-'));
  reports = [];
  for (const [name, text] of Object.entries({
    'index.html': '<!doctype html><title>page</title>',
    [SCRIPT]: 'let script;'.repeat(100),
  })) {
    writeFileSync(join(folder, name), text);
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(text));
    writeFileSync(join(folder, `${name}.gz`), gzipSync(text));
  }
});

afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

async function start(change: Partial<Settings> = {}): Promise<void> {
  const settings: Settings = {
    host: '127.0.0.1',
    port: 0,
    network: 'local',
    nymApiUrl: 'http://127.0.0.1:20000/api',
    service: { addresses: [ADDRESS] },
    gatewayUrls: ['ws://127.0.0.1:*'],
    instanceName: 'Here',
    ...change,
  };
  server = await startPageServer(settings, folder, (problem) => reports.push(problem));
}

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** As it is on the wire: `fetch` would undo the encoding, and tidy the path up. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const { statusCode = 0, headers: received } = response;
        resolve({ status: statusCode, headers: received, body: Buffer.concat(chunks) });
      });
    });
    sent.on('error', reject).end();
  });
}

describe('the page server', () => {
  test('sends the page, and keeps browsers from keeping it', async () => {
    await start();
    const { status, headers, body } = await ask('/');
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
    });
    expect(body.toString()).toContain('<title>page</title>');
  });

  test('sends what has a hash in its name for ever', async () => {
    await start();
    expect((await ask(`/${SCRIPT}`)).headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    });
  });

  test.each([
    ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
    ['gzip;q=0.5, br;q=0', 'gzip', gunzipSync],
    ['identity', undefined, (body: Buffer) => body],
    ['', undefined, (body: Buffer) => body],
  ])('to a browser that takes %j, sends %s', async (accepted, encoding, undo) => {
    await start();
    const { headers, body } = await ask(`/${SCRIPT}`, { 'accept-encoding': accepted });
    expect(headers['content-encoding']).toBe(encoding);
    expect(headers.vary).toBe('Accept-Encoding');
    expect(headers['content-length']).toBe(String(body.length));
    expect(undo(body).toString()).toBe('let script;'.repeat(100));
  });

  test.each([['/'], [`/${SCRIPT}`], ['/config.json'], ['/nothing'], ['/8A8Z9nIk']])(
    'sends %s with every security header, and with nothing that tells people apart',
    async (path) => {
      await start();
      const { headers } = await ask(path);
      expect(headers['content-security-policy']).toBe(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; " +
          "connect-src 'self' http://127.0.0.1:20000 ws://127.0.0.1:*; style-src 'self'; " +
          "img-src 'self'; font-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      );
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers['permissions-policy']).toMatch(/^clipboard-write=\(self\), .*camera=\(\)/);
      for (const name of ['set-cookie', 'etag', 'last-modified', 'server', 'x-powered-by']) {
        expect(headers).not.toHaveProperty(name);
      }
    },
  );

  test('lets the page on the main network reach gateways over TLS', async () => {
    await start({
      network: 'mainnet',
      nymApiUrl: 'https://validator.nymtech.net/api',
      gatewayUrls: ['wss:'],
    });
    expect((await ask('/')).headers['content-security-policy']).toContain(
      "connect-src 'self' https://validator.nymtech.net wss:;",
    );
  });

  test('tells everybody the same about the instance', async () => {
    await start();
    const { headers, body } = await ask('/config.json');
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'no-cache',
    });
    expect(JSON.parse(body.toString())).toEqual({
      network: 'local',
      nymApiUrl: 'http://127.0.0.1:20000/api',
      serviceAddresses: [ADDRESS],
      instanceName: 'Here',
    });
  });

  test('learns the service address from a file, as soon as it is there and whenever it changes', async () => {
    const addressFile = join(folder, 'address');
    await start({ service: { addressFile } });
    const addresses = async () => {
      const config: unknown = JSON.parse((await ask('/config.json')).body.toString());
      return (config as { serviceAddresses: string[] }).serviceAddresses;
    };
    expect(await addresses()).toEqual([]);
    writeFileSync(addressFile, `${ADDRESS}\n`);
    expect(await addresses()).toEqual([ADDRESS]);
    writeFileSync(addressFile, 'half of an addr');
    expect(await addresses()).toEqual([]);
    expect(await addresses()).toEqual([]);
    expect(reports).toHaveLength(1);
    writeFileSync(addressFile, `${ADDRESS}\n${ADDRESS}\n`);
    expect(await addresses()).toEqual([ADDRESS, ADDRESS]);
  });

  test('says so when the file cannot be read, and goes on', async () => {
    await start({ service: { addressFile: folder } });
    expect((await ask('/config.json')).status).toBe(500);
    expect(reports).toHaveLength(1);
    expect((await ask('/')).status).toBe(200);
  });

  test('does not repeat the id of an old link, nor send the browser anywhere', async () => {
    await start();
    const { status, headers, body } = await ask('/8A8Z9nIk?x=1');
    expect(status).toBe(404);
    expect(headers).not.toHaveProperty('location');
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(body.toString()).toContain('/#/');
    expect(body.toString()).not.toContain('8A8Z9nIk');
  });

  test.each([
    '/nothing',
    '/../settings.ts',
    '/..%2f..%2fetc%2fpasswd',
    '//index.html',
    '/index.html.br',
    '/%',
    '/main.0123456789abcdef0123.js/',
  ])('knows nothing at %s', async (path) => {
    await start();
    const { status, body } = await ask(path);
    expect(status).toBe(404);
    expect(body.toString()).toBe('There is nothing here. The page is at /\n');
  });

  test('answers a range with all of it', async () => {
    await start();
    for (const range of ['bytes=5-2', 'bytes=0-1', 'bytes=-1', 'x']) {
      const { status, body } = await ask(`/${SCRIPT}`, { range });
      expect([status, body.length]).toEqual([200, 1100]);
    }
  });

  test('takes GET and HEAD only', async () => {
    await start();
    const head = await ask('/', {}, 'HEAD');
    expect([head.status, head.body.length]).toEqual([200, 0]);
    const post = await ask('/', {}, 'POST');
    expect([post.status, post.headers.allow]).toEqual([405, 'GET, HEAD']);
  });

  test('goes on as it was when the build is replaced under it', async () => {
    await start();
    rmSync(join(folder, SCRIPT));
    expect((await ask(`/${SCRIPT}`)).status).toBe(200);
  });

  test('fails with the reason when the port is taken, or when there is no page', async () => {
    await start();
    const port = Number(new URL(server.url).port);
    const first = server;
    await expect(start({ port })).rejects.toMatchObject({ code: 'EADDRINUSE', port });
    rmSync(join(folder, 'index.html'));
    await expect(start()).rejects.toThrow('no page');
    server = first;
  });
});
