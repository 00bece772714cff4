import { systemClock } from '../../src/clock.js';
import { Counters } from '../../src/counters.js';
import { signingKeyFromSeed } from '../../src/crypto/ed25519.js';
import { systemRandom } from '../../src/crypto/random.js';
import { x25519PublicKey } from '../../src/crypto/sodium.js';
import { Gateway, type GatewayParts } from '../../src/gateway/gateway.js';
import type { MixFrame } from '../../src/link/frame.js';
import { silentLogger } from '../../src/logger.js';
import type { RouteHop } from '../../src/sphinx/build.js';
import { formatNodeAddress } from '../../src/sphinx/node-address.js';
import { WorkLoop } from '../../src/work-loop.js';

export interface LonelyGateway {
  readonly gateway: Gateway;
  readonly counters: Counters;
  readonly url: string;
  readonly mixPort: number;
  /** The gateway as the only hop of a route. */
  readonly hop: RouteHop;
  /** What it would have sent to other nodes. */
  readonly sent: readonly MixFrame[];
}

/**
 * A gateway by itself: nothing leaves it.
 * @param directory as for `Gateway.open`
 */
export async function startLonelyGateway(
  parts: Partial<GatewayParts> = {},
  directory?: string,
): Promise<LonelyGateway> {
  const sent: MixFrame[] = [];
  const counters = new Counters();
  const sphinxKey = systemRandom(32);
  const whole: GatewayParts = {
    name: 'gateway',
    identity: signingKeyFromSeed(systemRandom(32)),
    sphinxKey,
    protocolVersion: 5,
    host: '127.0.0.1',
    outgoing: {
      start: () => undefined,
      stop: () => undefined,
      send: (frame) => void sent.push(frame),
    },
    counters,
    workLoop: new WorkLoop(),
    logger: silentLogger,
    clock: systemClock,
    random: systemRandom,
    ...parts,
  };
  const gateway = await Gateway.open(whole, directory);
  const { mixPort, wsPort } = await gateway.start({ mixPort: 0, wsPort: 0 });
  const url = `ws://127.0.0.1:${wsPort}/`;
  const address = formatNodeAddress('127.0.0.1', mixPort);
  const hop = { address, publicKey: x25519PublicKey(whole.sphinxKey) };
  return { gateway, counters, url, mixPort, hop, sent };
}
