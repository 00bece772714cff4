import type { Counters, DropCause } from '../counters.js';
import { ACK, packetSizeByLength } from '../geometry.js';
import type { MixFrame } from '../link/frame.js';
import type { Outgoing } from '../mix-node/outgoing.js';
import { SphinxError } from '../sphinx/sphinx-error.js';
import { splitSurbAck } from '../sphinx/surb.js';
import type { FinalHop } from '../sphinx/unwrap.js';
import type { ClientSession } from './client-session.js';
import { type ClientId, clientIdOf, type ClientStore } from './client-store.js';
import type { Mailbox } from './mailbox.js';
import type { Presence } from './presence.js';

export interface DeliveriesParts {
  readonly clients: ClientStore;
  readonly presence: Presence;
  readonly mailbox: Mailbox;
  readonly outgoing: Pick<Outgoing, 'send'>;
  readonly counters: Counters;
}

/**
 * The last steps of a packet: to the client, or into its mailbox, and the ack on its way. An ack says that the message
 * was sent to the client's socket or stored; without one, the sender sends again.
 */
export class Deliveries {
  readonly #parts: DeliveriesParts;

  constructor(parts: DeliveriesParts) {
    this.#parts = parts;
  }

  /** Rejects when the mailbox cannot be written. */
  async receive({ destination, plaintext }: FinalHop, frame: MixFrame): Promise<void> {
    const client = clientIdOf(destination);
    const { clients, counters } = this.#parts;
    if (clients.sharedKey(client) === undefined) counters.drop('unknown-client');
    else if (!fills(frame.packet, plaintext)) counters.drop('bad-ack');
    else if (frame.packet.length === ACK.packetBytes) await this.#receiveAck(client, plaintext);
    else await this.#receiveMessage(client, plaintext, frame);
  }

  /** Hands over what was stored while the client was away. Rejects when the mailbox cannot be read. */
  async handOver(client: ClientId, session: ClientSession): Promise<void> {
    await this.#parts.mailbox.deliver(client, async (message) => {
      const outcome = await session.push(message);
      if (outcome === 'sent') this.#parts.counters.count('messagesToClients');
      return outcome === 'sent';
    });
  }

  async #receiveAck(client: ClientId, ack: Uint8Array): Promise<void> {
    const outcome = await this.#parts.presence.find(client)?.push(ack);
    if (outcome === 'sent') this.#parts.counters.count('messagesToClients');
    else this.#parts.counters.drop('ack-for-absent-client');
  }

  async #receiveMessage(client: ClientId, plaintext: Uint8Array, frame: MixFrame): Promise<void> {
    const parts = this.#split(plaintext);
    if (parts === undefined) return;
    const cause = await this.#pushOrStore(client, parts.message);
    if (cause !== undefined) this.#parts.counters.drop(cause);
    else this.#parts.outgoing.send({ ...frame, packet: parts.ack.packet }, parts.ack.firstHop);
  }

  #split(plaintext: Uint8Array): ReturnType<typeof splitSurbAck> | undefined {
    try {
      return splitSurbAck(plaintext);
    } catch (error) {
      if (!(error instanceof SphinxError)) throw error;
      this.#parts.counters.drop('bad-ack');
      return undefined;
    }
  }

  /** @returns why the message is lost */
  async #pushOrStore(client: ClientId, message: Uint8Array): Promise<DropCause | undefined> {
    const { presence, counters, mailbox } = this.#parts;
    const outcome = (await presence.find(client)?.push(message)) ?? 'closed';
    if (outcome === 'too-slow') return 'client-too-slow';
    if (outcome === 'sent') counters.count('messagesToClients');
    else if (!(await mailbox.store(client, message))) return 'mailbox-full';
    else await this.#handOverIfBack(client);
    return undefined;
  }

  /** The client may have come, and been given its messages, while this one was still being stored. */
  async #handOverIfBack(client: ClientId): Promise<void> {
    const session = this.#parts.presence.find(client);
    if (session !== undefined) await this.handOver(client, session);
  }
}

/**
 * Clients fill every packet. The padding would allow for less: messages of no bytes, which no limit in bytes would bound,
 * and some so short that a client would take them for acks.
 */
const fills = (packet: Uint8Array, plaintext: Uint8Array): boolean =>
  packetSizeByLength(packet.length)?.plaintextBytes === plaintext.length;
