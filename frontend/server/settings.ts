import { isNymAddress } from '@pastenym/shared/nym-address';

export type Network = 'local' | 'mainnet';

export interface Settings {
  host: string;
  port: number;
  network: Network;
  /** As the browser reaches it. */
  nymApiUrl: string;
  service: { addresses: readonly string[] } | { addressFile: string };
  /** CSP source expressions of the websockets that the page may open. */
  gatewayUrls: readonly string[];
  instanceName: string;
}

const MAX_PORT = 65_535;
const MAX_INSTANCE_NAME_LENGTH = 60;

const MAINNET_NYM_API = 'https://validator.nymtech.net/api';

/** Any gateway: on the main network there are hundreds, and they come and go. Loopback only where the network is this machine. */
const DEFAULT_GATEWAY_URLS: Record<Network, string> = {
  local: 'ws://localhost:*,ws://127.0.0.1:*',
  mainnet: 'wss:',
};

interface Setting {
  name: string;
  meaning: string;
  default?: string;
}

/** Every setting, in the order of `--help`. */
export const SETTINGS = [
  { name: 'PASTENYM_HOST', meaning: 'the address to listen on', default: '127.0.0.1' },
  { name: 'PASTENYM_PORT', meaning: 'the port to listen on', default: '8080' },
  { name: 'PASTENYM_NETWORK', meaning: 'the Nym network: local or mainnet', default: 'mainnet' },
  {
    name: 'NYM_API_URL',
    meaning: `the network's nym-api, as browsers reach it; on mainnet by default ${MAINNET_NYM_API}`,
  },
  { name: 'SERVICE_ADDRESS', meaning: "the paste service's Nym address; several with commas" },
  {
    name: 'SERVICE_ADDRESS_FILE',
    meaning: 'instead: a file with the addresses, which may appear or change later',
  },
  {
    name: 'GATEWAY_URLS',
    meaning: `origins of the websockets that the page may open, with commas; by default ${DEFAULT_GATEWAY_URLS.local} on local, ${DEFAULT_GATEWAY_URLS.mainnet} on mainnet`,
  },
  { name: 'INSTANCE_NAME', meaning: 'what this instance is called', default: 'Pastenym' },
] as const satisfies readonly Setting[];

type Name = (typeof SETTINGS)[number]['name'];

/** Something is wrong with the settings; `problems` names everything that is, one sentence each. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The settings are not right:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** @throws SettingsError with all problems at once */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const problems: string[] = [];
  const value = (name: Name) => valueOf(name, env);
  const check = (name: Name, isRight: boolean, wanted: string) => {
    if (!isRight) problems.push(`${name} must be ${wanted}.`);
  };
  const network = value('PASTENYM_NETWORK');
  check('PASTENYM_NETWORK', isNetwork(network), 'local or mainnet');
  const port = Number(value('PASTENYM_PORT'));
  check('PASTENYM_PORT', isPort(port), `a whole number from 0 to ${MAX_PORT}`);
  const nymApiUrl = value('NYM_API_URL') ?? (network === 'mainnet' ? MAINNET_NYM_API : '');
  check('NYM_API_URL', isHttpUrl(nymApiUrl), 'an http or https URL (on mainnet, it has a default)');
  const gatewayUrls = list(value('GATEWAY_URLS') ?? defaultGatewayUrls(network));
  check('GATEWAY_URLS', gatewayUrls.every(isWebsocketSource), 'websocket origins, with commas');
  const instanceName = value('INSTANCE_NAME') ?? '';
  check(
    'INSTANCE_NAME',
    isName(instanceName),
    `1 to ${MAX_INSTANCE_NAME_LENGTH} printable characters`,
  );
  const addresses = list(value('SERVICE_ADDRESS') ?? '');
  const addressFile = value('SERVICE_ADDRESS_FILE');
  check('SERVICE_ADDRESS', addresses.every(isNymAddress), '<identity>.<encryption>@<gateway>');
  if (addresses.length > 0 === (addressFile !== undefined)) {
    problems.push('Either SERVICE_ADDRESS or SERVICE_ADDRESS_FILE must be given.');
  }
  if (problems.length > 0 || !isNetwork(network)) throw new SettingsError(problems);
  return {
    host: value('PASTENYM_HOST') ?? '',
    port,
    network,
    nymApiUrl,
    service: addressFile === undefined ? { addresses } : { addressFile },
    gatewayUrls,
    instanceName,
  };
}

/** An empty variable counts as none: that is how compose files write it. */
function valueOf(name: Name, env: Readonly<Record<string, string | undefined>>) {
  const setting: Setting | undefined = SETTINGS.find((candidate) => candidate.name === name);
  const given = env[name]?.trim();
  return given === undefined || given === '' ? setting?.default : given;
}

const isNetwork = (text: string | undefined): text is Network =>
  text === 'local' || text === 'mainnet';

const isPort = (port: number) => Number.isInteger(port) && port >= 0 && port <= MAX_PORT;

const defaultGatewayUrls = (network: string | undefined) =>
  isNetwork(network) ? DEFAULT_GATEWAY_URLS[network] : '';

const list = (text: string) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
}

/** These go into a header: nothing that could end it, or the directive. */
const isWebsocketSource = (text: string) => /^wss?:(?:\/\/[\w.*:[\]-]+)?$/.test(text);

const isName = (text: string) =>
  text.length > 0 && text.length <= MAX_INSTANCE_NAME_LENGTH && !/\p{C}/u.test(text);

export function describeSettings(): string {
  const lines = (SETTINGS as readonly Setting[]).map(({ name, meaning, default: preset }) => {
    const suffix = preset === undefined ? '' : ` (${preset})`;
    return `  ${name.padEnd(22)}${meaning}${suffix}`;
  });
  return ['Sends the Pastenym page. Its settings are environment variables:', ...lines].join('\n');
}
