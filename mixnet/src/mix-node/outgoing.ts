import type { Counters } from '../counters.js';
import { happens, type RandomBytes } from '../crypto/random.js';
import type { Faults } from '../faults.js';
import type { AddressBook } from '../link/address-book.js';
import { formatFrame, type MixFrame } from '../link/frame.js';
import { PeerConnections } from '../link/peer-connections.js';
import { Scheduler } from './scheduler.js';

export interface OutgoingParts {
  readonly addressBook: AddressBook;
  readonly faults: Faults;
  readonly counters: Counters;
  readonly random: RandomBytes;
}

/** The way out of a node: known next hops only, what goes wrong on purpose, the delay, the connection. */
export class Outgoing {
  readonly #parts: OutgoingParts;
  readonly #scheduler = new Scheduler();
  readonly #peers: PeerConnections;
  #isRunning = false;

  constructor(parts: OutgoingParts) {
    this.#parts = parts;
    this.#peers = new PeerConnections({
      onSent: () => {
        parts.counters.count('packetsOut');
      },
      onDropped: (cause) => {
        parts.counters.drop(cause);
      },
    });
  }

  start(): void {
    this.#isRunning = true;
  }

  /** Sends the packet to the node at the 32-byte address, or counts why not. */
  send(frame: MixFrame, nextHop: Uint8Array, delayMs = 0): void {
    const { addressBook, counters, faults, random } = this.#parts;
    const peer = addressBook.find(nextHop);
    if (!this.#isRunning) {
      counters.drop('node-stopped');
    } else if (peer === undefined) {
      counters.drop('unknown-next-hop');
    } else if (happens(faults.lossRate, random)) {
      counters.drop('loss');
    } else {
      const bytes = formatFrame(frame);
      const release = (): void => {
        this.#peers.send(peer, bytes);
      };
      const isHeld = this.#scheduler.hold(bytes.length, delayMs + faults.extraDelayMs, release);
      if (!isHeld) counters.drop('node-full');
    }
  }

  /** What is held is lost, as in a crash. */
  stop(): void {
    this.#isRunning = false;
    const lost = this.#scheduler.clear();
    for (let i = 0; i < lost; i++) this.#parts.counters.drop('node-stopped');
    this.#peers.close();
  }
}
