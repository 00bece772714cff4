import { AppError } from '@pastenym/shared/errors';
import { parseNymAddress, formatNymAddress } from '@pastenym/shared/nym-address';
import type { RawData, WebSocket } from 'ws';
import { errorText } from '../error-text.js';
import type { Logger } from '../logger.js';
import type { MixnetRequest } from '../mixnet-request.js';
import { atMost } from '../pause.js';
import { decodeBinaryRequest, encodeBinaryResponse } from '../protocol/binary.js';
import { decodeJsonRequest, encodeJsonResponse } from '../protocol/json.js';
import type { ClientRequest, ServerResponse } from '../protocol/messages.js';
import { ProtocolError } from '../protocol/protocol-error.js';
import { formatSenderTag } from '../protocol/sender-tag.js';
import {
  CLOSE_TIMEOUT_MS,
  LAST_REQUESTS_MS,
  MAX_PENDING_BYTES,
  MAX_PENDING_REQUESTS,
  MAX_UNSENT_BYTES,
} from './limits.js';
import type { Mailbox } from './mailbox.js';

/** The way into the mixnet. */
export interface Mixnet {
  readonly selfAddress: string;
  /** Resolves when the message is queued; rejects when it cannot be. */
  send(request: MixnetRequest): Promise<void>;
}

export interface SessionSettings {
  mixnet: Mixnet;
  mailbox: Mailbox;
  logger: Logger;
  /** Whether mail is pushed as text before the application's first frame; the native client pushes binary. */
  startsInTextMode: boolean;
}

/** The lanes of the native client do not exist here: the official WASM client has one queue, whose length it keeps to itself. */
const LANE_QUEUE_LENGTH = 0n;

const OPEN = 1;

/**
 * One application's websocket. Requests are dealt with one after the other, as the native client does; each is answered
 * in its own form, and mail is pushed in the form of the last frame that came.
 */
export class Session {
  readonly #socket: WebSocket;
  readonly #settings: SessionSettings;
  #pushesText: boolean;
  #isClosing = false;
  #pending = 0;
  #pendingBytes = 0;
  #lastRequest: Promise<void> = Promise.resolve();

  constructor(socket: WebSocket, settings: SessionSettings) {
    this.#socket = socket;
    this.#settings = settings;
    this.#pushesText = settings.startsInTextMode;
    socket.on('message', (data, isBinary) => {
      this.#enqueue(data, isBinary);
    });
    socket.on('error', (error) => {
      settings.logger.warn(`the application broke the websocket protocol: ${error.message}`);
    });
  }

  /** Pushes what is in the mailbox, as fast as the application reads. */
  readonly pushMail = (): void => {
    while (this.#socket.readyState === OPEN && this.#socket.bufferedAmount < MAX_UNSENT_BYTES) {
      const message = this.#settings.mailbox.take();
      if (message === undefined) return;
      this.#transmit(message, !this.#pushesText, this.pushMail);
    }
  };

  /**
   * Takes no more requests, gives those that were accepted time to reach the mixnet, says goodbye, and hangs up if that
   * is not answered.
   */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.once('close', resolve));
    this.#isClosing = true;
    await atMost(LAST_REQUESTS_MS, this.#lastRequest);
    if (this.#socket.isPaused) this.#socket.resume(); // the answer to the Close frame is to be read
    this.#socket.close(1001);
    const impatience = setTimeout(() => {
      this.#socket.terminate();
    }, CLOSE_TIMEOUT_MS);
    await closed;
    clearTimeout(impatience);
  }

  #enqueue(data: RawData, isBinary: boolean): void {
    if (this.#isClosing) return;
    const frame = data as Buffer; // ws's binaryType is left at 'nodebuffer'
    this.#pending++;
    this.#pendingBytes += frame.length;
    if (this.#pending >= MAX_PENDING_REQUESTS || this.#pendingBytes >= MAX_PENDING_BYTES) {
      this.#socket.pause();
    }
    this.#lastRequest = this.#lastRequest
      .then(() => this.#handle(frame, isBinary))
      .finally(() => {
        this.#pending--;
        this.#pendingBytes -= frame.length;
        this.#readOn();
      });
  }

  /**
   * Reads again when half of what may wait is done, not at each request: one read brings up to 64 kB, which may be a
   * thousand small requests.
   */
  #readOn(): void {
    const hasRoom =
      this.#pending < MAX_PENDING_REQUESTS / 2 && this.#pendingBytes < MAX_PENDING_BYTES / 2;
    if (hasRoom && this.#socket.isPaused) this.#socket.resume();
  }

  async #handle(frame: Buffer, isBinary: boolean): Promise<void> {
    // Before the frame is parsed: one that cannot be understood switches the form too.
    this.#pushesText = !isBinary;
    try {
      const response = await this.#respond(frame, isBinary);
      if (response !== undefined) this.#transmit(response, isBinary);
    } catch (error) {
      // A defect of ours; the next application shall not suffer for it.
      this.#settings.logger.error(`a request could not be dealt with: ${errorText(error)}`);
      this.#socket.close(1011);
    }
  }

  async #respond(frame: Buffer, isBinary: boolean): Promise<ServerResponse | undefined> {
    let request: ClientRequest;
    try {
      request = isBinary ? decodeBinaryRequest(frame) : decodeJsonRequest(frame);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return { type: 'error', kind: error.kind, message: error.message };
    }
    return this.#perform(request);
  }

  async #perform(request: ClientRequest): Promise<ServerResponse | undefined> {
    switch (request.type) {
      case 'selfAddress':
        return {
          type: 'selfAddress',
          address: parseNymAddress(this.#settings.mixnet.selfAddress),
        };
      case 'closedConnection':
        return undefined;
      case 'getLaneQueueLength':
        return laneQueueLength(request.connectionId);
      case 'send':
      case 'sendAnonymous':
      case 'reply':
        await this.#send(request);
        return request.connectionId === undefined
          ? undefined
          : laneQueueLength(request.connectionId);
    }
  }

  /**
   * Whatever goes wrong from here on is a line in the log; the API has no answer for it. The official client's own
   * words are left out of that line: they quote addresses and tags.
   */
  async #send(request: Extract<ClientRequest, { message: Uint8Array }>): Promise<void> {
    try {
      await this.#settings.mixnet.send(mixnetRequest(request));
    } catch (error) {
      const reason = error instanceof AppError ? error.message : 'the mixnet client refused it';
      this.#settings.logger.warn(`failed to send a message - ${reason}`);
    }
  }

  #transmit(response: ServerResponse, isBinary: boolean, sent: () => void = () => undefined): void {
    if (this.#socket.readyState !== OPEN) return;
    const frame = isBinary ? encodeBinaryResponse(response) : encodeJsonResponse(response);
    this.#socket.send(frame, sent);
  }
}

function laneQueueLength(lane: bigint): ServerResponse {
  return { type: 'laneQueueLength', lane, queueLength: LANE_QUEUE_LENGTH };
}

function mixnetRequest(request: Extract<ClientRequest, { message: Uint8Array }>): MixnetRequest {
  switch (request.type) {
    case 'send':
      return {
        type: 'send',
        recipient: formatNymAddress(request.recipient),
        message: request.message,
      };
    case 'sendAnonymous':
      return {
        type: 'sendAnonymous',
        recipient: formatNymAddress(request.recipient),
        message: request.message,
        replySurbs: request.replySurbs,
      };
    case 'reply':
      return {
        type: 'reply',
        senderTag: formatSenderTag(request.senderTag),
        message: request.message,
      };
  }
}
