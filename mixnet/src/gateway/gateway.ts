import { join } from 'node:path';
import type { WebSocket } from 'ws';
import type { Clock } from '../clock.js';
import type { Counters } from '../counters.js';
import type { SigningKey } from '../crypto/ed25519.js';
import type { RandomBytes } from '../crypto/random.js';
import { AUTHENTICATION_MS, MAILBOX_SWEEP_MS, PING_MS } from '../limits.js';
import { describeFailure, type Logger } from '../logger.js';
import { MixNode } from '../mix-node/mix-node.js';
import type { Outgoing } from '../mix-node/outgoing.js';
import { RunningWork } from '../running-work.js';
import { makeDirectory } from '../state-file.js';
import type { WorkLoop } from '../work-loop.js';
import type { ForwardRequest } from './client-frames.js';
import { CLOSE_GOING_AWAY, ClientSession, type SessionHost } from './client-session.js';
import { type ClientId, ClientStore } from './client-store.js';
import { Deliveries } from './deliveries.js';
import { Mailbox, type MailboxEvents } from './mailbox.js';
import { DiskMailboxStorage, MemoryMailboxStorage } from './mailbox-storage.js';
import { Presence } from './presence.js';
import { WebSocketListener } from './websocket-listener.js';

export interface GatewayParts {
  /** Names the gateway in errors and logs: "gateway 1". */
  readonly name: string;
  readonly identity: SigningKey;
  readonly sphinxKey: Uint8Array;
  /** The protocol version that clients are told. */
  readonly protocolVersion: number;
  /** How long a websocket may stay without an authenticated client; a minute when left out. */
  readonly authenticationMs?: number;
  /** How often clients are asked whether they are still there; every two minutes when left out. */
  readonly pingMs?: number;
  /** How many registrations are kept; 10,000 when left out. */
  readonly maxClients?: number;
  /** Where the websocket listens; the mix port is always on loopback. */
  readonly host: string;
  readonly outgoing: Pick<Outgoing, 'send' | 'start' | 'stop'>;
  readonly counters: Counters;
  readonly workLoop: WorkLoop;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

export interface GatewayPorts {
  readonly mixPort: number;
  readonly wsPort: number;
}

/** The way into the network for every packet of its clients, and the last hop of every packet to them. */
export class Gateway implements SessionHost {
  readonly identity: SigningKey;
  readonly protocolVersion: number;
  readonly authenticationMs: number;
  readonly workLoop: WorkLoop;
  readonly clock: Clock;
  readonly random: RandomBytes;

  readonly #parts: GatewayParts;
  readonly #clients: ClientStore;
  readonly #mailbox: Mailbox;
  readonly #presence = new Presence();
  readonly #sessions = new Set<ClientSession>();
  readonly #work = new RunningWork();
  readonly #deliveries: Deliveries;
  readonly #mixNode: MixNode;
  readonly #webSockets: WebSocketListener;
  readonly #timers: NodeJS.Timeout[] = [];

