import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createHttpServer } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import { decodeBinaryRequest, encodeBinaryResponse } from '../../src/protocol/binary.js';
import { decodeJsonRequest, encodeJsonResponse } from '../../src/protocol/json.js';
import type { ClientRequest, ServerResponse } from '../../src/protocol/messages.js';
import { EXAMPLE_ADDRESS } from './arbitraries.js';
import { Waiting } from './waiting.js';

export interface Script {
  port?: number;
  /** Connections that are hung up on before the handshake is answered, as the native client does when it is taken. */
  refuse?: number;
  /** What happens right after the handshake, before any frame is read. */
  greet?: (socket: WebSocket) => void;
  autoPong?: boolean;
  /** Answers no `selfAddress`. */
  mute?: boolean;
}

/** The websocket side of a nym-client, without a mixnet: it answers `selfAddress` and does what the test tells it. */
export class ScriptedNymClient {
  readonly requests = new Waiting<{ request: ClientRequest; isBinary: boolean }>();
  readonly connections = new Waiting<WebSocket>();
  refused = 0;
  readonly #tcp: Server;
  readonly #sockets = new Set<Socket>();

  static async start(script: Script = {}): Promise<ScriptedNymClient> {
    const client = new ScriptedNymClient(script);
    client.#tcp.listen(script.port ?? 0, '127.0.0.1');
    await once(client.#tcp, 'listening');
    return client;
  }

  private constructor(script: Script) {
    const http = createHttpServer();
    const server = new WebSocketServer({ server: http, autoPong: script.autoPong ?? true });
    server.on('connection', (socket) => {
      this.#serve(socket, script);
    });
    this.#tcp = createServer((socket) => {
      if (this.refused < (script.refuse ?? 0)) {
        this.refused++;
        socket.destroy();
        return;
      }
      this.#sockets.add(socket);
      http.emit('connection', socket);
    });
  }

  get port(): number {
    return (this.#tcp.address() as AddressInfo).port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  /** Breaks all connections, without a Close frame. */
  hangUp(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  async stop(): Promise<void> {
    const closed = once(this.#tcp, 'close');
    this.#tcp.close();
    this.hangUp();
    await closed;
  }

  #serve(socket: WebSocket, script: Script): void {
    script.greet?.(socket);
    socket.on('message', (data: Buffer, isBinary) => {
      const request = isBinary ? decodeBinaryRequest(data) : decodeJsonRequest(data);
      if (request.type !== 'selfAddress') this.requests.push({ request, isBinary });
      else if (!script.mute)
        push(socket, { type: 'selfAddress', address: EXAMPLE_ADDRESS }, isBinary);
    });
    this.connections.push(socket);
  }
}

export function push(socket: WebSocket, response: ServerResponse, isBinary: boolean): void {
  socket.send(isBinary ? encodeBinaryResponse(response) : encodeJsonResponse(response));
}
