import type { WebSocket } from 'ws';
import {
  MAX_ANSWER_BACKLOG_BYTES,
  MAX_CLIENT_BACKLOG_BYTES,
  MAX_CLIENT_VIOLATIONS,
  MAX_INBOX_MESSAGES,
  MAX_UNANSWERED_PINGS,
} from '../limits.js';
import type { WorkLoop, WorkSource } from '../work-loop.js';
import { sealPushedMessage } from './client-frames.js';
import type { ClientId } from './client-store.js';
import type { Answer } from './control-messages.js';
import { type Client, Dialogue } from './dialogue.js';
import type { GatewayOffice } from './gateway-office.js';
import { ProtocolError } from './protocol-error.js';

/** What sessions ask of their gateway. */
export interface SessionHost extends GatewayOffice {
  /** How long a session may stay without a client. */
  readonly authenticationMs: number;
  readonly workLoop: WorkLoop;
  /** From now on the client is reached through this session, and no other. Hands over what was stored for it. */
  welcome(client: ClientId, session: ClientSession): Promise<void>;
  leave(client: ClientId, session: ClientSession): void;
  /** The session broke the protocol. */
  onViolation(): void;
  /** Something failed that is not the client's fault. */
  onFailure(error: unknown): void;
}

/** How a session ends, in the terms of RFC 6455 section 7.4.1. */
export const CLOSE_REPLACED = 1000;
export const CLOSE_GOING_AWAY = 1001;
const CLOSE_VIOLATION = 1008;
const CLOSE_FAILURE = 1011;

export type PushOutcome = 'sent' | 'closed' | 'too-slow';

interface Incoming {
  readonly bytes: Uint8Array;
  readonly isBinary: boolean;
}

/**
 * One websocket of a client. Messages are taken one at a time, in order, and each is answered before the next is looked
 * at. A client that does not read its answers is not listened to; while many of its messages wait, the socket is not
 * read.
 */
export class ClientSession implements WorkSource {
  readonly #socket: WebSocket;
  readonly #host: SessionHost;
  readonly #dialogue: Dialogue;
  readonly #inbox: Incoming[] = [];
  readonly #authenticationTimer: NodeJS.Timeout;
  #client: Client | undefined;
  #hasEnded = false;
  #isBusy = false;
  #answerBacklogBytes = 0;
  #unansweredPings = 0;
  #violations = 0;

