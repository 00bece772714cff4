import { join } from 'node:path';
import { formatCounts, type NetworkCounts, sumCounts } from './counters.js';
import { DirectoryLock } from './directory-lock.js';
import { type Faults, LinkFaults } from './faults.js';
import { AddressBook } from './link/address-book.js';
import {
  LocalGateway,
  LocalMixNode,
  type NetworkGateway,
  type NetworkMixNode,
  urlHost,
} from './network-nodes.js';
import { completeState, formatState, networkFile, type NetworkState } from './network-state.js';
import { NymApiServer } from './nym-api/server.js';
import { LAYERS } from './nym-api/topology.js';
import { type MixnetOptions, resolveOptions, type Settings } from './options.js';
import { makeDirectory, readStateFile, StateFile, withFilesOf } from './state-file.js';
import { WorkLoop } from './work-loop.js';

export { DROP_CAUSES, type DropCause, type NetworkCounts, type PacketCounts } from './counters.js';
export { type Faults } from './faults.js';
export { type Logger } from './logger.js';
export { MixnetError, type MixnetErrorCode } from './mixnet-error.js';
export { type NetworkGateway, type NetworkMixNode, type NetworkNode } from './network-nodes.js';
export { type MixnetOptions } from './options.js';

export interface Mixnet {
  /** What to give to clients as `nymApiUrl`: http://127.0.0.1:PORT/api */
  readonly nymApiUrl: string;
  readonly gateways: readonly NetworkGateway[];
  readonly mixNodes: readonly NetworkMixNode[];
  /** What goes wrong on purpose; may be set at any time. */
  readonly faults: Faults;
  /** What happened at all nodes together since the start, and who is there. */
  counters(): NetworkCounts;
  /** The same as one line of text. */
  countersLine(): string;
  /** Closes everything; resolves when it is closed and all that must be on the disk is there. */
  stop(): Promise<void>;
}

const STATE_FILE = 'network.json';

/**
 * Starts a Nym network in this process: a nym-api, gateways, and three layers of mix nodes that send each other real
 * Sphinx packets over TCP on loopback. Official Nym clients connect to it. It hides nobody: this process holds all the
 * keys and sees both ends.
 * @throws MixnetError with any of its codes
 */
export async function startMixnet(options: MixnetOptions = {}): Promise<Mixnet> {
  const settings = resolveOptions(options);
  const { dataDir } = settings;
  if (dataDir === undefined) return openAndStart(settings);
  return withFilesOf(dataDir, async () => {
    await makeDirectory(dataDir);
    // Before anything is read: of what another network is just writing, some would look like the leftovers of a crash.
    const lock = await DirectoryLock.take(dataDir);
    try {
      return await openAndStart(settings, lock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  });
}

async function openAndStart(settings: Settings, lock?: DirectoryLock): Promise<Mixnet> {
  const network = await LocalNetwork.open(settings, lock);
  await network.start();
  return network;
}

class LocalNetwork implements Mixnet {
  readonly faults: Faults;
  readonly gateways: readonly LocalGateway[];
  readonly mixNodes: readonly LocalMixNode[];
  readonly #settings: Settings;
  readonly #state: NetworkState;
  readonly #lock: DirectoryLock | undefined;
  #nymApi: NymApiServer | undefined;
  #stopped: Promise<void> | undefined;

  private constructor(
    settings: Settings,
    state: NetworkState,
    lock: DirectoryLock | undefined,
    nodes: Pick<LocalNetwork, 'faults' | 'gateways' | 'mixNodes'>,
  ) {
    this.#settings = settings;
    this.#state = state;
    this.#lock = lock;
    this.faults = nodes.faults;
    this.gateways = nodes.gateways;
    this.mixNodes = nodes.mixNodes;
  }

  /** @param lock of the data directory; let go of when the network stops */
  static async open(settings: Settings, lock?: DirectoryLock): Promise<LocalNetwork> {
    const faults = new LinkFaults(settings);
    const state = await loadState(settings);
    const shared = {
      settings,
      faults,
      addressBook: new AddressBook(),
      workLoop: new WorkLoop(),
    };
    const gateways = await Promise.all(
      state.gateways
        .slice(0, settings.gateways)
        .map((gateway, i) => LocalGateway.open(gateway, i, shared)),
    );
    const mixNodes = LAYERS.flatMap((layer) =>
      state.layers[layer]
        .slice(0, settings.mixNodesPerLayer)
        .map((node, i) => new LocalMixNode(node, layer, i, shared)),
    );
    return new LocalNetwork(settings, state, lock, { faults, gateways, mixNodes });
  }

  get nymApiUrl(): string {
    return `http://${urlHost(this.#settings.host)}:${this.#state.nymApiPort}/api`;
  }

  /** The nym-api comes last: whoever gets an answer from it finds everything that it tells of. */
  async start(): Promise<void> {
    try {
      for (const node of [...this.gateways, ...this.mixNodes]) await node.start();
      await this.#startNymApi();
      await saveState(this.#settings, this.#state);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  counters(): NetworkCounts {
    const sum = (pick: (clients: LocalGateway['clients']) => number): number =>
      this.gateways.reduce((total, gateway) => total + pick(gateway.clients), 0);
    return {
      ...sumCounts([...this.gateways, ...this.mixNodes].map((node) => node.counters())),
      clients: {
        registered: sum((clients) => clients.registeredClients),
        connected: sum((clients) => clients.connectedClients),
      },
      storedMessages: sum((clients) => clients.storedMessages),
    };
  }

  countersLine(): string {
    return formatCounts(this.counters());
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stopAll();
    return this.#stopped;
  }

  async #startNymApi(): Promise<void> {
    const { host, clock } = this.#settings;
    const topology = {
      gateways: this.gateways.map((gateway) => gateway.entry()),
      mixNodes: this.mixNodes.map((node) => node.entry()),
    };
    this.#nymApi = new NymApiServer(topology, clock);
    this.#state.nymApiPort = await this.#nymApi.start(host, this.#state.nymApiPort);
  }

  async #stopAll(): Promise<void> {
    const nodes = [...this.gateways, ...this.mixNodes];
    await Promise.all([this.#nymApi?.stop(), ...nodes.map((node) => node.end())]);
    await this.#lock?.release();
  }
}

async function loadState(settings: Settings): Promise<NetworkState> {
  const { dataDir, random } = settings;
  if (dataDir === undefined) return completeState(undefined, settings, random);
  const saved = await readStateFile(join(dataDir, STATE_FILE), networkFile);
  return completeState(saved, settings, random);
}

async function saveState({ dataDir }: Settings, state: NetworkState): Promise<void> {
  if (dataDir === undefined) return;
  await new StateFile(join(dataDir, STATE_FILE), () => formatState(state)).save();
}
