import { z } from 'zod';
import type { RandomBytes } from './crypto/random.js';
import { type Layer, LAYERS } from './nym-api/topology.js';
import { MIX_PORT_OFFSET, type Settings, WS_PORT_OFFSET } from './options.js';

/**
 * What makes a network the same one after a restart: the keys and ports of its nodes. Nodes are known by their place; one
 * that this run does not need is kept for the next that does.
 */

const KEY_BYTES = 32;
const MAX_PORT = 65_535;

const key = z
  .string()
  .regex(new RegExp(`^[0-9a-f]{${2 * KEY_BYTES}}$`))
  .transform((hex): Uint8Array => Buffer.from(hex, 'hex'));
const port = z.int().min(0).max(MAX_PORT);
const nodeMembers = { identitySeed: key, sphinxKey: key, mixPort: port };
const mixNode = z.object(nodeMembers);
const gateway = z.object({ ...nodeMembers, wsPort: port });

export const networkFile = z.object({
  version: z.literal(1),
  nymApiPort: port,
  gateways: z.array(gateway),
  layers: z.object({ 1: z.array(mixNode), 2: z.array(mixNode), 3: z.array(mixNode) }),
});

/** Ports are 0 until one is found. */
export type NetworkState = Omit<z.infer<typeof networkFile>, 'version'>;
export type MixNodeState = z.infer<typeof mixNode>;
export type GatewayState = z.infer<typeof gateway>;

/** Adds the nodes that are missing and, with a port base, sets all ports. The saved state is not changed. */
export function completeState(
  saved: NetworkState | undefined,
  settings: Pick<Settings, 'gateways' | 'mixNodesPerLayer' | 'portBase'>,
  random: RandomBytes,
): NetworkState {
  const newNode = (): MixNodeState => ({
    identitySeed: random(KEY_BYTES),
    sphinxKey: random(KEY_BYTES),
    mixPort: 0,
  });
  const { gateways, mixNodesPerLayer, portBase } = settings;
  const nodesOf = (layer: Layer): MixNodeState[] =>
    padTo(saved?.layers[layer] ?? [], mixNodesPerLayer, newNode);
  const state: NetworkState = {
    nymApiPort: saved?.nymApiPort ?? 0,
    gateways: padTo(saved?.gateways ?? [], gateways, () => ({ ...newNode(), wsPort: 0 })),
    layers: { 1: nodesOf(1), 2: nodesOf(2), 3: nodesOf(3) },
  };
  if (portBase !== undefined) setPorts(state, settings, portBase);
  return state;
}

function padTo<T extends object>(items: readonly T[], count: number, make: () => T): T[] {
  const missing = Math.max(0, count - items.length);
  return [...items.map((item) => ({ ...item })), ...Array.from({ length: missing }, make)];
}

function setPorts(
  state: NetworkState,
  { gateways, mixNodesPerLayer }: Pick<Settings, 'gateways' | 'mixNodesPerLayer'>,
  portBase: number,
): void {
  const active = state.gateways.slice(0, gateways);
  const mixNodes = LAYERS.flatMap((layer) => state.layers[layer].slice(0, mixNodesPerLayer));
  state.nymApiPort = portBase;
  for (const [i, node] of active.entries()) node.wsPort = portBase + WS_PORT_OFFSET + i;
  for (const [k, node] of [...active, ...mixNodes].entries()) {
    node.mixPort = portBase + MIX_PORT_OFFSET + k;
  }
}

/** The content of the file, as {@link networkFile} reads it. */
export function formatState(state: NetworkState): object {
  const hexed = (node: MixNodeState): object => ({
    ...node,
    identitySeed: Buffer.from(node.identitySeed).toString('hex'),
    sphinxKey: Buffer.from(node.sphinxKey).toString('hex'),
  });
  return {
    version: 1,
    nymApiPort: state.nymApiPort,
    gateways: state.gateways.map(hexed),
    layers: Object.fromEntries(LAYERS.map((layer) => [layer, state.layers[layer].map(hexed)])),
  };
}
