import { parseNymAddress } from '@pastenym/shared/nym-address';
import { base58 } from '@scure/base';
import { clientDirectory, dataDirectory, type ClientDirectory } from '../client-directory.js';
import { loadConfig, saveConfig, type Config } from '../config.js';
import { makeSecretDirectory } from '../files.js';
import type { Logger } from '../logger.js';
import { chooseGateway } from '../mixnet-client/choose-gateway.js';
import { MixnetClient } from '../mixnet-client/client.js';
import { activeRegistration, type Identity } from '../mixnet-client/identity.js';
import { loadIdentity } from '../mixnet-client/identity-store.js';
import { compileVerifiedWasm } from '../mixnet-client/wasm-package.js';
import { VERSION } from '../version.js';
import {
  CLIENT_FLAGS,
  requiredId,
  settingsFromFlags,
  settingsOfNewClient,
} from './client-flags.js';
import type { CommandContext } from './context.js';
import { formatFlags, parseChoice, parseFlags } from './flags.js';
import { mixnetClientSettings } from './mixnet-settings.js';

const FLAGS = {
  ...CLIENT_FLAGS,
  output: { short: 'o', value: 'text|json', help: 'form of the result (text)' },
} as const;

export const initHelp = `nym-client init --id <ID> [options]

Makes a new client: keys, and a registration with a gateway. What it is told here holds for every later run.

${formatFlags(FLAGS)}
`;

/** @throws UsageError, Error with a line for the operator */
export async function init(args: string[], context: CommandContext): Promise<void> {
  const flags = parseFlags(FLAGS, args);
  if (flags.help) {
    context.print(initHelp);
    return;
  }
  const id = requiredId(flags);
  const output = parseChoice('output', flags.output ?? 'text', ['text', 'json']);
  const given = settingsFromFlags(flags, context.env);
  const directory = clientDirectory(dataDirectory(flags.data, context.env), id);
  if ((await loadConfig(directory.configFile)) !== undefined) throw alreadyInitialised(id);
  const result = await initialise(directory, id, given, context.logger, context.stop);
  context.print(output === 'json' ? formatJson(result) : formatText(result));
}

export interface InitResult {
  config: Config;
  selfAddress: string;
  identity: Identity;
}

/**
 * Registers a new client and writes its files, the settings last. Keys that an earlier attempt has left are taken.
 * @throws Error with a line for the operator
 */
export async function initialise(
  directory: ClientDirectory,
  id: string,
  given: Partial<Config>,
  logger: Logger,
  stop: AbortSignal,
): Promise<InitResult> {
  const settings = settingsOfNewClient(id, given);
  const wasmModule = await compileVerifiedWasm();
  await makeSecretDirectory(directory.path);
  const left = await loadIdentity(directory.identityFile);
  const config: Config = {
    ...settings,
    gateway: await chooseGateway(
      {
        nymApis: settings.nymApis,
        gateway: settings.gateway ?? (left && activeRegistration(left)?.gateway),
        forceTls: settings.forceTlsGateway,
      },
      stop,
    ),
  };
  const client = await MixnetClient.start({
    ...mixnetClientSettings(config, directory, wasmModule, logger),
    signal: stop,
    heartbeat: { intervalMs: 0, timeoutMs: 0, maxMisses: 0 },
    received: () => {
      logger.warn('a message came while the client was made, and is lost');
    },
  });
  const { selfAddress, identity } = client;
  await client.close();
  await saveConfig(directory.configFile, config);
  return { config, selfAddress, identity };
}

function alreadyInitialised(id: string): Error {
  return new Error(
    `this client (id: '${id}') has already been initialised before. Use \`nym-client run --id ${id}\``,
  );
}

function formatText({ config, selfAddress }: InitResult): string {
  const { identity, encryption, gateway } = parseNymAddress(selfAddress);
  return `Identity key: ${base58.encode(identity)}
Encryption: ${base58.encode(encryption)}
Gateway ID: ${base58.encode(gateway)}
Client listening port: ${config.port}
Address of this client: ${selfAddress}
`;
}

/** The members of the native client's result; `address` is the 96 bytes of the address there too. */
function formatJson({ config, selfAddress, identity }: InitResult): string {
  const address = parseNymAddress(selfAddress);
  const registration = activeRegistration(identity);
  return `${JSON.stringify({
    version: VERSION,
    id: config.id,
    identity_key: base58.encode(address.identity),
    encryption_key: base58.encode(address.encryption),
    gateway_id: base58.encode(address.gateway),
    gateway_listener: registration?.listener,
    gateway_registration: registration?.timestamp,
    address: [...address.identity, ...address.encryption, ...address.gateway],
    client_listening_port: config.port,
    client_address: selfAddress,
  })}\n`;
}