  private constructor(parts: GatewayParts, clients: ClientStore, mailbox: Mailbox) {
    ({
      identity: this.identity,
      protocolVersion: this.protocolVersion,
      workLoop: this.workLoop,
      clock: this.clock,
      random: this.random,
    } = parts);
    this.authenticationMs = parts.authenticationMs ?? AUTHENTICATION_MS;
    this.#parts = parts;
    this.#clients = clients;
    this.#mailbox = mailbox;
    this.#deliveries = new Deliveries({ ...parts, clients, mailbox, presence: this.#presence });
    this.#mixNode = new MixNode({
      ...parts,
      onFinal: (hop, frame) => {
        this.#reportFailure(this.#deliveries.receive(hop, frame));
      },
    });
    this.#webSockets = new WebSocketListener((socket) => {
      this.#accept(socket);
    });
  }

  /**
   * @param directory where registrations and stored messages are kept; without one, they end with the process
   * @throws MixnetError `corrupt-file`
   */
  static async open(parts: GatewayParts, directory?: string): Promise<Gateway> {
    const events = mailboxEvents(parts);
    if (directory === undefined) {
      const mailbox = await Mailbox.open(new MemoryMailboxStorage(), parts.clock, events);
      return new Gateway(parts, await ClientStore.open(undefined, parts.maxClients), mailbox);
    }
    await makeDirectory(directory);
    const storage = new DiskMailboxStorage(join(directory, 'mailboxes'));
    const clients = await ClientStore.open(join(directory, 'clients.json'), parts.maxClients);
    return new Gateway(parts, clients, await Mailbox.open(storage, parts.clock, events));
  }

  get registeredClients(): number {
    return this.#clients.size;
  }

  get connectedClients(): number {
    return this.#presence.size;
  }

  get storedMessages(): number {
    return this.#mailbox.messageCount;
  }

  /** @returns the ports, which are those given unless they are 0; see `listen` for the errors */
  async start(ports: GatewayPorts): Promise<GatewayPorts> {
    const { name, host } = this.#parts;
    const mixPort = await this.#mixNode.start(ports.mixPort, `mix port of ${name}`);
    try {
      const wsPort = await this.#webSockets.start(host, ports.wsPort, `websocket of ${name}`);
      this.#startTimers();
      return { mixPort, wsPort };
    } catch (error) {
      await this.#mixNode.stop();
      throw error;
    }
  }

  /** Closes all sockets and lets what is under way come to its end. Registrations, stored messages and keys stay. */
  async stop(): Promise<void> {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    const listenerStopped = this.#webSockets.stop();
    for (const session of this.#sessions) session.close(CLOSE_GOING_AWAY, 'going away');
    await Promise.all([listenerStopped, this.#mixNode.stop()]);
    await this.#saveOrder();
    await this.#work.settle();
  }

  sharedKey(client: ClientId): Uint8Array | undefined {
    return this.#clients.sharedKey(client);
  }

  register(client: ClientId, sharedKey: Uint8Array): Promise<void> {
    return this.#work.add(this.#register(client, sharedKey));
  }

  welcome(client: ClientId, session: ClientSession): Promise<void> {
    this.#presence.arrive(client, session);
    this.#clients.arrive(client);
    return this.#work.add(this.#deliveries.handOver(client, session));
  }

  leave(client: ClientId, session: ClientSession): void {
    if (this.#presence.leave(client, session)) this.#clients.leave(client);
  }

  forget(client: ClientId): Promise<void> {
    return this.#work.add(this.#forget(client));
  }

  forward({ packet, rotation, firstHop }: ForwardRequest): void {
    this.#parts.counters.count('packetsFromClients');
    this.#parts.outgoing.send({ packet, rotation }, firstHop);
  }

  onViolation(): void {
    this.#parts.counters.drop('bad-client-message');
  }

  onFailure(error: unknown): void {
    logFailure(this.#parts, error);
  }

  async #register(client: ClientId, sharedKey: Uint8Array): Promise<void> {
    const forgotten = await this.#clients.register(client, sharedKey);
    if (forgotten !== undefined) await this.#mailbox.forget(forgotten);
  }

  async #forget(client: ClientId): Promise<void> {
    await this.#clients.forget(client);
    await this.#mailbox.forget(client);
  }

  #startTimers(): void {
    const sweep = (): void => {
      this.#reportFailure(this.#mailbox.sweep());
    };
    const checkClients = (): void => {
      for (const session of this.#sessions) session.checkAlive();
    };
    this.#timers.push(
      setInterval(sweep, MAILBOX_SWEEP_MS),
      setInterval(checkClients, this.#parts.pingMs ?? PING_MS),
    );
  }

  #accept(socket: WebSocket): void {
    const session = new ClientSession(socket, this);
    this.#sessions.add(session);
    socket.on('close', () => {
      this.#sessions.delete(session);
    });
  }

  /** Should it fail, registrations are still there: it is no reason not to stop. */
  async #saveOrder(): Promise<void> {
    try {
      await this.#clients.saveOrder();
    } catch (error) {
      this.onFailure(error);
    }
  }

  #reportFailure(work: Promise<void>): void {
    this.#work.add(work).catch((error: unknown) => {
      this.onFailure(error);
    });
  }
}

function logFailure({ logger, name }: GatewayParts, error: unknown): void {
  logger.error(describeFailure(error), `${name} failed`);
}

function mailboxEvents(parts: GatewayParts): MailboxEvents {
  return {
    onUnreadable: (error) => {
      parts.counters.drop('unreadable-message');
      logFailure(parts, error);
    },
    onUnremovable: (error) => {
      logFailure(parts, error);
    },
  };
}
