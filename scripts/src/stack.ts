import { join } from 'node:path';
import { BACKEND_NODE_FLAGS } from './backend-node-flags.js';
import { networkFolder, type Settings } from './settings.js';
import type { PartOptions } from './part.js';

/** The names of the parts in `run.json`, in the order of their start; they stop in the reverse order. */
export type PartName = 'mixnet' | 'nymClient' | 'backend' | 'frontend';

/** The files by which parts find each other. */
const serviceAddressFile = (settings: Settings) => join(networkFolder(settings), 'service-address');

export const nymClientUrl = ({ nymClientPort }: Settings) => `ws://127.0.0.1:${nymClientPort}`;

/** The programs that make a whole Pastenym, each with the settings by which an operator would run it alone. */
export function describeParts(settings: Settings, root: string): Map<PartName, PartOptions> {
  const parts: [PartName, Omit<PartOptions, 'name' | 'logFile'>][] = [
    ['mixnet', describeMixnet(settings, root)],
    ['nymClient', describeNymClient(settings, root)],
    ['backend', describeBackend(settings, root)],
    ['frontend', describeFrontend(settings, root)],
  ];
  return new Map(
    parts
      .filter(([name]) => name !== 'mixnet' || settings.network === 'local')
      .map(([name, part]) => [
        name,
        { ...part, name, logFile: join(settings.dataFolder, 'logs', `${name}.log`) },
      ]),
  );
}

function describeMixnet(settings: Settings, root: string) {
  return {
    entry: join(root, 'mixnet/dist/main.js'),
    readyText: 'Ready: nym-api',
    args: [
      ['--data', join(settings.dataFolder, 'mixnet')],
      ['--port-base', String(settings.portBase)],
      ['--gateways', String(settings.gatewayPorts.length)],
    ].flat(),
    env: {},
  };
}

function describeNymClient(settings: Settings, root: string) {
  // Cover traffic hides when somebody writes. On a network that hides nobody it would only cost (docs/ARCHITECTURE.md).
  const profile = settings.network === 'local' ? ['--no-cover', '--extended-packets'] : [];
  return {
    entry: join(root, 'nym-client/dist/main.js'),
    readyText: 'Client startup finished!',
    args: [
      ['run', '--id', 'pastenym', '--init'],
      ['--data', join(networkFolder(settings), 'nym-client')],
      ['--nym-apis', settings.nymApiUrl],
      ['--port', String(settings.nymClientPort)],
      profile,
    ].flat(),
    env: {},
  };
}

function describeBackend(settings: Settings, root: string) {
  return {
    entry: join(root, 'backend/dist/main.js'),
    nodeFlags: BACKEND_NODE_FLAGS,
    args: [],
    env: {
      NYM_CLIENT_URL: nymClientUrl(settings),
      DATABASE_URL: `file:${join(networkFolder(settings), 'pastes.sqlite')}`,
      SERVICE_ADDRESS_FILE: serviceAddressFile(settings),
    },
  };
}

function describeFrontend(settings: Settings, root: string) {
  const gateways = settings.gatewayPorts.map((port) => `ws://127.0.0.1:${port}`);
  return {
    entry: join(root, 'frontend/dist/server/main.js'),
    readyText: 'the page is served',
    args: [],
    env: {
      PASTENYM_PORT: String(settings.pagePort),
      PASTENYM_NETWORK: settings.network,
      NYM_API_URL: settings.nymApiUrl,
      SERVICE_ADDRESS_FILE: serviceAddressFile(settings),
      ...(gateways.length > 0 ? { GATEWAY_URLS: gateways.join(',') } : {}),
    },
  };
}