  constructor(socket: WebSocket, host: SessionHost) {
    this.#socket = socket;
    this.#host = host;
    this.#dialogue = new Dialogue(host, {
      say: (answer) => {
        this.#say(answer);
      },
      onClient: (client) => this.#welcome(client),
    });
    this.#authenticationTimer = setTimeout(() => {
      this.#fail(new ProtocolError('the client did not authenticate in time'));
    }, host.authenticationMs);
    this.#listen();
  }

  /** Takes the first message of the inbox. */
  work(): boolean {
    const next = this.#mayListen ? this.#inbox.shift() : undefined;
    if (next === undefined) return false;
    if (this.#inbox.length < MAX_INBOX_MESSAGES / 2) this.#socket.resume();
    try {
      if (next.isBinary) this.#dialogue.hearPacket(next.bytes);
      else this.#wait(this.#dialogue.hearText(next.bytes));
    } catch (error) {
      this.#fail(error);
    }
    return this.#mayListen && this.#inbox.length > 0;
  }

  get #mayListen(): boolean {
    return !this.#isBusy && this.#answerBacklogBytes <= MAX_ANSWER_BACKLOG_BYTES;
  }

  /** Sends a message or an ack to the client; resolves when it is on its way, or cannot be. */
  push(message: Uint8Array): Promise<PushOutcome> {
    if (this.#client === undefined || this.#hasEnded) return Promise.resolve('closed');
    if (this.#socket.bufferedAmount > MAX_CLIENT_BACKLOG_BYTES) return Promise.resolve('too-slow');
    const frame = sealPushedMessage(message, this.#client.sharedKey, this.#host.random);
    return new Promise((resolve) => {
      this.#socket.send(frame, (error) => {
        resolve(error ? 'closed' : 'sent');
      });
    });
  }

  /**
   * To be called now and then: asks whether the client is there, and ends the session when nothing came back last time.
   * One that has not read yet what waits for it is left alone: TCP itself gives up a connection whose other end is gone.
   */
  checkAlive(): void {
    if (this.#hasEnded || this.#socket.isPaused || this.#socket.bufferedAmount > 0) return;
    if (this.#unansweredPings >= MAX_UNANSWERED_PINGS) {
      this.close(CLOSE_GOING_AWAY, 'no answer to a ping');
      return;
    }
    this.#unansweredPings += 1;
    this.#socket.ping();
  }

  /** Ends the session now; it is not waited for the other side. */
  close(code: number, reason: string): void {
    this.#end();
    this.#socket.close(code, reason);
    this.#socket.terminate();
  }

  #listen(): void {
    this.#socket.on('message', (data: Buffer, isBinary) => {
      this.#unansweredPings = 0;
      this.#receive({ bytes: data, isBinary });
    });
    this.#socket.on('pong', () => {
      this.#unansweredPings = 0;
    });
    this.#socket.on('close', () => {
      this.#end();
    });
    // What `ws` itself refuses (not a valid frame, too long); it closes the connection with the right code.
    this.#socket.on('error', () => {
      this.#host.onViolation();
    });
  }

  #receive(message: Incoming): void {
    if (this.#hasEnded) return;
    this.#inbox.push(message);
    if (this.#inbox.length >= MAX_INBOX_MESSAGES) this.#socket.pause();
    this.#host.workLoop.add(this);
  }

  /** Takes no other message until the answer to this one is out. */
  #wait(answered: Promise<void> | undefined): void {
    if (answered === undefined) return;
    this.#isBusy = true;
    answered
      .catch((error: unknown) => {
        this.#fail(error);
      })
      .finally(() => {
        this.#isBusy = false;
        this.#host.workLoop.add(this);
      });
  }

  async #welcome(client: Client): Promise<void> {
    // The connection may have ended while the registration was being written.
    if (this.#hasEnded) return;
    clearTimeout(this.#authenticationTimer);
    this.#client = client;
    await this.#host.welcome(client.id, this);
  }

  #say(answer: Answer): void {
    if (this.#hasEnded) return;
    const text = JSON.stringify(answer);
    this.#answerBacklogBytes += text.length;
    this.#socket.send(text, () => {
      this.#answerBacklogBytes -= text.length;
      if (this.#mayListen && this.#inbox.length > 0) this.#host.workLoop.add(this);
    });
  }

  #fail(error: unknown): void {
    if (this.#hasEnded) return;
    if (error instanceof ProtocolError) {
      this.#host.onViolation();
      this.#reject(error.message);
    } else {
      this.#host.onFailure(error);
      this.#refuse('the gateway failed', CLOSE_FAILURE);
    }
  }

  /**
   * Tells the client what it did wrong. One that is authenticated may go on, for a while: what it said had no effect, and
   * official clients do not connect again.
   */
  #reject(message: string): void {
    const mayGoOn = this.#client !== undefined && this.#violations < MAX_CLIENT_VIOLATIONS;
    this.#violations += 1;
    if (mayGoOn) this.#say({ type: 'error', message });
    else this.#refuse(message, CLOSE_VIOLATION);
  }

  /** Tells the client why, and ends; `ws` cuts off a client that does not answer the close within 30 seconds. */
  #refuse(message: string, code: number): void {
    this.#say({ type: 'error', message });
    this.#end();
    this.#socket.close(code);
    // A socket that is not read would not see the other side's close.
    this.#socket.resume();
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#inbox.length = 0;
    clearTimeout(this.#authenticationTimer);
    this.#host.workLoop.remove(this);
    if (this.#client !== undefined) this.#host.leave(this.#client.id, this);
  }
}
