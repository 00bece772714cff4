import { connect, type Socket } from 'node:net';
import type { DropCause } from '../counters.js';
import { MAX_PEER_BACKLOG_BYTES, PEER_RETRY_MS } from '../limits.js';
import type { Endpoint } from './address-book.js';

export interface SendEvents {
  onSent(): void;
  onDropped(cause: DropCause): void;
}

/**
 * The sending side of a node: one connection for each next hop, opened when first needed and kept. What is sent while
 * it opens waits in the socket's own queue.
 */
export class PeerConnections {
  readonly #sockets = new Map<number, Socket>();
  /** When a peer that refused may be tried again. A constant pause: a refused loopback connection costs nothing. */
  readonly #retryAtMs = new Map<number, number>();
  readonly #events: SendEvents;
  readonly #monotonicMs: () => number;

  constructor(events: SendEvents, monotonicMs = (): number => performance.now()) {
    this.#events = events;
    this.#monotonicMs = monotonicMs;
  }

  send(peer: Endpoint, frame: Uint8Array): void {
    const socket = this.#sockets.get(peer.port) ?? this.#open(peer);
    if (socket === undefined) {
      this.#events.onDropped('peer-unreachable');
    } else if (socket.writableLength > MAX_PEER_BACKLOG_BYTES) {
      this.#events.onDropped('peer-too-slow');
    } else {
      socket.write(frame, (error) => {
        if (error) this.#events.onDropped('peer-unreachable');
        else this.#events.onSent();
      });
    }
  }

  close(): void {
    for (const socket of this.#sockets.values()) socket.destroy();
    this.#retryAtMs.clear();
  }

  #open({ host, port }: Endpoint): Socket | undefined {
    if (this.#monotonicMs() < (this.#retryAtMs.get(port) ?? 0)) return undefined;
    const socket = connect({ host, port, noDelay: true });
    this.#sockets.set(port, socket);
    // What was waiting is counted by the callbacks of its writes; 'close' follows.
    socket.on('error', () => {
      this.#retryAtMs.set(port, this.#monotonicMs() + PEER_RETRY_MS);
    });
    socket.on('close', () => {
      if (this.#sockets.get(port) === socket) this.#sockets.delete(port);
    });
    // Nodes never answer. Reading is what notices that the peer has gone.
    socket.resume();
    return socket;
  }
}
