import type { Config } from '../config.js';
import { variableOf } from '../environment.js';
import { parseHost, parseNumber, parseNymApis, UsageError, type FlagValues } from './flags.js';

/** nymtech/nym, common/network-defaults: the nym-api of the public network. */
const MAINNET_NYM_API = 'https://validator.nymtech.net/api';
const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_PORT = 1977;

/** The flags that `init` and `run` have in common. */
export const CLIENT_FLAGS = {
  id: { value: 'ID', help: 'name of the client, for its directory (required)' },
  data: {
    value: 'DIR',
    help: 'where clients are kept (else $NYM_CLIENT_DATA, $NYM_HOME_DIR/.nym/wasm-clients, ~/.nym/wasm-clients)',
  },
  'nym-apis': {
    value: 'URL,URL',
    help: 'nym-api of the network, several to try in turn (else $NYM_API, else the public network)',
  },
  gateway: { value: 'KEY', help: 'identity key of the gateway (init: any at random)' },
  'force-tls-gateway': { help: 'use a gateway that is reached by TLS' },
  port: { short: 'p', value: 'PORT', help: `port of the websocket (${DEFAULT_PORT})` },
  host: { value: 'IP', help: `address of the websocket (${DEFAULT_HOST})` },
  'no-cover': { help: 'send no cover traffic: faster, and whoever watches the line sees more' },
  fastmode: { help: 'shorter delays: faster, and less anonymous' },
  'extended-packets': { help: 'packets of 32 kB for long messages: faster, and they stand out' },
  help: { short: 'h', help: 'print this' },
} as const;

/** @throws UsageError */
export function requiredId(flags: { id: string | undefined }): string {
  if (flags.id === undefined || flags.id === '') throw new UsageError('--id is required');
  return flags.id;
}

/** What the flags and the environment say; what they leave out is absent. @throws UsageError */
export function settingsFromFlags(
  flags: FlagValues<typeof CLIENT_FLAGS>,
  env: NodeJS.ProcessEnv,
): Partial<Config> {
  const nymApis = nymApisFrom(flags['nym-apis'], env);
  const { gateway, host, port } = flags;
  return {
    ...(nymApis !== undefined && { nymApis }),
    ...(gateway !== undefined && { gateway }),
    ...(host !== undefined && { host: parseHost(host) }),
    ...(port !== undefined && { port: parseNumber('port', port, 0, 65_535) }),
    ...(flags['force-tls-gateway'] && { forceTlsGateway: true }),
    ...(flags['no-cover'] && { noCover: true }),
    ...(flags.fastmode && { fastMode: true }),
    ...(flags['extended-packets'] && { extendedPackets: true }),
  };
}

function nymApisFrom(flag: string | undefined, env: NodeJS.ProcessEnv): string[] | undefined {
  if (flag !== undefined) return parseNymApis('--nym-apis', flag);
  const variable = variableOf(env, 'NYM_API');
  return variable === undefined ? undefined : parseNymApis('NYM_API', variable);
}

/** The settings of a new client; its gateway is still to be chosen if none was named. */
export function settingsOfNewClient(
  id: string,
  given: Partial<Config>,
): Omit<Config, 'gateway'> & { gateway?: string } {
  return {
    format: 1,
    nymApis: [MAINNET_NYM_API],
    forceTlsGateway: false,
    host: DEFAULT_HOST,
    port: DEFAULT_PORT,
    noCover: false,
    fastMode: false,
    extendedPackets: false,
    ...given,
    id,
  };
}
