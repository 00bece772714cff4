import { createServer, type Server, type Socket } from 'node:net';
import { LINK_STALL_MS, MAX_LINK_CONNECTIONS } from '../limits.js';
import { closeServer, listen } from '../listen.js';
import type { WorkLoop, WorkSource } from '../work-loop.js';
import { FrameError, FrameReader, type MixFrame } from './frame.js';

/** Mix ports are never open to other machines: all nodes of the network live in this process. */
export const LINK_HOST = '127.0.0.1';

export interface LinkEvents {
  onFrame(frame: MixFrame): void;
  /** A peer sent something that is no frame and was cut off. */
  onBadFrame(): void;
}

export interface LinkLimits {
  readonly stallMs: number;
  readonly maxConnections: number;
}

const DEFAULT_LIMITS: LinkLimits = {
  stallMs: LINK_STALL_MS,
  maxConnections: MAX_LINK_CONNECTIONS,
};

/** The receiving side of a mix port. */
export class LinkListener {
  readonly #workLoop: WorkLoop;
  readonly #events: LinkEvents;
  readonly #limits: LinkLimits;
  readonly #connections = new Set<LinkConnection>();
  #server: Server | undefined;

  constructor(workLoop: WorkLoop, events: LinkEvents, limits: Partial<LinkLimits> = {}) {
    this.#workLoop = workLoop;
    this.#events = events;
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
  }

  /** @returns the port; see `listen` for the errors */
  async start(port: number, whose: string): Promise<number> {
    const server = createServer({ noDelay: true }, (socket) => {
      this.#accept(socket);
    });
    server.maxConnections = this.#limits.maxConnections;
    const actualPort = await listen(server, LINK_HOST, port, whose);
    this.#server = server;
    return actualPort;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = closeServer(server);
    for (const connection of this.#connections) connection.end();
    await closed;
  }

  #accept(socket: Socket): void {
    const connection = new LinkConnection(socket, this.#workLoop, this.#events);
    connection.cutOffAfter(this.#limits.stallMs);
    this.#connections.add(connection);
    socket.on('close', () => {
      this.#connections.delete(connection);
    });
  }
}

class LinkConnection implements WorkSource {
  readonly #socket: Socket;
  readonly #reader: FrameReader;
  readonly #workLoop: WorkLoop;
  readonly #events: LinkEvents;

  constructor(socket: Socket, workLoop: WorkLoop, events: LinkEvents) {
    this.#socket = socket;
    this.#reader = new FrameReader(socket);
    this.#workLoop = workLoop;
    this.#events = events;
    socket.on('readable', () => {
      workLoop.add(this);
    });
    // A peer that resets its connection is a peer that is gone: 'close' follows, and there is nobody to tell.
    socket.on('error', () => socket.destroy());
  }

  /** Ends the connection when the peer stops in the middle of a frame for so long. Between frames it may be silent. */
  cutOffAfter(stallMs: number): void {
    this.#socket.setTimeout(stallMs, () => {
      if (this.#reader.isInsideFrame) this.end();
    });
  }

  work(): boolean {
    try {
      const frame = this.#reader.next();
      if (frame !== undefined) this.#events.onFrame(frame);
      return frame !== undefined;
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#events.onBadFrame();
      this.end();
      return false;
    }
  }

  end(): void {
    this.#workLoop.remove(this);
    this.#socket.destroy();
  }
}
