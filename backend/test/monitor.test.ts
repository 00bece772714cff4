import { createServer, request, type IncomingHttpHeaders } from 'node:http';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { formatV2Request } from '@pastenym/shared/v2/wire';
import type { Health } from '../src/monitor/health.js';
import type { Monitor } from '../src/monitor/monitor.js';
import { monitorService } from '../src/monitor/service-monitor.js';
import { idIn, web } from './support/original-clients.js';
import { runService, until, type RunningService } from './support/running-service.js';
import { ScriptedNymClient } from './support/scripted-nym-client.js';
import { buildService, startService } from './support/service-process.js';
import { createCall, newId, newPaste, succeed } from './support/v2-client.js';

jest.setTimeout(60_000);

let service: RunningService;
let monitor: Monitor;

async function start(options: Parameters<typeof runService>[0] = {}): Promise<void> {
  service = await runService({ ...options, env: { METRICS_PORT: '0', ...options.env } });
  monitor = (await monitorService(service.context, service.service))!;
}

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

function ask(path: string, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(`${monitor.url}${path}`, { method }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      });
    });
    sent.on('error', reject).end();
  });
}

const health = async () => {
  const { status, body } = await ask('/healthz');
  return { status, ...(JSON.parse(body) as Health) };
};

/** The value of a metric, with its labels as they stand there. */
async function metric(name: string): Promise<number | undefined> {
  const { body } = await ask('/metrics');
  const line = body.split('\n').find((text) => text.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}

describe('health and metrics', () => {
  afterEach(async () => {
    await monitor.close();
    await service.stop();
  });

  test('a service that hears itself is well', async () => {
    await start({ nymClients: 2 });
    expect(await health()).toEqual({
      status: 200,
      isWell: true,
      uptimeSeconds: expect.any(Number),
      store: 'reachable',
      takesPastes: true,
      sweepAgeSeconds: expect.any(Number),
      endpoints: [
        { isConnected: true, probeAgeSeconds: expect.any(Number), isReachable: true },
        { isConnected: true, probeAgeSeconds: expect.any(Number), isReachable: true },
      ],
    });
  });

  test('it is well as long as it can be reached in one way', async () => {
    await start({ nymClients: 2 });
    await service.nyms[0]!.close();
    await until(() => !service.service.endpoints[0]!.isConnected);
    const { status, endpoints } = await health();
    expect(status).toBe(200);
    expect(endpoints.map(({ isReachable }) => isReachable)).toEqual([false, true]);
    await service.nyms[1]!.close();
    await until(() => !service.service.endpoints[1]!.isConnected);
    expect(await health()).toMatchObject({ status: 503, isWell: false, store: 'reachable' });
    service.nyms = [];
  });

  test('without its store it is not well, whether that fails or only hangs', async () => {
    await start();
    service.context.store.usage = () => Promise.reject(new Error('gone'));
    expect(await health()).toMatchObject({
      ...{ status: 503, isWell: false, store: 'unreachable', takesPastes: false },
    });
    expect(await metric('pastenym_store_up')).toBe(0);
    service.context.store.usage = () => new Promise(() => undefined);
    expect(await health()).toMatchObject({ status: 503, isWell: false, store: 'unreachable' });
  });

  test('without sweeps it is not well, after three of their intervals and a minute', async () => {
    await start({ env: { SWEEP_INTERVAL_SECONDS: '600' } });
    const agedBy = (seconds: number) =>
      jest.spyOn(service.service, 'sweepAgeSeconds', 'get').mockReturnValue(seconds);
    agedBy(1860);
    expect(await health()).toMatchObject({ status: 200, sweepAgeSeconds: 1860 });
    agedBy(1861);
    expect(await health()).toMatchObject({ status: 503, isWell: false, store: 'reachable' });
    expect(await metric('pastenym_sweep_age_seconds')).toBe(1861);
  });

  test('that deleted pastes are still in files is a metric and no matter of health', async () => {
    await start();
    expect(await metric('pastenym_erase_age_seconds')).toBeLessThan(60);
    jest.spyOn(service.service, 'eraseAgeSeconds', 'get').mockReturnValue(100_000);
    expect(await metric('pastenym_erase_age_seconds')).toBe(100_000);
    expect(await health()).toMatchObject({ status: 200, isWell: true });
  });

  test('full, by quota or by disk, it is well and says that it takes no pastes', async () => {
    await start({ env: { STORE_QUOTA_BYTES: '10000' } });
    const { store, admitting } = service.context;
    const freeBytes = (await store.freeBytes())!;
    expect(freeBytes).toBeGreaterThan(0);
    idIn(await service.nym.ask(web.newText({ text: 'x'.repeat(1000) })));
    expect(await health()).toMatchObject({ status: 200, takesPastes: true });
    expect(await metric('pastenym_quota_bytes')).toBe(10_000);
    expect(await metric('pastenym_quota_used_bytes')).toBe(2024);
    expect(await metric('pastenym_room_bytes')).toBe(7976);

    idIn(await service.nym.ask(web.newText({ text: 'x'.repeat(6000) })));
    expect(await health()).toMatchObject({ status: 200, isWell: true, takesPastes: false });
    expect(await metric('pastenym_room_bytes')).toBe(952);

    store.freeBytes = () => Promise.resolve(64 * 1024 * 1024 + 100);
    await admitting.quota.refresh();
    expect(await health()).toMatchObject({ status: 200, isWell: true, takesPastes: false });
    expect(await metric('pastenym_room_bytes')).toBe(100);
    expect(await metric('pastenym_disk_free_bytes')).toBe(64 * 1024 * 1024 + 100);
  });

  test('what cannot be known is left out, rather than told wrong', async () => {
    await start();
    expect(await metric('pastenym_disk_free_bytes')).toBeGreaterThan(0);
    service.context.store.freeBytes = () => Promise.resolve(undefined);
    expect(await metric('pastenym_disk_free_bytes')).toBeUndefined();
    service.context.store.freeBytes = () => Promise.reject(new Error('gone'));
    expect(await metric('pastenym_disk_free_bytes')).toBeUndefined();
    const { body } = await ask('/metrics');
    expect(body).not.toMatch(/ipfs|bitcoin/);
  });

  test('other nodes are there or not, and the price of a paste rises with the load', async () => {
    await start({
      env: {
        ...{ BITCOIN_RPC_URL: 'http://127.0.0.1:1', IPFS_API_URL: 'http://127.0.0.1:1' },
        ...{ CREATES_PER_SECOND: '1', CREATE_BURST: '2', PUZZLE_MAX_DIFFICULTY: '4096' },
      },
    });
    expect(await metric('pastenym_bitcoin_up')).toBe(0);
    expect(await metric('pastenym_ipfs_up')).toBe(0);
    jest.spyOn(service.context.otherNodes.ipfs!, 'isAvailable', 'get').mockReturnValue(true);
    expect(await metric('pastenym_ipfs_up')).toBe(1);
    expect(await metric('pastenym_puzzle_difficulty')).toBe(0);
    idIn(await service.nym.ask(web.newText()));
    const call = createCall((message) => service.nym.ask(message));
    await succeed(call('createPaste', newPaste().request));
    expect(await metric('pastenym_puzzle_difficulty')).toBe(4096);
  });

  test('metrics count what has happened and what is there', async () => {
    await start();
    idIn(await service.nym.ask(web.newText({ text: 'x'.repeat(100) })));
    idIn(await service.nym.ask(web.newText({ text: 'x'.repeat(23) })));
    expect(await metric('pastenym_received_total')).toBe(3); // and its own probe
    expect(await metric('pastenym_answered_total')).toBe(3);
    expect(await metric('pastenym_replies_dropped_total')).toBe(0);
    expect(await metric('pastenym_pastes')).toBe(2);
    expect(await metric('pastenym_paste_bytes')).toBe(123);
    expect(await metric('pastenym_uploads')).toBe(0);
    expect(await metric('pastenym_held_messages')).toBe(0);
    expect(await metric('pastenym_store_up')).toBe(1);
    expect(await metric('pastenym_endpoint_connected{endpoint="1"}')).toBe(1);
    expect(await metric('pastenym_endpoint_probe_age_seconds{endpoint="1"}')).toBeGreaterThan(0);
    expect(await metric('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
    expect(await metric('process_resident_memory_bytes')).toBeGreaterThan(1e6);
    expect((await ask('/metrics')).headers['content-type']).toMatch('text/plain; version=0.0.4');
  });

  const errors = (code: string) => metric(`pastenym_errors_total{code="${code}"}`);

  test('errors are counted by their codes, those of messages that are not read among them', async () => {
    await start();
    const call = createCall((message) => service.nym.ask(message));
    const unknown = { pasteId: newId(), accessProof: new Uint8Array(32) };
    await call('readPaste', unknown);
    await call('pasteStatus', unknown);
    await service.nym.ask(formatV2Request(newId(), 'info', {}) + ' '.repeat(17_000_000));
    const closed = service.context.createInbox();
    await closed.close(1000);
    for (const text of [web.ping, formatV2Request(newId(), 'info', {})]) {
      closed.deliver({ message: Buffer.from(text), reply: () => Promise.resolve() });
    }
    expect(await errors('not-found')).toBe(2);
    expect(await errors('message-too-large')).toBe(1);
    expect(await errors('busy')).toBe(2);
    expect(await metric('pastenym_refused_total')).toBe(2);
    expect(await errors('store-full')).toBe(0);
    expect(await errors('wrong-key')).toBeUndefined(); // of clients alone
  });

  test('of version 1 those errors are counted that both versions have', async () => {
    await start({ env: { STORE_QUOTA_BYTES: '1000' } });
    await service.nym.ask(web.newText());
    await service.nym.ask(web.getText('unknown'));
    expect(await errors('store-full')).toBe(1);
    expect(await errors('not-found')).toBe(0);
  });

  test('a paste that the IPFS node does not take is counted and logged, without what is in it', async () => {
    await start({ env: { IPFS_API_URL: 'http://127.0.0.1:1' } });
    jest.spyOn(service.context.otherNodes.ipfs!, 'isAvailable', 'get').mockReturnValue(true);
    const answer = await service.nym.ask(web.newText({ text: 'SECRETSECRET', ipfs: true }));
    expect(answer).toContain('"Error"');
    expect(await errors('not-available')).toBe(1);
    expect(service.log()).toContain('another node did not do what a request needs');
    expect(service.log()).not.toContain('SECRETSECRET');
  });

  test('how full a store is, is as it was when it was last known, and left out before', async () => {
    await start();
    const usage = jest.spyOn(service.context.store, 'usage');
    usage.mockRejectedValue(new Error('gone'));
    expect(await metric('pastenym_pastes')).toBeUndefined();
    usage.mockResolvedValue({ pastes: 3, bytes: 200, uploads: 1 });
    expect(await metric('pastenym_pastes')).toBe(3);
    usage.mockRejectedValue(new Error('gone'));
    expect(await metric('pastenym_pastes')).toBe(3);
    expect(await metric('pastenym_store_up')).toBe(0);
  });

  test('neither tells of a paste, an address or a request', async () => {
    await start();
    const tag = ScriptedNymClient.newTag();
    const id = idIn(await service.nym.ask(web.newText({ text: 'SECRETSECRET' }), tag));
    const said = (await ask('/metrics')).body + (await ask('/healthz')).body;
    for (const secret of [id, tag, 'SECRETSECRET', service.nym.address]) {
      expect(said).not.toContain(secret);
    }
    const labels = new Set(Array.from(said.matchAll(/[{,](\w+)="/g), ([, name]) => name));
    for (const label of ['version', 'major', 'minor', 'patch', 'kind', 'type', 'space', 'le']) {
      labels.delete(label); // of Node's own metrics
    }
    expect([...labels].sort()).toEqual(['code', 'endpoint']);
  });

  test('other paths and other methods get nothing', async () => {
    await start();
    for (const path of ['/', '/metrics/', '/healthz/x', '/../etc/passwd', '/__proto__', '//x']) {
      expect((await ask(path)).status).toBe(404);
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH']) {
      const { status, headers } = await ask('/metrics', method);
      expect([status, headers.allow]).toEqual([405, 'GET']);
    }
    expect((await ask('/healthz?probe=1')).status).toBe(200);
  });

  test('one who never finishes asking, and a hundred who ask at once, do no harm', async () => {
    await start();
    const { port } = new URL(monitor.url);
    const slow = connect(Number(port), '127.0.0.1');
    slow.on('error', () => undefined).write('GET /metrics HTTP/1.1\r\nX-Long: ');
    const asked = Array.from({ length: 100 }, () =>
      ask('/metrics').then(
        ({ status }) => status,
        () => 'turned away',
      ),
    );
    const answers = await Promise.all(asked);
    expect(answers).toContain(200);
    expect(answers.filter((answer) => answer !== 200 && answer !== 'turned away')).toEqual([]);
    expect((await ask('/healthz')).status).toBe(200);
    slow.destroy();
  });
});

describe('the program', () => {
  beforeAll(buildService, 120_000);

  test('serves nothing unless asked to, says where it does, and ends if it cannot', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pastenym-monitor-'));
    const nym = await ScriptedNymClient.listen();
    const env = { NYM_CLIENT_URL: nym.url, DATABASE_URL: `file:${join(folder, 'x.sqlite')}` };
    const run = async (more: Record<string, string>) => {
      const it = startService({ ...env, ...more });
      const isReady = await Promise.race([it.ready.then(() => true), it.ended.then(() => false)]);
      return { ...it, isReady };
    };

    const quiet = await run({});
    expect(quiet.output()).not.toContain('metrics');
    quiet.child.kill('SIGTERM');
    expect(await quiet.ended).toBe(0);

    const asked = await run({ METRICS_PORT: '0' });
    await until(() => asked.output().includes('health and metrics'));
    const url = /"url":"(http:\/\/127\.0\.0\.1:\d+)"/.exec(asked.output())?.[1];
    expect((await fetch(`${String(url)}/healthz`)).status).toBe(200);
    asked.child.kill('SIGTERM');
    expect(await asked.ended).toBe(0);

    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const refused = await run({ METRICS_PORT: String(port) });
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toContain('METRICS_HOST, METRICS_PORT: listen EADDRINUSE');
    taken.close();
    await nym.close();
    rmSync(folder, { recursive: true });
  });
});
