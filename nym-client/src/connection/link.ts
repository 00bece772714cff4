import { once } from 'node:events';
import { AppError } from '@pastenym/shared/errors';
import { formatNymAddress, type NymAddress } from '@pastenym/shared/nym-address';
import { WebSocket } from 'ws';
import { decodeBinaryResponse, encodeBinaryRequest } from '../protocol/binary.js';
import { decodeJsonResponse, encodeJsonRequest } from '../protocol/json.js';
import type { JsonRequest, ReceivedMessage, ServerResponse } from '../protocol/messages.js';
import {
  CLOSE_HANDSHAKE_MS,
  HANDSHAKE_TIMEOUT_MS,
  MAX_RESPONSE_BYTES,
  type ConnectSettings,
} from './options.js';

export interface LinkHandlers {
  received(message: ReceivedMessage): void;
  /** The nym-client could not understand a request, or we a frame of its. */
  complained(error: AppError): void;
}

export type Frame = string | Uint8Array;

/** Encodes a request for one of the two APIs. */
export function encodeRequest(api: ConnectSettings['api'], request: JsonRequest): Frame {
  return api === 'json' ? encodeJsonRequest(request) : encodeBinaryRequest(request);
}

/**
 * One websocket to a nym-client, from open to closed. It opens with a `selfAddress` request, which also tells the
 * nym-client which API is spoken: mail is pushed in the form of the last frame that it got, and in binary before the
 * first. So both forms are understood at any time.
 */
export class Link {
  /** Settles when the socket is gone. Never rejects. */
  readonly closed: Promise<void>;
  readonly #socket: WebSocket;
  readonly #handlers: LinkHandlers;
  #addressKnown: ((address: NymAddress) => void) | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #pongDue: NodeJS.Timeout | undefined;

  private constructor(socket: WebSocket, handlers: LinkHandlers) {
    this.#socket = socket;
    this.#handlers = handlers;
    socket.on('message', (data: Buffer, isBinary) => {
      this.#receive(data, isBinary);
    });
    // A lasting listener: ws may report errors at any time, and 'close' always follows.
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#stopHeartbeat();
        resolve();
      });
    });
  }

  /**
   * Connects and learns the nym-client's address.
   * @throws AppError `connection-failed`
   */
  static async open(
    url: URL,
    settings: ConnectSettings,
    handlers: LinkHandlers,
    signal: AbortSignal,
  ): Promise<{ link: Link; selfAddress: string }> {
    const socket = new WebSocket(url, {
      perMessageDeflate: false,
      maxPayload: MAX_RESPONSE_BYTES,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    });
    const link = new Link(socket, handlers);
    try {
      await once(socket, 'open', { signal });
      const address = await link.#askAddress(settings.api, signal);
      link.#startHeartbeat(settings);
      return { link, selfAddress: formatNymAddress(address) };
    } catch (cause) {
      socket.terminate();
      throw new AppError('connection-failed', { cause });
    }
  }

  /** Resolves when the frame has been handed to the operating system, or to ws's buffer before it. */
  send(frame: Frame): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.send(frame, (error) => {
        if (error) reject(new AppError('connection-closed', { cause: error }));
        else resolve();
      });
    });
  }

  /** Ends the websocket politely, and then in any case. */
  async close(): Promise<void> {
    this.#socket.close(1000);
    const impatience = setTimeout(() => {
      this.#socket.terminate();
    }, CLOSE_HANDSHAKE_MS);
    await this.closed;
    clearTimeout(impatience);
  }

  #askAddress(api: ConnectSettings['api'], signal: AbortSignal): Promise<NymAddress> {
    const timeout = AbortSignal.timeout(HANDSHAKE_TIMEOUT_MS);
    const impatience = AbortSignal.any([signal, timeout]);
    return new Promise((resolve, reject) => {
      this.#addressKnown = resolve;
      void this.closed.then(() => {
        reject(new AppError('connection-closed'));
      });
      impatience.addEventListener('abort', () => {
        reject(new AppError('timed-out', { cause: impatience.reason }));
      });
      this.send(encodeRequest(api, { type: 'selfAddress' })).catch(reject);
    });
  }

  #receive(data: Buffer, isBinary: boolean): void {
    let response: ServerResponse;
    try {
      response = isBinary ? decodeBinaryResponse(data) : decodeJsonResponse(data);
    } catch (cause) {
      this.#handlers.complained(
        new AppError('bad-message', { detail: 'The nym-client sent an unknown frame.', cause }),
      );
      return;
    }
    this.#handle(response);
  }

  #handle(response: ServerResponse): void {
    switch (response.type) {
      case 'received':
        this.#handlers.received(response);
        break;
      case 'selfAddress':
        this.#addressKnown?.(response.address);
        break;
      case 'error':
        this.#handlers.complained(new AppError('bad-message', { detail: response.message }));
        break;
      case 'laneQueueLength':
        break; // comes only to requests with a connectionId, and we make none
    }
  }

  #startHeartbeat({ heartbeatIntervalMs, heartbeatTimeoutMs }: ConnectSettings): void {
    this.#socket.on('pong', () => {
      clearTimeout(this.#pongDue);
      this.#pongDue = undefined;
    });
    this.#heartbeat = setInterval(() => {
      this.#socket.ping();
      // Not put off by each ping: where pings come faster than the time-out it would never end.
      this.#pongDue ??= setTimeout(() => {
        this.#socket.terminate();
      }, heartbeatTimeoutMs);
    }, heartbeatIntervalMs);
  }

  #stopHeartbeat(): void {
    clearInterval(this.#heartbeat);
    clearTimeout(this.#pongDue);
  }
}
