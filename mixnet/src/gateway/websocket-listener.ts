import type { Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { createHttpServer } from '../http-server.js';
import { MAX_GATEWAY_CONNECTIONS } from '../limits.js';
import { closeServer, listen } from '../listen.js';
import { MAX_CLIENT_FRAME_BYTES } from './client-frames.js';

const UPGRADE_REQUIRED = 426;

export interface WebSocketLimits {
  readonly maxConnections?: number;
  /** See {@link createHttpServer}. */
  readonly requestMs?: number;
}

/** The websocket side of a gateway: plain RFC 6455, any path, no sub-protocol. */
export class WebSocketListener {
  readonly #onConnection: (socket: WebSocket) => void;
  readonly #limits: WebSocketLimits;
  #server: Server | undefined;

  constructor(onConnection: (socket: WebSocket) => void, limits: WebSocketLimits = {}) {
    this.#onConnection = onConnection;
    this.#limits = limits;
  }

  /** @returns the port; see `listen` for the errors */
  async start(host: string, port: number, whose: string): Promise<number> {
    const { maxConnections = MAX_GATEWAY_CONNECTIONS, requestMs } = this.#limits;
    const server = createHttpServer((_, response) => {
      response.writeHead(UPGRADE_REQUIRED, { upgrade: 'websocket' }).end();
    }, requestMs);
    server.maxConnections = maxConnections;
    const actualPort = await listen(server, host, port, whose);
    const webSockets = new WebSocketServer({
      server,
      // The payload is random bytes: it cannot be compressed.
      perMessageDeflate: false,
      clientTracking: false,
      maxPayload: MAX_CLIENT_FRAME_BYTES,
    });
    // The server's errors come by here, too; `listen` says what they are.
    webSockets.on('error', () => undefined);
    webSockets.on('connection', this.#onConnection);
    this.#server = server;
    return actualPort;
  }

  /** Resolves when all connections have ended; the caller ends those that have become websockets. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = closeServer(server);
    server.closeAllConnections();
    await closed;
  }
}
