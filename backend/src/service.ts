import type { Context } from './context.js';
import type { Counters } from './counters.js';
import { writeAddressFile } from './mixnet/address-file.js';
import { Endpoint, type EndpointState } from './mixnet/endpoint.js';
import { CLOSE_MS } from './mixnet/nym-client.js';
import { SelfProbe } from './mixnet/self-probe.js';
import { Sweeper } from './pastes/sweeper.js';
import type { Inbox } from './wire/inbox.js';

export interface ServiceEvents {
  /**
   * A request has gone round through the mixnet: the service can be reached at this address. Again after each reconnection, and for each of its
   * addresses.
   */
  onReady?: (selfAddress: string) => void;
  /** A nym-client can never be connected to. Whoever runs the service stops it. */
  onHopeless?: () => void;
}

/** A way into the mixnet, and where what comes by it waits. */
interface Entrance {
  endpoint: Endpoint;
  inbox: Inbox;
}

/** The running service. It does not wait for the nym-clients: each may come, go and come back, whatever the others do. */
export class Service {
  readonly #context: Context;
  readonly #sweeper: Sweeper;
  readonly #entrances: readonly Entrance[];

  constructor(context: Context, events: ServiceEvents = {}) {
    this.#context = context;
    this.#sweeper = createSweeper(context);
    const publish = addressPublisher(context);
    this.#entrances = context.config.NYM_CLIENT_URL.map((url, index) =>
      createEntrance(context, url, {
        ...events,
        onAddress: (selfAddress) => {
          publish(index, selfAddress);
        },
      }),
    );
  }

  /** How its ways into the mixnet are doing, in the order of `NYM_CLIENT_URL`. */
  get endpoints(): readonly EndpointState[] {
    return this.#entrances.map(({ endpoint }) => endpoint.state);
  }

  /** Seconds since it last swept with success, or since the start. */
  get sweepAgeSeconds(): number {
    return this.#sweeper.sweepAgeSeconds;
  }

  /** Seconds since nothing of what was deleted stood in files any more, as far as the store can tell, or since the start. */
  get eraseAgeSeconds(): number {
    return this.#sweeper.eraseAgeSeconds;
  }

  /** Messages that wait or are being answered. */
  get heldMessages(): number {
    return this.#entrances.reduce((total, { inbox }) => total + inbox.held, 0);
  }

  /** Takes nothing more, answers what was taken, lets go of everything. Takes at most `DRAIN_SECONDS`. */
  async stop(): Promise<void> {
    const { config, store, otherNodes, counters, log } = this.#context;
    log.info('stopping');
    const patienceMs = config.DRAIN_SECONDS * 1000 - CLOSE_MS;
    const unanswered = await Promise.all(
      this.#entrances.map(async ({ inbox, endpoint }) => {
        const left = await inbox.close(patienceMs);
        await endpoint.close();
        return left;
      }),
    );
    await this.#sweeper.stop();
    await otherNodes.stop();
    await store.close();
    log.info({ ...counters, unanswered: unanswered.reduce((a, b) => a + b) }, 'stopped');
  }
}

type EntranceEvents = ServiceEvents & { onAddress: (selfAddress: string) => void };

function createEntrance(
  context: Context,
  url: string,
  { onReady, onHopeless, onAddress }: EntranceEvents,
): Entrance {
  const { config, openMixnet, random, counters } = context;
  const inbox = context.createInbox();
  const log = context.log.child({ nymClient: new URL(url).host });
  const onReachable = (selfAddress: string) => {
    log.info({ selfAddress }, 'ready: the service reaches itself through the mixnet');
    onReady?.(selfAddress);
  };
  const intervalMs = config.SELF_PROBE_SECONDS * 1000;
  const endpoint = new Endpoint({
    url,
    openMixnet,
    inbox,
    createProbe: (sendAnonymous) =>
      new SelfProbe({ sendAnonymous, onReachable, random, log, intervalMs }),
    onAddress,
    onHopeless: () => onHopeless?.(),
    counters,
    log,
  });
  return { endpoint, inbox };
}

/** Without the file, the page would not find the service; the service itself works. */
function addressPublisher({ config, log }: Context): (index: number, selfAddress: string) => void {
  const addresses: string[] = [];
  return (index, selfAddress) => {
    addresses[index] = selfAddress;
    if (config.SERVICE_ADDRESS_FILE === undefined) return;
    try {
      // Those of nym-clients that have not come yet are not known.
      writeAddressFile(config.SERVICE_ADDRESS_FILE, [...new Set(addresses.filter(Boolean))]);
    } catch (error) {
      log.error({ err: error }, "the service's address could not be written");
    }
  };
}

function createSweeper(context: Context): Sweeper {
  const { store, now, counters, keptAnswers, admitting, config, log } = context;
  const logCounters = counterLogger(context);
  return new Sweeper({
    store,
    now,
    counters,
    log,
    intervalMs: config.SWEEP_INTERVAL_SECONDS * 1000,
    alsoDo: async () => {
      keptAnswers.prune();
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
