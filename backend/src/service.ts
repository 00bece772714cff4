import type { Context } from './context.js';
import type { Counters } from './counters.js';
import { writeAddressFile } from './mixnet/address-file.js';
import { Endpoint } from './mixnet/endpoint.js';
import { CLOSE_MS } from './mixnet/nym-client.js';
import { SelfProbe } from './mixnet/self-probe.js';
import { Sweeper } from './pastes/sweeper.js';

export interface ServiceEvents {
  /** A request has gone round through the mixnet: the service can be reached at this address. Again after each reconnection. */
  onReady?: (selfAddress: string) => void;
}

/** The running service. It does not wait for the nym-client: that may come, go and come back. */
export class Service {
  readonly #context: Context;
  readonly #sweeper: Sweeper;
  readonly #endpoint: Endpoint;

  constructor(context: Context, { onReady }: ServiceEvents = {}) {
    this.#context = context;
    this.#sweeper = createSweeper(context);
    this.#endpoint = createEndpoint(context, (selfAddress) => {
      context.log.info({ selfAddress }, 'ready: the service reaches itself through the mixnet');
      onReady?.(selfAddress);
    });
  }

  /** Takes nothing more, answers what was taken, lets go of everything. Takes at most `DRAIN_SECONDS`. */
  async stop(): Promise<void> {
    const { config, inbox, store, counters, log } = this.#context;
    log.info('stopping');
    const unanswered = await inbox.close(config.DRAIN_SECONDS * 1000 - CLOSE_MS);
    await this.#endpoint.close();
    await this.#sweeper.stop();
    await store.close();
    log.info({ ...counters, unanswered }, 'stopped');
  }
}

function createEndpoint(context: Context, onAnswer: (selfAddress: string) => void): Endpoint {
  const { config, openMixnet, inbox, random, counters, log } = context;
  return new Endpoint({
    url: config.NYM_CLIENT_URL,
    openMixnet,
    inbox,
    createProbe: (sendAnonymous) => new SelfProbe({ sendAnonymous, onAnswer, random, log }),
    onAddress: (selfAddress) => {
      publishAddress(context, selfAddress);
    },
    counters,
    log,
  });
}

/** Without the file, the page would not find the service; the service itself works. */
function publishAddress({ config, log }: Context, selfAddress: string): void {
  if (config.SERVICE_ADDRESS_FILE === undefined) return;
  try {
    writeAddressFile(config.SERVICE_ADDRESS_FILE, selfAddress);
  } catch (error) {
    log.error({ err: error }, "the service's address could not be written");
  }
}

function createSweeper(context: Context): Sweeper {
  const { store, now, counters, outcomes, admitting, config, log } = context;
  const logCounters = counterLogger(context);
  return new Sweeper({
    store,
    now,
    counters,
    log,
    intervalMs: config.SWEEP_INTERVAL_SECONDS * 1000,
    alsoDo: async () => {
      outcomes.prune();
      logCounters();
      await admitting.quota.refresh();
    },
  });
}

/** Logs the counters when they have changed. */
function counterLogger({ counters, log }: Context): () => void {
  let last: Counters = { ...counters };
  return () => {
    const hasChanged = Object.entries(counters).some(
      ([name, count]) => last[name as keyof Counters] !== count,
    );
    if (hasChanged) log.info({ ...counters }, 'so far');
    last = { ...counters };
  };
}
