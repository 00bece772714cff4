import { base58 } from '@scure/base';
import { isIP, isIPv4, isIPv6 } from 'node:net';

/**
 * What a nym-api tells clients about the network, as JSON (Nym's `nym-api-requests`, `src/models` and `nym_nodes`).
 */

export interface GatewayEntry {
  readonly nodeId: number;
  /** Ed25519, 32 bytes. */
  readonly identity: Uint8Array;
  /** X25519, 32 bytes. */
  readonly sphinxKey: Uint8Array;
  readonly mixPort: number;
  readonly wsPort: number;
}

export const LAYERS = [1, 2, 3] as const;
export type Layer = (typeof LAYERS)[number];

export interface MixNodeEntry extends Omit<GatewayEntry, 'wsPort'> {
  readonly layer: Layer;
}

export interface Topology {
  readonly gateways: readonly GatewayEntry[];
  readonly mixNodes: readonly MixNodeEntry[];
}

const SECONDS_PER_EPOCH = 24 * 60 * 60;
const MS_PER_EPOCH = SECONDS_PER_EPOCH * 1000;
/**
 * Nodes keep their Sphinx keys for ever, so the rotation that would replace them is made as long as fits a calendar:
 * epochs are days since 1970, and rotation 1 lasts from day 20,000 (2024) to day 39,999 (2079). While a network runs, it
 * stays in the epoch in which it started: clients ask several questions at once, and throw away answers that disagree.
 */
const EPOCHS_PER_ROTATION = 20_000;

const epochOf = (nowMs: number): number => Math.floor(nowMs / MS_PER_EPOCH);
const rotationOf = (epoch: number): number => Math.floor(epoch / EPOCHS_PER_ROTATION);
const timestamp = (ms: number): string => new Date(ms).toISOString();

/** @param startedAtMs when the network did; so in the others */
export function keyRotationInfo(startedAtMs: number): object {
  const epoch = epochOf(startedAtMs);
  const rotation = rotationOf(epoch);
  const start = rotation * EPOCHS_PER_ROTATION;
  return {
    key_rotation_state: { validity_epochs: EPOCHS_PER_ROTATION, initial_epoch_id: 0 },
    current_absolute_epoch_id: epoch,
    current_epoch_start: timestamp(epoch * MS_PER_EPOCH),
    epoch_duration: { secs: SECONDS_PER_EPOCH, nanos: 0 },
    progress: {
      current_key_rotation_id: rotation,
      current_rotation_starting_epoch: start,
      current_rotation_ending_epoch: start + EPOCHS_PER_ROTATION - 1,
    },
  };
}

export function rewardedSet({ gateways, mixNodes }: Topology, startedAtMs: number): object {
  const idsOfLayer = (layer: number): number[] =>
    mixNodes.filter((node) => node.layer === layer).map((node) => node.nodeId);
  return {
    epoch_id: epochOf(startedAtMs),
    entry_gateways: gateways.map((gateway) => gateway.nodeId),
    exit_gateways: [],
    layer1: idsOfLayer(1),
    layer2: idsOfLayer(2),
    layer3: idsOfLayer(3),
    standby: [],
  };
}

/** What all descriptions of a node have in common ("skimmed node"). Mix ports are reached on loopback only. */
const skimmed = (node: Omit<GatewayEntry, 'wsPort'>): object => ({
  node_id: node.nodeId,
  ed25519_identity_pubkey: base58.encode(node.identity),
  ip_addresses: ['127.0.0.1'],
  mix_port: node.mixPort,
  x25519_sphinx_pubkey: base58.encode(node.sphinxKey),
  performance: '1',
});

export const describeMixNode = (node: MixNodeEntry): object => ({
  ...skimmed(node),
  role: { Mixnode: { layer: node.layer } },
  supported_roles: { mixnode: true, entry: false, exit_nr: false, exit_ipr: false },
  entry: null,
});

/** @param hostname see {@link announcedHostname} */
export const describeGateway = (gateway: GatewayEntry, hostname: string | null): object => ({
  ...skimmed(gateway),
  role: 'EntryGateway',
  supported_roles: { mixnode: false, entry: true, exit_nr: true, exit_ipr: true },
  // With a hostname and no wss_port, clients dial ws://hostname:ws_port; without either, ws://<ip>:ws_port.
  entry: { hostname, ws_port: gateway.wsPort, wss_port: null },
});

/** One page of nodes; everything is on page 0. */
export function paginated(
  nodes: readonly object[],
  page: number,
  { startedAtMs, nowMs }: { readonly startedAtMs: number; readonly nowMs: number },
): object {
  const data = page === 0 ? nodes : [];
  const epoch = epochOf(startedAtMs);
  return {
    metadata: {
      status: null,
      absolute_epoch_id: epoch,
      rotation_id: rotationOf(epoch),
      refreshed_at: timestamp(nowMs),
    },
    nodes: { pagination: { total: nodes.length, page, size: data.length }, data },
  };
}

const MAX_HOSTNAME_CHARACTERS = 253;
/** Letters, digits and inner hyphens (RFC 1123 section 2.1), at most 63 of them. */
const DNS_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
const LOOPBACK_IPV4 = '127.';

/**
 * The name under which a gateway is announced: the one by which the client found the nym-api, so that one network can
 * be `localhost` to a browser, `mixnet` to a container beside it and 192.168.1.5 to a telephone.
 * @param hostHeader of the client's HTTP request
 * @returns null, which means 127.0.0.1, for an IPv4 loopback address and for anything that is no name or address
 */
export function announcedHostname(hostHeader: string | undefined): string | null {
  const host = (hostHeader ?? '').replace(/:\d{1,5}$/, '');
  if (isIPv4(host)) return host.startsWith(LOOPBACK_IPV4) ? null : host;
  if (host.startsWith('[') && host.endsWith(']')) return isIPv6(host.slice(1, -1)) ? host : null;
  return isDnsName(host) ? host.toLowerCase() : null;
}

function isDnsName(host: string): boolean {
  const labels = host.split('.');
  // A last label of digits only would be read as part of an IP address.
  const isNumeric = /^\d+$/.test(labels.at(-1) ?? '');
  return (
    host.length <= MAX_HOSTNAME_CHARACTERS &&
    isIP(host) === 0 &&
    !isNumeric &&
    labels.every((label) => DNS_LABEL.test(label))
  );
}
