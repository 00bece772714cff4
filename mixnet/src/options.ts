import { type Clock, systemClock } from './clock.js';
import { type RandomBytes, systemRandom } from './crypto/random.js';
import type { Faults } from './faults.js';
import { MAX_GATEWAYS, MAX_MIX_NODES_PER_LAYER } from './limits.js';
import { type Logger, silentLogger } from './logger.js';
import { MixnetError } from './mixnet-error.js';

/** How to start a network. Everything can be left out. */
export interface MixnetOptions extends Partial<Faults> {
  /** How many gateways; 2 when left out. */
  gateways?: number;
  /** How many mix nodes in each of the three layers; 2 when left out. */
  mixNodesPerLayer?: number;
  /** Where nym-api and the gateways' websockets listen; 127.0.0.1 when left out. Mix ports are always on loopback. */
  host?: string;
  /** Where keys, ports, registrations and stored messages are kept. Without it, they end with the network. */
  dataDir?: string;
  /**
   * The nym-api listens here, gateway i at +10+i, mix ports at +30 and following. Without it, ports are free ones, and
   * remembered in `dataDir`.
   */
  portBase?: number;
  /**
   * The version of the gateway protocol that clients are told, 5 when left out. With 4 they send binary frames of kind
   * 1, with 3 they authenticate as version 1 does.
   */
  gatewayProtocol?: 3 | 4 | 5;
  /** Silent when left out. It never gets anything that names a client or a packet. */
  logger?: Logger;
  /** For tests: what time it is, in milliseconds since 1970. */
  clock?: Clock;
  /** For tests: keys, nonces and losses come from here. */
  random?: RandomBytes;
}

export type Settings = Required<Omit<MixnetOptions, 'dataDir' | 'portBase'>> &
  Pick<MixnetOptions, 'dataDir' | 'portBase'>;

const DEFAULTS = {
  gateways: 2,
  mixNodesPerLayer: 2,
  host: '127.0.0.1',
  gatewayProtocol: 5,
  lossRate: 0,
  extraDelayMs: 0,
  logger: silentLogger,
  clock: systemClock,
  random: systemRandom,
} as const;

/** One port for nym-api, from +10 the websockets, from +30 the mix ports. */
export const WS_PORT_OFFSET = 10;
export const MIX_PORT_OFFSET = 30;
const MAX_PORT = 65_535;

const MIN_GATEWAY_PROTOCOL = 3;
const MAX_GATEWAY_PROTOCOL = 5;

/** @throws MixnetError `bad-option` */
export function resolveOptions(options: MixnetOptions): Settings {
  const settings = { ...DEFAULTS, ...withoutUndefined(options) };
  const { gateways, mixNodesPerLayer, gatewayProtocol, portBase } = settings;
  assertInteger('gateways', gateways, 1, MAX_GATEWAYS);
  assertInteger('mixNodesPerLayer', mixNodesPerLayer, 1, MAX_MIX_NODES_PER_LAYER);
  assertInteger('gatewayProtocol', gatewayProtocol, MIN_GATEWAY_PROTOCOL, MAX_GATEWAY_PROTOCOL);
  if (portBase !== undefined) {
    const lastOffset = MIX_PORT_OFFSET + gateways + 3 * mixNodesPerLayer - 1;
    assertInteger('portBase', portBase, 1, MAX_PORT - lastOffset);
  }
  return settings;
}

/** An option that is given as undefined is one that is left out. */
function withoutUndefined(options: MixnetOptions): MixnetOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function assertInteger(name: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new MixnetError('bad-option', `${name} must be a whole number from ${min} to ${max}`);
}
