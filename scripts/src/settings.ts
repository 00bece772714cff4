import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

export const HELP = `Usage: npm start [-- --network local|mainnet]

Starts everything on this machine: a local Nym network, a nym-client, the paste service and the web page.
Ctrl-C stops it. Keys and pastes are kept, so the next start has the same address.

  --network local     a Nym network of this machine's own, for trying out; it hides nobody (default)
  --network mainnet   the public Nym network
  --help              this text

Environment:
  PASTENYM_PORT       the page's port (default 8080)
  PASTENYM_PORT_BASE  the first of the other ports (default 21000): nym-api at 0, nym-client at 1,
                      the gateways' websockets from 10, mix ports from 30
  PASTENYM_DATA       the folder for keys, pastes and logs (default data)
  NYM_API_URL         the Nym API of the public network (with --network mainnet)
`;

export const NETWORKS = ['local', 'mainnet'] as const;
export type Network = (typeof NETWORKS)[number];

export interface Settings {
  network: Network;
  /** Absolute; everything that outlives a stop is in it. */
  dataFolder: string;
  pagePort: number;
  nymApiPort: number;
  nymClientPort: number;
  /** One for each gateway of the local network. */
  gatewayPorts: number[];
  mixPorts: number[];
  portBase: number;
  nymApiUrl: string;
}

const DEFAULT_PAGE_PORT = 8080;
const DEFAULT_PORT_BASE = 21_000;
const GATEWAYS = 2;
const MIX_NODES = 3 * 2;
const MAX_PORT = 65_535;
const PUBLIC_NYM_API = 'https://validator.nymtech.net/api';

/** What the local network does with its port base. */
const PORT_OFFSETS = { nymApi: 0, nymClient: 1, gateways: 10, mixPorts: 30 } as const;
const HIGHEST_OFFSET = PORT_OFFSETS.mixPorts + GATEWAYS + MIX_NODES - 1;

/** A setting that cannot be used; the message is for the person at the terminal. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** @returns undefined when only help is asked for */
export function readSettings(
  args: string[],
  env: NodeJS.ProcessEnv,
  root: string,
): Settings | undefined {
  const { help, network } = readArguments(args);
  if (help) return undefined;
  const portBase = readPort(
    env,
    'PASTENYM_PORT_BASE',
    DEFAULT_PORT_BASE,
    MAX_PORT - HIGHEST_OFFSET,
  );
  const nymApiPort = portBase + PORT_OFFSETS.nymApi;
  const local = network === 'local';
  return withPortsApart({
    network,
    dataFolder: resolve(root, env['PASTENYM_DATA'] ?? 'data'),
    pagePort: readPort(env, 'PASTENYM_PORT', DEFAULT_PAGE_PORT, MAX_PORT),
    portBase,
    nymApiPort,
    nymClientPort: portBase + PORT_OFFSETS.nymClient,
    gatewayPorts: local ? range(portBase + PORT_OFFSETS.gateways, GATEWAYS) : [],
    mixPorts: local ? range(portBase + PORT_OFFSETS.mixPorts, GATEWAYS + MIX_NODES) : [],
    nymApiUrl: local
      ? `http://127.0.0.1:${nymApiPort}/api`
      : readUrl(env, 'NYM_API_URL', PUBLIC_NYM_API),
  });
}

/** Every port but the page's, for which `PASTENYM_PORT_BASE` is the setting. */
export const otherPorts = (settings: Settings): number[] => [
  ...(settings.network === 'local' ? [settings.nymApiPort] : []),
  settings.nymClientPort,
  ...settings.gatewayPorts,
  ...settings.mixPorts,
];

function withPortsApart(settings: Settings): Settings {
  if (!otherPorts(settings).includes(settings.pagePort)) return settings;
  throw new SettingsError(
    `Port ${settings.pagePort} would be the page's and another part's too. PASTENYM_PORT or PASTENYM_PORT_BASE chooses another.`,
  );
}

/** Where the parts of a network keep their files. A service has one address on each network. */
export const networkFolder = ({ dataFolder, network }: Settings) =>
  network === 'local' ? dataFolder : join(dataFolder, network);

function readArguments(args: string[]): { help: boolean; network: Network } {
  try {
    const { values } = parseArgs({
      args,
      options: { help: { type: 'boolean', default: false }, network: { type: 'string' } },
    });
    return { help: values.help, network: readNetwork(values.network ?? 'local') };
  } catch (error) {
    if (error instanceof SettingsError) throw error;
    throw new SettingsError(error instanceof Error ? error.message : String(error));
  }
}

function readNetwork(name: string): Network {
  const network = NETWORKS.find((it) => it === name);
  if (network === undefined) {
    throw new SettingsError(`--network is ${NETWORKS.join(' or ')}, not "${name}".`);
  }
  return network;
}

function readPort(
  env: NodeJS.ProcessEnv,
  name: string,
  byDefault: number,
  highest: number,
): number {
  const text = env[name] ?? '';
  if (text === '') return byDefault;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > highest) {
    throw new SettingsError(`${name} must be a port from 1 to ${highest}, not "${text}".`);
  }
  return port;
}

function readUrl(env: NodeJS.ProcessEnv, name: string, byDefault: string): string {
  const text = env[name] ?? '';
  if (text === '') return byDefault;
  if (!URL.canParse(text) || !/^https?:/.test(text)) {
    throw new SettingsError(`${name} must be an http or https URL, not "${text}".`);
  }
  return text;
}

const range = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + i);
