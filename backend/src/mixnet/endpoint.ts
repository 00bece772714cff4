import type { Counters } from '../counters.js';
import type { Logger } from '../logger.js';
import type { Inbox } from '../wire/inbox.js';
import type { Mixnet, OpenMixnet } from './mixnet.js';
import type { SelfProbe } from './self-probe.js';

export interface EndpointOptions {
  url: string;
  openMixnet: OpenMixnet;
  inbox: Pick<Inbox, 'deliver'>;
  /** @param sendAnonymous through this endpoint */
  createProbe: (sendAnonymous: Mixnet['sendAnonymous']) => SelfProbe;
  /** It has an address, the first time or another. */
  onAddress: (selfAddress: string) => void;
  counters: Counters;
  log: Logger;
}

/** One nym-client, by which the service is reached at one address. Each request is answered by the endpoint that it came to. */
export class Endpoint {
  readonly #options: EndpointOptions;
  readonly #stopped = new AbortController();
  readonly #mixnet: Promise<Mixnet>;
  readonly #probe: SelfProbe;
  #address: string | undefined;

  constructor(options: EndpointOptions) {
    this.#options = options;
    const { url, openMixnet, createProbe } = options;
    this.#probe = createProbe(async (...message) => (await this.#mixnet).sendAnonymous(...message));
    const events = {
      message: this.#onMessage,
      connected: this.#onConnected,
      disconnected: this.#onDisconnected,
    };
    options.log.info({ host: new URL(url).host }, 'connecting to the nym-client');
    this.#mixnet = openMixnet(url, events, this.#stopped.signal);
    this.#mixnet.catch((error: unknown) => {
      if (this.#stopped.signal.aborted) return;
      options.log.error({ err: error }, 'the nym-client cannot be used');
    });
  }

  /** Lets go of the nym-client, or of the attempts to reach it. */
  async close(): Promise<void> {
    this.#stopped.abort();
    this.#probe.stop();
    const mixnet = await this.#mixnet.catch(() => undefined);
    await mixnet?.close();
  }

  readonly #onConnected = (selfAddress: string) => {
    this.#options.log.info({ selfAddress }, 'connected to the nym-client');
    if (selfAddress !== this.#address) this.#options.onAddress(selfAddress);
    this.#address = selfAddress;
    this.#probe.start(selfAddress);
  };

  readonly #onDisconnected = () => {
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
