import type { ClientDirectory } from '../client-directory.js';
import type { Config } from '../config.js';
import type { Logger } from '../logger.js';
import type { MixnetClientSettings } from '../mixnet-client/client.js';

/**
 * With packets of 32 kB a machine that is also the mixnet takes its time for acknowledgements; sending again too early
 * makes it only slower. Nym's own value, for any other case, is 1.5 s.
 */
const EXTENDED_ACK_WAIT_MS = 5_000;

/** A client's settings in the words of the mixnet side. */
export function mixnetClientSettings(
  config: Config,
  directory: ClientDirectory,
  wasmModule: object,
  logger: Logger,
): Omit<MixnetClientSettings, 'heartbeat' | 'received'> {
  const { nymApis, gateway, forceTlsGateway, noCover, fastMode, extendedPackets } = config;
  return {
    nymApis,
    gateway,
    forceTls: forceTlsGateway,
    profile: {
      noCover,
      fastMode,
      extendedPackets,
      ackWaitMs: extendedPackets ? EXTENDED_ACK_WAIT_MS : undefined,
    },
    identityFile: directory.identityFile,
    wasmModule,
    logger,
  };
}
