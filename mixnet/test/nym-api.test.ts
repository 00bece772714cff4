import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Mixnet, startMixnet } from '@pastenym/mixnet';
import { base58 } from '@scure/base';

let mixnet: Mixnet;

beforeAll(async () => {
  mixnet = await startMixnet({ gateways: 3, mixNodesPerLayer: 2 });
});
afterAll(() => mixnet.stop());

interface Answer {
  readonly status: number | undefined;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

/** `fetch` does not let one choose the Host header. */
function ask(path: string, method = 'GET', headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(mixnet.nymApiUrl + path, { method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () => {
        resolve({ status: response.statusCode, headers: response.headers, text });
      });
    });
    asked.on('error', reject);
    asked.end();
  });
}

interface Node {
  node_id: number;
  ed25519_identity_pubkey: string;
  x25519_sphinx_pubkey: string;
  ip_addresses: string[];
  mix_port: number;
  role: unknown;
  supported_roles: Record<string, boolean>;
  performance: string;
  entry: { hostname: string | null; ws_port: number; wss_port: number | null } | null;
}

interface Page {
  metadata: Record<string, unknown>;
  nodes: { pagination: Record<string, number>; data: Node[] };
}

const GATEWAYS = '/v2/unstable/nym-nodes/skimmed/entry-gateways?page=0';
const MIX_NODES = '/v2/unstable/nym-nodes/skimmed/mixnodes/active?page=0';

async function page(path: string, headers: Record<string, string> = {}): Promise<Page> {
  return JSON.parse((await ask(path, 'GET', headers)).text) as Page;
}

test('the gateways are described with their keys and ports', async () => {
  const { nodes } = await page(`${GATEWAYS}&output=bincode`);
  expect(nodes.pagination).toEqual({ total: 3, page: 0, size: 3 });
  for (const [i, node] of nodes.data.entries()) {
    const gateway = mixnet.gateways[i]!;
    expect(node).toMatchObject({
      ed25519_identity_pubkey: gateway.identity,
      x25519_sphinx_pubkey: gateway.sphinxKey,
      ip_addresses: ['127.0.0.1'],
      mix_port: gateway.mixPort,
      role: 'EntryGateway',
      supported_roles: { mixnode: false, entry: true },
      performance: '1',
    });
    expect(base58.decode(node.ed25519_identity_pubkey)).toHaveLength(32);
    expect(gateway.url).toBe(`ws://127.0.0.1:${node.entry!.ws_port}/`);
  }
});

test('the mix nodes are described, two in each layer', async () => {
  const { nodes } = await page(MIX_NODES);
  expect(nodes.data.map(({ role }) => role)).toEqual(
    [1, 1, 2, 2, 3, 3].map((layer) => ({ Mixnode: { layer } })),
  );
  expect(nodes.data.map((node) => node.mix_port)).toEqual(
    mixnet.mixNodes.map((node) => node.mixPort),
  );
  expect(nodes.data.every(({ entry }) => entry === null)).toBe(true);
});

test('the rewarded set names exactly the nodes that are described, and all agree on the epoch', async () => {
  const [gateways, mixNodes] = [await page(GATEWAYS), await page(MIX_NODES)];
  const set = JSON.parse((await ask('/v1/nym-nodes/rewarded-set')).text) as Record<
    string,
    number[]
  >;
  const info = JSON.parse((await ask('/v1/epoch/key-rotation-info')).text) as Record<
    string,
    unknown
  >;
  const ids = (nodes: Node[]): number[] => nodes.map((node) => node.node_id);
  expect(set['entry_gateways']).toEqual(ids(gateways.nodes.data));
  expect([...set['layer1']!, ...set['layer2']!, ...set['layer3']!]).toEqual(
    ids(mixNodes.nodes.data),
  );
  expect(new Set([...ids(gateways.nodes.data), ...ids(mixNodes.nodes.data)]).size).toBe(9);
  const epoch = gateways.metadata['absolute_epoch_id'];
  expect(mixNodes.metadata).toMatchObject({ absolute_epoch_id: epoch, status: null });
  expect(mixNodes.metadata['rotation_id']).toBe(gateways.metadata['rotation_id']);
  expect(set['epoch_id']).toBe(epoch);
  expect(info['current_absolute_epoch_id']).toBe(epoch);
});

test('the extended topology holds all nodes', async () => {
  const { nodes } = await page('/v2/unstable/nym-nodes/skimmed?page=0');
  expect(nodes.pagination['total']).toBe(9);
});

test.each([
  ['127.0.0.1:1', null],
  ['localhost:8000', 'localhost'],
  ['mixnet', 'mixnet'],
  ['evil"name', null],
])('a client that came by %s is sent to gateways at %s', async (host, hostname) => {
  const { nodes } = await page(GATEWAYS, { host });
  for (const { entry, ip_addresses } of nodes.data) {
    expect(entry).toMatchObject({ hostname, wss_port: null });
    expect(ip_addresses).toEqual(['127.0.0.1']);
  }
});

test('a browser may ask from anywhere', async () => {
  const preflight = await ask(GATEWAYS, 'OPTIONS', {
    origin: 'https://example.org',
    'access-control-request-method': 'GET',
    'access-control-request-headers': 'content-type',
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers['access-control-allow-origin']).toBe('*');
  expect(preflight.headers['access-control-allow-headers']).toContain('content-type');
  expect(preflight.headers['access-control-allow-methods']).toContain('GET');
  const answer = await ask(GATEWAYS, 'GET', { origin: 'https://example.org' });
  expect(answer.headers['access-control-allow-origin']).toBe('*');
  expect(answer.headers['content-type']).toBe('application/json');
});

test.each([
  ['/v1/nym-nodes/rewarded-set/', 'GET', 200],
  ['//v1/nym-nodes/rewarded-set', 'GET', 200],
  ['/v1/nym-nodes/rewarded-set', 'HEAD', 200],
  ['/v1/nothing', 'GET', 404],
  ['/__proto__', 'GET', 404],
  ['/v1/nym-nodes/rewarded-set', 'POST', 405],
  ['/v1/nym-nodes/rewarded-set', 'DELETE', 405],
])('%s, asked for with %s, answers %d', async (path, method, status) => {
  expect((await ask(path, method)).status).toBe(status);
});

test.each(['', '7', '-1', '1e99', 'x'])('page "%s" is a page', async (number) => {
  const answer = await ask(`/v2/unstable/nym-nodes/skimmed/entry-gateways?page=${number}`);
  expect(answer.status).toBe(200);
});

test('at midnight, when an epoch ends, the answers to one client still agree with each other', async () => {
  let nowMs = Date.UTC(2026, 10, 22, 23, 59, 59);
  const network = await startMixnet({ gateways: 1, mixNodesPerLayer: 1, clock: () => nowMs });
  const epochIn = async (path: string): Promise<unknown> => {
    const text = await (await fetch(network.nymApiUrl + path)).text();
    return /"(?:absolute_epoch_id|epoch_id|current_absolute_epoch_id)":(\d+)/.exec(text)?.[1];
  };
  const before = await epochIn(GATEWAYS);
  nowMs += 2000;
  for (const path of [MIX_NODES, '/v1/nym-nodes/rewarded-set', '/v1/epoch/key-rotation-info']) {
    expect(await epochIn(path)).toBe(before);
  }
  await network.stop();
});
