import type { Counters } from '../counters.js';
import type { Logger } from '../logger.js';
import type { Inbox } from '../wire/inbox.js';
import type { Mixnet, OpenMixnet } from './mixnet.js';
import type { SelfProbe } from './self-probe.js';

export interface EndpointOptions {
  url: string;
  openMixnet: OpenMixnet;
  /** Of this endpoint alone: answers that cannot leave here must not keep those of others waiting. */
  inbox: Pick<Inbox, 'deliver'>;
  /** @param sendAnonymous through this endpoint */
  createProbe: (sendAnonymous: Mixnet['sendAnonymous']) => SelfProbe;
  /** It has an address, the first time or another. */
  onAddress: (selfAddress: string) => void;
  /** It will never be connected: nothing is tried any more. */
  onHopeless: () => void;
  counters: Counters;
  log: Logger;
}

/** How an endpoint is doing. */
export interface EndpointState {
  isConnected: boolean;
  /** Since the service last heard itself here; undefined if it never has. */
  probeAgeSeconds: number | undefined;
}

/** One nym-client, by which the service is reached at one address. Each request is answered by the endpoint that it came to. */
export class Endpoint {
  readonly #options: EndpointOptions;
  readonly #stopped = new AbortController();
  readonly #mixnet: Promise<Mixnet>;
  readonly #probe: SelfProbe;
  #address: string | undefined;
  #isConnected = false;

  constructor(options: EndpointOptions) {
    this.#options = options;
    const { url, openMixnet, createProbe } = options;
    this.#probe = createProbe(async (...message) => (await this.#mixnet).sendAnonymous(...message));
    const events = {
      message: this.#onMessage,
      connected: this.#onConnected,
      disconnected: this.#onDisconnected,
    };
    options.log.info('connecting to the nym-client');
    this.#mixnet = openMixnet(url, events, this.#stopped.signal);
    this.#mixnet.catch((error: unknown) => {
      if (this.#stopped.signal.aborted) return;
      options.log.fatal({ err: error }, 'the nym-client cannot be used');
      options.onHopeless();
    });
  }

  get state(): EndpointState {
    return { isConnected: this.#isConnected, probeAgeSeconds: this.#probe.ageSeconds };
  }

  /** Lets go of the nym-client, or of the attempts to reach it. */
  async close(): Promise<void> {
    this.#stopped.abort();
    this.#probe.stop();
    const mixnet = await this.#mixnet.catch(() => undefined);
    await mixnet?.close();
  }

  readonly #onConnected = (selfAddress: string) => {
    // It may be connected just when it is closed; nobody would stop the probe then.
    if (this.#stopped.signal.aborted) return;
    this.#options.log.info({ selfAddress }, 'connected to the nym-client');
    this.#isConnected = true;
    if (selfAddress !== this.#address) this.#options.onAddress(selfAddress);
    this.#address = selfAddress;
    this.#probe.start(selfAddress);
  };

  readonly #onDisconnected = () => {
    this.#isConnected = false;
    if (this.#stopped.signal.aborted) return;
    this.#options.log.warn('the connection to the nym-client is lost; trying again');
    this.#probe.stop();
  };

  readonly #onMessage = (message: Uint8Array, senderTag: string | undefined) => {
    if (senderTag === undefined) {
      if (!this.#probe.take(message)) this.#options.counters.ignored++;
      return;
    }
    this.#options.inbox.deliver({
      message,
      reply: async (answer) => (await this.#mixnet).reply(senderTag, answer),
    });
  };
}
