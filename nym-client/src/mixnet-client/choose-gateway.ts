import { PermanentError } from '../permanent-error.js';
import { firstAnsweringNymApi, listEntryGateways, noSuchGateway } from './nym-api.js';

export interface GatewayWishes {
  nymApis: readonly string[];
  /** A certain one, by its identity key (base58). */
  gateway?: string | undefined;
  forceTls: boolean;
}

/**
 * Chooses the gateway to register with: the one that is wished for, else any at random, as the native client does.
 * @param random returns a number in [0, 1)
 * @throws Error with a line for the operator; PermanentError if the network does not know the gateway: no client is bound
 * to it yet, and whoever mistyped its key should hear of it
 */
export async function chooseGateway(
  { nymApis, gateway, forceTls }: GatewayWishes,
  signal?: AbortSignal,
  random: () => number = Math.random,
): Promise<string> {
  const nymApiUrl = await firstAnsweringNymApi(nymApis, signal);
  const known = await listEntryGateways(nymApiUrl, signal);
  const wished = known.filter(({ identity }) => gateway === undefined || identity === gateway);
  if (gateway !== undefined && wished.length === 0) {
    throw new PermanentError(noSuchGateway(gateway).message);
  }
  const fitting = wished.filter(({ isUsable, hasTls }) => isUsable && (hasTls || !forceTls));
  const chosen = fitting[Math.floor(random() * fitting.length)];
  if (chosen !== undefined) return chosen.identity;
  const subject = gateway === undefined ? 'no gateway of the network' : `gateway ${gateway}`;
  const verb = gateway === undefined ? 'takes' : 'does not take';
  throw new Error(`${subject} ${verb} clients${forceTls ? ' by TLS' : ''}`);
}
