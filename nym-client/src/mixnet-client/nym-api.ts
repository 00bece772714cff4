import { isIPv6 } from 'node:net';
import { z } from 'zod';
import { errorText } from '../error-text.js';
import { MAX_NYM_API_PAGES, MIN_GATEWAY_PERFORMANCE, NYM_API_TIMEOUT_MS } from './limits.js';

/** The part of nym-api that is asked here; the official client asks for the rest by itself. */

const entryGateway = z.object({
  ed25519_identity_pubkey: z.string(),
  performance: z.coerce.number(),
  supported_roles: z.object({ entry: z.boolean() }),
  ip_addresses: z.array(z.string()),
  entry: z
    .object({
      hostname: z.string().nullable(),
      ws_port: z.int(),
      wss_port: z.int().nullable(),
    })
    .nullable(),
});
type EntryGatewayRecord = z.infer<typeof entryGateway>;

const gatewayPage = z.object({
  nodes: z.object({
    pagination: z.object({ total: z.int(), page: z.int(), size: z.int() }),
    data: z.array(entryGateway),
  }),
});

export interface EntryGateway {
  /** Its identity key in base58. */
  identity: string;
  /** Whether its websocket can be reached by TLS. */
  hasTls: boolean;
  isUsable: boolean;
  /** Where its websocket can be reached; the official client takes the first. */
  urls: string[];
}

/**
 * The first of several nym-apis that answers.
 * @throws Error that names each of them and what is wrong with it
 */
export async function firstAnsweringNymApi(
  urls: readonly string[],
  signal?: AbortSignal,
): Promise<string> {
  const complaints: string[] = [];
  for (const url of urls) {
    try {
      await getJson(url, '/v1/nym-nodes/rewarded-set', signal);
      return url;
    } catch (error) {
      complaints.push(errorText(error));
    }
  }
  throw new Error(complaints.join('; '));
}

/**
 * All gateways that take clients.
 * @throws Error that names the URL
 */
export async function listEntryGateways(
  nymApiUrl: string,
  signal?: AbortSignal,
): Promise<EntryGateway[]> {
  const gateways: EntryGatewayRecord[] = [];
  for (let page = 0; page < MAX_NYM_API_PAGES; page++) {
    const path = `/v2/unstable/nym-nodes/skimmed/entry-gateways?page=${page}`;
    const { nodes } = parseGatewayPage(nymApiUrl, await getJson(nymApiUrl, path, signal));
    gateways.push(...nodes.data);
    if (nodes.data.length === 0 || gateways.length >= nodes.pagination.total) break;
  }
  return gateways.map((node) => ({
    identity: node.ed25519_identity_pubkey,
    hasTls: typeof node.entry?.hostname === 'string' && node.entry.wss_port !== null,
    isUsable:
      node.entry !== null &&
      node.supported_roles.entry &&
      node.performance >= MIN_GATEWAY_PERFORMANCE,
    urls: websocketUrls(node),
  }));
}

/** In the official client's order of preference (nymtech/nym, common/topology: `RoutingNode::ws_entry_address`). */
function websocketUrls({ entry, ip_addresses }: EntryGatewayRecord): string[] {
  if (entry === null) return [];
  const { hostname, ws_port, wss_port } = entry;
  const hosts = [...(hostname === null ? [] : [hostname]), ...ip_addresses.map(urlHost)];
  const plain = hosts.map((host) => `ws://${host}:${ws_port}/`);
  const hasTls = hostname !== null && wss_port !== null;
  return hasTls ? [`wss://${hostname}:${wss_port}/`, ...plain] : plain;
}

function urlHost(ip: string): string {
  return isIPv6(ip) ? `[${ip}]` : ip;
}

/**
 * Why the official client did not start, in words for an operator. It says itself what went wrong, but not where, and
 * says the same of several things.
 */
export async function explainFailedStart(
  error: unknown,
  nymApiUrl: string,
  gateway: string,
  signal?: AbortSignal,
): Promise<Error> {
  try {
    const gateways = await listEntryGateways(nymApiUrl, signal);
    if (!gateways.some(({ identity }) => identity === gateway)) return noSuchGateway(gateway);
  } catch (cause) {
    return cause instanceof Error ? cause : new Error(String(cause));
  }
  return new Error(`the mixnet client did not start with gateway ${gateway}`, { cause: error });
}

export function noSuchGateway(gateway: string): Error {
  return new Error(`the network has no gateway ${gateway}`);
}

function parseGatewayPage(nymApiUrl: string, body: unknown): z.infer<typeof gatewayPage> {
  const parsed = gatewayPage.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new Error(`nym-api ${nymApiUrl} answered with something else than a list of gateways`);
}

async function getJson(
  nymApiUrl: string,
  path: string,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const timeout = AbortSignal.timeout(NYM_API_TIMEOUT_MS);
  try {
    const response = await fetch(nymApiUrl.replace(/\/+$/, '') + path, {
      headers: { accept: 'application/json' },
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    if (!response.ok) throw new Error(`HTTP status ${response.status}`);
    return await response.json();
  } catch (cause) {
    throw new Error(`nym-api ${nymApiUrl} does not answer`, { cause });
  }
}
