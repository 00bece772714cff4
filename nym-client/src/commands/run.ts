import { clientDirectory, dataDirectory, type ClientDirectory } from '../client-directory.js';
import { loadConfig, type Config } from '../config.js';
import { backoffDelayMs, type Random } from '../connection/backoff.js';
import { MAILBOX_LIMITS } from '../daemon/limits.js';
import { Mailbox } from '../daemon/mailbox.js';
import { assertCanListen, WebsocketServer } from '../daemon/server.js';
import { errorText } from '../error-text.js';
import { loadIdentity } from '../mixnet-client/identity-store.js';
import { MixnetClient, type HeartbeatSettings } from '../mixnet-client/client.js';
import { REBUILD_BACKOFF } from '../mixnet-client/limits.js';
import { compileVerifiedWasm } from '../mixnet-client/wasm-package.js';
import { pause } from '../pause.js';
import { isPermanent } from '../permanent-error.js';
import {
  CLIENT_FLAGS,
  requiredId,
  settingsFromFlags,
  settingsOfNewClient,
} from './client-flags.js';
import type { CommandContext } from './context.js';
import { formatFlags, parseFlags, parseNumber } from './flags.js';
import { initialise } from './init.js';
import { mixnetClientSettings } from './mixnet-settings.js';

const MAX_HEARTBEAT_SECONDS = 86_400;
const HEARTBEAT_SECONDS = 60;
const HEARTBEAT_TIMEOUT_SECONDS = 30;
const HEARTBEAT_MISSES = 3;

const FLAGS = {
  ...CLIENT_FLAGS,
  init: { help: 'initialise the client first if that has not been done' },
  'text-mode': { help: 'push mail as text before the application has sent its first frame' },
  'heartbeat-seconds': {
    value: 'N',
    help: `time between messages to itself, 0 for none (${HEARTBEAT_SECONDS})`,
  },
  'heartbeat-timeout-seconds': {
    value: 'N',
    help: `how long one may take (${HEARTBEAT_TIMEOUT_SECONDS})`,
  },
  'heartbeat-misses': {
    value: 'N',
    help: `so many lost in a row rebuild the mixnet client (${HEARTBEAT_MISSES})`,
  },
} as const;

export const runHelp = `nym-client run --id <ID> [options]

Connects a client to its gateway, and serves its websocket until SIGINT or SIGTERM. Flags win over what init was told.

${formatFlags(FLAGS)}
`;

/** @throws UsageError, Error with a line for the operator */
export async function run(args: string[], context: CommandContext): Promise<void> {
  const flags = parseFlags(FLAGS, args);
  if (flags.help) {
    context.print(runHelp);
    return;
  }
  const id = requiredId(flags);
  const given = settingsFromFlags(flags, context.env);
  const heartbeat = heartbeatSettings(flags);
  const directory = clientDirectory(dataDirectory(flags.data, context.env), id);
  const stored = await loadConfig(directory.configFile);
  if (stored === undefined && !flags.init) throw notInitialised(id);
  await serve({ id, directory, stored, given, heartbeat, textMode: flags['text-mode'] }, context);
}

interface RunSettings {
  id: string;
  directory: ClientDirectory;
  stored: Config | undefined;
  given: Partial<Config>;
  heartbeat: HeartbeatSettings;
  textMode: boolean | undefined;
}

async function serve(settings: RunSettings, context: CommandContext): Promise<void> {
  const { logger, stop } = context;
  const { host, port } = {
    ...settingsOfNewClient(settings.id, settings.given),
    ...settings.stored,
    ...settings.given,
  };
  await assertCanListen(host, port);
  const mailbox = new Mailbox(MAILBOX_LIMITS, logger);
  let server: WebsocketServer | undefined;
  const client = await startPatiently(settings, context, (message, senderTag) => {
    const mail = { type: 'received' as const, message, senderTag };
    if (server === undefined) mailbox.put(mail);
    else server.deliver(mail);
  });
  if (client === undefined) return;
  try {
    logger.info('Starting websocket listener...');
    const startsInTextMode = settings.textMode ?? false;
    server = await WebsocketServer.listen({
      host,
      port,
      mixnet: client,
      mailbox,
      logger,
      startsInTextMode,
    });
    logger.info(`Running websocket on "${server.address}"`);
    logger.info('Client startup finished!');
    logger.info(`The address of this client is: ${client.selfAddress}`);
    await aborted(stop);
    logger.info('Stopping nym-client');
  } finally {
    await server?.close();
    await client.close();
  }
}

/**
 * Starts the mixnet client, and tries again while the network is not there: whoever runs a service wants it to come up
 * with the network, not to be started again. (The native client ends.) What waiting does not mend fails at once.
 * @returns undefined if it was stopped before
 */
async function startPatiently(
  settings: RunSettings,
  { logger, stop }: CommandContext,
  received: (message: Uint8Array, senderTag: Uint8Array | undefined) => void,
  random: Random = Math.random,
): Promise<MixnetClient | undefined> {
  const { directory, heartbeat } = settings;
  const wasmModule = await compileVerifiedWasm();
  await loadIdentity(directory.identityFile);
  for (let attempt = 0; !isAborted(stop); attempt++) {
    try {
      const config = await knownConfig(settings, { logger, stop });
      const mixnet = mixnetClientSettings(config, directory, wasmModule, logger);
      return await MixnetClient.start({ ...mixnet, heartbeat, received, signal: stop });
    } catch (error) {
      if (isAborted(stop)) break;
      if (isPermanent(error)) throw error;
      const waitMs = backoffDelayMs(attempt, REBUILD_BACKOFF, random);
      const wait = `trying again in ${(waitMs / 1000).toFixed(1)} s`;
      logger.error(`the client does not start: ${errorText(error)}; ${wait}`);
      await pause(waitMs, stop);
    }
  }
  return undefined;
}

/** The settings with the flags on top; of a new client, after making it. */
async function knownConfig(
  { id, directory, given }: RunSettings,
  { logger, stop }: Pick<CommandContext, 'logger' | 'stop'>,
): Promise<Config> {
  const stored = await loadConfig(directory.configFile);
  if (stored === undefined) return (await initialise(directory, id, given, logger, stop)).config;
  if (given.gateway !== undefined && given.gateway !== stored.gateway) {
    logger.warn(`--gateway is for init; this client stays with ${stored.gateway}`);
  }
  return { ...stored, ...given, gateway: stored.gateway };
}

function heartbeatSettings(flags: {
  'heartbeat-seconds': string | undefined;
  'heartbeat-timeout-seconds': string | undefined;
  'heartbeat-misses': string | undefined;
}): HeartbeatSettings {
  const number = (name: keyof typeof flags, missing: number, min: number) =>
    parseNumber(name, flags[name] ?? String(missing), min, MAX_HEARTBEAT_SECONDS);
  return {
    intervalMs: 1000 * number('heartbeat-seconds', HEARTBEAT_SECONDS, 0),
    timeoutMs: 1000 * number('heartbeat-timeout-seconds', HEARTBEAT_TIMEOUT_SECONDS, 1),
    maxMisses: number('heartbeat-misses', HEARTBEAT_MISSES, 1),
  };
}

function notInitialised(id: string): Error {
  const init = `nym-client init --id ${id}`;
  return new Error(`this client (id: '${id}') has not been initialised; \`${init}\` does that`);
}

/** A function, since it changes while one waits. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      resolve();
    };
    if (signal.aborted) done();
    else signal.addEventListener('abort', done, { once: true });
  });
}
