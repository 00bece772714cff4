import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import { base58 } from '@scure/base';
import { Counters, type PacketCounts } from './counters.js';
import { type SigningKey, signingKeyFromSeed } from './crypto/ed25519.js';
import { x25519PublicKey } from './crypto/sodium.js';
import type { Faults } from './faults.js';
import { Gateway } from './gateway/gateway.js';
import type { AddressBook } from './link/address-book.js';
import { LINK_HOST } from './link/listener.js';
import { MixNode } from './mix-node/mix-node.js';
import { Outgoing } from './mix-node/outgoing.js';
import type { GatewayState, MixNodeState } from './network-state.js';
import type { GatewayEntry, Layer, MixNodeEntry } from './nym-api/topology.js';
import { OnOff } from './on-off.js';
import type { Settings } from './options.js';
import type { WorkLoop } from './work-loop.js';

/** A mix node or gateway of a running network. */
export interface NetworkNode {
  /** The Ed25519 identity key, base58. */
  readonly identity: string;
  /** The X25519 key for which senders wrap packets, base58. */
  readonly sphinxKey: string;
  /** Where it takes packets from other nodes, on 127.0.0.1. */
  readonly mixPort: number;
  /** What happened at this node. */
  counters(): PacketCounts;
  /**
   * Takes the node down: its sockets closed, its ports not listening, what it held lost. The nym-api goes on
   * announcing it, as the real one does for an epoch.
   */
  stop(): Promise<void>;
  /**
   * Brings it up again: same ports, same keys, same clients. Not when the whole network has been stopped.
   * @throws MixnetError `port-taken`, `unavailable`
   */
  start(): Promise<void>;
}

export interface NetworkGateway extends NetworkNode {
  /** The websocket, as a program on this machine reaches it: ws://127.0.0.1:PORT/ */
  readonly url: string;
}

export interface NetworkMixNode extends NetworkNode {
  readonly layer: Layer;
}

/** What all nodes of a network share. */
export interface Shared {
  readonly settings: Settings;
  readonly faults: Faults;
  readonly addressBook: AddressBook;
  readonly workLoop: WorkLoop;
}

/** Numbers of mix nodes begin here, so that they do not change with the number of gateways. */
const NODE_ID_STEP = 100;

/** What a gateway and a mix node are both made of. */
interface NodeParts {
  readonly signingKey: SigningKey;
  readonly sphinxKey: Uint8Array;
  readonly sphinxPublicKey: Uint8Array;
  readonly counters: Counters;
  readonly outgoing: Outgoing;
  readonly workLoop: WorkLoop;
}

function partsOf(
  state: MixNodeState,
  { settings, faults, addressBook, workLoop }: Shared,
): NodeParts {
  const counters = new Counters();
  return {
    signingKey: signingKeyFromSeed(state.identitySeed),
    sphinxKey: state.sphinxKey,
    sphinxPublicKey: x25519PublicKey(state.sphinxKey),
    counters,
    outgoing: new Outgoing({ ...settings, addressBook, faults, counters }),
    workLoop,
  };
}

/** The host of a URL by which a program on this machine reaches what listens on `host`. */
export function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return LINK_HOST;
  return isIPv6(host) ? `[${host}]` : host;
}

export class LocalMixNode implements NetworkMixNode {
  readonly identity: string;
  readonly sphinxKey: string;
  readonly layer: Layer;
  readonly #state: MixNodeState;
  readonly #nodeId: number;
  readonly #parts: NodeParts;
  readonly #power: OnOff;

  /** @param index the node's place in its layer, from 0 */
  constructor(state: MixNodeState, layer: Layer, index: number, shared: Shared) {
    this.layer = layer;
    this.#state = state;
    this.#nodeId = layer * NODE_ID_STEP + index + 1;
    this.#parts = partsOf(state, shared);
    this.identity = base58.encode(this.#parts.signingKey.publicKey);
    this.sphinxKey = base58.encode(this.#parts.sphinxPublicKey);
    const node = new MixNode(this.#parts);
    const whose = `mix port of mix node ${index + 1} in layer ${layer}`;
    const start = async (): Promise<void> => {
      state.mixPort = await node.start(state.mixPort, whose);
      shared.addressBook.add({ host: LINK_HOST, port: state.mixPort });
    };
    this.#power = new OnOff(start, () => node.stop());
  }

  get mixPort(): number {
    return this.#state.mixPort;
  }

  entry(): MixNodeEntry {
    return {
      nodeId: this.#nodeId,
      layer: this.layer,
      identity: this.#parts.signingKey.publicKey,
      sphinxKey: this.#parts.sphinxPublicKey,
      mixPort: this.mixPort,
    };
  }

  counters(): PacketCounts {
    return this.#parts.counters.read();
  }

  start(): Promise<void> {
    return this.#power.on();
  }

  stop(): Promise<void> {
    return this.#power.off();
  }

  /** With its network: it cannot be started again. */
  end(): Promise<void> {
    return this.#power.end();
  }
}

export class LocalGateway implements NetworkGateway {
  readonly identity: string;
  readonly sphinxKey: string;
  /** Its clients, for the network's counters. */
  readonly clients: Pick<Gateway, 'registeredClients' | 'connectedClients' | 'storedMessages'>;
  readonly #state: GatewayState;
  readonly #nodeId: number;
  readonly #host: string;
  readonly #parts: NodeParts;
  readonly #power: OnOff;

  private constructor(
    state: GatewayState,
    nodeId: number,
    parts: NodeParts,
    gateway: Gateway,
    shared: Shared,
  ) {
    this.#state = state;
    this.#nodeId = nodeId;
    this.#host = shared.settings.host;
    this.#parts = parts;
    this.identity = base58.encode(parts.signingKey.publicKey);
    this.sphinxKey = base58.encode(parts.sphinxPublicKey);
    this.clients = gateway;
    const start = async (): Promise<void> => {
      Object.assign(state, await gateway.start(state));
      shared.addressBook.add({ host: LINK_HOST, port: state.mixPort });
    };
    this.#power = new OnOff(start, () => gateway.stop());
  }

  /**
   * @param index the gateway's place in the network, from 0
   * @throws MixnetError `corrupt-file`
   */
  static async open(state: GatewayState, index: number, shared: Shared): Promise<LocalGateway> {
    const { settings } = shared;
    const name = `gateway ${index + 1}`;
    const parts = partsOf(state, shared);
    const gateway = await Gateway.open(
      {
        ...settings,
        ...parts,
        name,
        identity: parts.signingKey,
        protocolVersion: settings.gatewayProtocol,
      },
      settings.dataDir === undefined ? undefined : join(settings.dataDir, `gateway-${index + 1}`),
    );
    return new LocalGateway(state, index + 1, parts, gateway, shared);
  }

  get mixPort(): number {
    return this.#state.mixPort;
  }

  get url(): string {
    return `ws://${urlHost(this.#host)}:${this.#state.wsPort}/`;
  }

  entry(): GatewayEntry {
    return {
      nodeId: this.#nodeId,
      identity: this.#parts.signingKey.publicKey,
      sphinxKey: this.#parts.sphinxPublicKey,
      mixPort: this.mixPort,
      wsPort: this.#state.wsPort,
    };
  }

  counters(): PacketCounts {
    return this.#parts.counters.read();
  }

  start(): Promise<void> {
    return this.#power.on();
  }

  stop(): Promise<void> {
    return this.#power.off();
  }

  /** With its network: it cannot be started again. */
  end(): Promise<void> {
    return this.#power.end();
  }
}
