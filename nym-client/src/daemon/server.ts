import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer, isIPv6, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { MAX_FRAME_BYTES } from '../protocol/limits.js';
import type { ReceivedMessage } from '../protocol/messages.js';
import { HANDSHAKE_TIMEOUT_MS, TCP_KEEPALIVE_MS } from './limits.js';
import { Session, type SessionSettings } from './session.js';

export interface ServerSettings extends SessionSettings {
  /** An IP address. */
  host: string;
  /** 0 for any free one. */
  port: number;
}

/**
 * The websocket of a nym-client. One application at a time: from the moment its TCP connection is accepted until that
 * has ended, any other is hung up on before its handshake is answered. Without an application, mail waits.
 */
export class WebsocketServer {
  readonly #settings: ServerSettings;
  readonly #tcp: Server;
  readonly #http: HttpServer;
  readonly #websockets: WebSocketServer;
  #occupant: Socket | undefined;
  #session: Session | undefined;

  /** @throws Error that names address and port when they cannot be listened at */
  static async listen(settings: ServerSettings): Promise<WebsocketServer> {
    const server = new WebsocketServer(settings);
    await listen(server.#tcp, settings.host, settings.port);
    return server;
  }

  private constructor(settings: ServerSettings) {
    this.#settings = settings;
    this.#websockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: MAX_FRAME_BYTES,
      handleProtocols: () => false,
    });
    this.#http = createHttpServer((_request, response) => {
      response.writeHead(426, { connection: 'close', upgrade: 'websocket' }).end();
    });
    this.#http.on('upgrade', (request, socket: Duplex, head) => {
      this.#websockets.handleUpgrade(request, socket, head, (websocket) => {
        this.#session = new Session(websocket, settings);
        this.#session.pushMail();
      });
    });
    this.#tcp = createServer((socket) => {
      this.#admit(socket);
    });
  }

  get port(): number {
    return (this.#tcp.address() as AddressInfo).port; // it listens on TCP
  }

  /** `<ip>:<port>`, as it stands in a URL. */
  get address(): string {
    return formatHostPort(this.#settings.host, this.port);
  }

  /** Hands over mail, now or when an application has connected. */
  deliver(message: ReceivedMessage): void {
    const { mailbox, logger } = this.#settings;
    mailbox.put(message);
    if (this.#session === undefined) logger.debug(`${mailbox.size} messages wait`);
    this.#session?.pushMail();
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#tcp.close(resolve));
    await this.#session?.close();
    this.#occupant?.destroy();
    await closed;
  }

  #admit(socket: Socket): void {
    if (this.#occupant !== undefined) {
      this.#settings.logger.warn('Tried to open a duplicate websocket connection.');
      socket.on('error', () => undefined); // it is gone in any case
      socket.end(() => socket.destroy());
      return;
    }
    this.#occupant = socket;
    socket.setKeepAlive(true, TCP_KEEPALIVE_MS);
    const impatience = setTimeout(() => {
      if (this.#session === undefined) socket.destroy();
    }, HANDSHAKE_TIMEOUT_MS);
    socket.once('close', () => {
      clearTimeout(impatience);
      this.#occupant = undefined;
      this.#session = undefined;
    });
    // Node's documented way to serve a connection that another server has accepted.
    this.#http.emit('connection', socket);
  }
}

/**
 * Fails like `listen` would, without listening.
 * @throws Error that names address and port
 */
export async function assertCanListen(host: string, port: number): Promise<void> {
  const probe = createServer();
  await listen(probe, host, port);
  await new Promise((resolve) => probe.close(resolve));
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const address = formatHostPort(host, port);
      const doubt = `Are you sure nothing else is running on ${address}?`;
      reject(new Error(`Failed to bind to ${address} - ${cause.message}. ${doubt}`, { cause }));
    });
    server.listen(port, host, resolve);
  });
}

function formatHostPort(host: string, port: number): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}
