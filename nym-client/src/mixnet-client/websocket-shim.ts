import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { BoundedQueue } from '../bounded-queue.js';
import { backoffDelayMs, type Backoff, type Random } from '../connection/backoff.js';
import { errorText } from '../error-text.js';
import { pause } from '../pause.js';
import {
  authenticateRequest,
  LoginDialogue,
  LoginRefusedError,
  NotRegisteredError,
  parseGatewayAnswer,
} from './gateway-login.js';
import type { GatewayCredentials } from './identity.js';
import {
  GATEWAY_BACKOFF,
  GATEWAY_LOGIN_TIMEOUT_MS,
  GATEWAY_PING_INTERVAL_MS,
  GATEWAY_PONG_TIMEOUT_MS,
  GATEWAY_STABLE_MS,
  MAX_GATEWAY_QUEUE,
  MAX_REFUSED_LOGINS,
} from './limits.js';

export type GatewayEvent =
  /** The connection broke; it is being made again. */
  | { state: 'lost' }
  /** It is there again, and the client noticed nothing. */
  | { state: 'resumed' }
  /** An attempt failed; the next follows. */
  | { state: 'retrying'; tries: number; reason: string }
  /** The gateway does not know the client any more, or does not want it under its registration. */
  | { state: 'forgotten' };

export interface ShimEnvironment {
  /** Who the client is to the gateway at `url`; undefined while it is not registered there. */
  credentials(url: string): Promise<GatewayCredentials | undefined>;
  report(event: GatewayEvent): void;
  /** Called when the client sends a frame, and when that has left. */
  sending?(): void;
  /** Waits between tries. */
  backoff?: Backoff;
  random?: Random;
}

type ClientFrame = string | ArrayBuffer | ArrayBufferView;
type Listener = (event: ClientEvent) => void;

/** What the client reads of an event. */
type ClientEvent =
  | { type: 'open' | 'error' }
  | { type: 'message'; data: string | ArrayBuffer }
  | { type: 'close'; code: number; reason: string; wasClean: boolean };

/** The states of the WebSocket interface (WHATWG WebSockets §2). */
const CONNECTING = 0;
const OPEN = 1;
const CLOSED = 3;

/**
 * Makes the class that the official client finds as `WebSocket`. The client never reconnects: after its gateway has
 * closed the socket it is deaf and mute for ever, without an error. So these sockets do not tell it. Once it has
 * logged in through one of them, a broken connection is made anew behind its back, with a login of our own, and what
 * it sends meanwhile is kept. Its state survives, and with it the reply blocks and tags of all its correspondents.
 *
 * It has what the client uses of the interface, no more: addEventListener, removeEventListener, send, close,
 * readyState, binaryType (always `arraybuffer`).
 */
export function resumingWebSocketClass(environment: ShimEnvironment): new (url: string) => object {
  return class extends ResumingWebSocket {
    constructor(url: string) {
      super(url, environment);
    }
  };
}

class ResumingWebSocket {
  binaryType = 'arraybuffer';
  readonly #url: string;
  readonly #environment: ShimEnvironment;
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #waiting = new BoundedQueue<string | Buffer>(MAX_GATEWAY_QUEUE);
  readonly #closed = new AbortController();
  /** The socket in use; undefined while it is being made anew. */
  #socket: WebSocket | undefined;
  /** Whether the client has logged in through this object, so that it may be resumed. */
  #isLoggedIn = false;
  #lastLoginSeconds = 0;
  #failures = 0;

  constructor(url: string, environment: ShimEnvironment) {
    this.#url = url;
    this.#environment = environment;
    const socket = dial(url);
    socket.on('open', () => {
      this.#dispatch({ type: 'open' });
    });
    socket.on('message', (data: Buffer, isBinary) => {
      if (!isBinary) this.#noteAnswer(data.toString());
      this.#deliver(data, isBinary);
    });
    this.#adopt(socket);
  }

  get readyState(): number {
    if (this.#closed.signal.aborted) return CLOSED;
    return this.#isLoggedIn ? OPEN : (this.#socket?.readyState ?? CONNECTING);
  }

  addEventListener(type: string, listener: Listener): void {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(listener));
  }

  removeEventListener(type: string, listener: Listener): void {
    this.#listeners.get(type)?.delete(listener);
  }

  /** Copies binary frames: they are views of the client's memory, and may wait here. */
  send(data: ClientFrame): void {
    const frame = typeof data === 'string' ? data : copyBytes(data);
    if (typeof frame === 'string') this.#noteLogin(frame);
    this.#environment.sending?.();
    if (this.#socket?.readyState === OPEN) this.#transmit(this.#socket, frame);
    else this.#waiting.push(frame, frame.length);
  }

  #transmit(socket: WebSocket, frame: string | Buffer): void {
    socket.send(frame, () => this.#environment.sending?.());
  }

  close(code?: number): void {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort();
    this.#socket?.close(code);
  }

  /** Makes a socket the one in use, for as long as it lasts. What it receives is heard already. */
  #adopt(socket: WebSocket): void {
    this.#socket = socket;
    const adopted = performance.now();
    const stopPings = keepAlive(socket);
    socket.on('close', (code, reason) => {
      stopPings();
      this.#socket = undefined;
      if (performance.now() - adopted > GATEWAY_STABLE_MS) this.#failures = 0;
      if (this.#isLoggedIn && !this.#closed.signal.aborted) void this.#resume();
      else this.#ended(code, reason.toString());
    });
  }

  #ended(code: number, reason: string): void {
    this.#closed.abort();
    if (code !== 1000 && code !== 1005) this.#dispatch({ type: 'error' });
    this.#dispatch({ type: 'close', code, reason, wasClean: code !== 1006 });
  }

  /** The client logs in by itself the first time: remember when, since the next time must be later. */
  #noteLogin(frame: string): void {
    const match = /"requestUnixTimestamp":(\d+)/.exec(frame);
    if (match?.[1] !== undefined) this.#lastLoginSeconds = Number(match[1]);
  }

  #noteAnswer(text: string): void {
    if (this.#isLoggedIn) return;
    const answer = parseGatewayAnswer(text);
    this.#isLoggedIn = answer?.type === 'authenticate' && answer.status;
  }

  async #resume(): Promise<void> {
    this.#environment.report({ state: 'lost' });
    const { backoff = GATEWAY_BACKOFF, random = Math.random } = this.#environment;
    let refusals = 0;
    for (let tries = 1; !this.#closed.signal.aborted; tries++) {
      const waitMs = backoffDelayMs(this.#failures++, backoff, random);
      await pause(waitMs, this.#closed.signal);
      try {
        await this.#resumeOnce();
        return;
      } catch (error) {
        if (error instanceof LoginRefusedError) refusals++;
        if (error instanceof NotRegisteredError || refusals >= MAX_REFUSED_LOGINS) {
          this.#environment.report({ state: 'forgotten' });
          return;
        }
        this.#environment.report({ state: 'retrying', tries, reason: errorText(error) });
      }
    }
  }

  async #resumeOnce(): Promise<void> {
    const credentials = await this.#environment.credentials(this.#url);
    if (credentials === undefined) throw new NotRegisteredError('no registration is stored');
    await this.#waitForNextSecond();
    const socket = dial(this.#url);
    try {
      const timeout = AbortSignal.timeout(GATEWAY_LOGIN_TIMEOUT_MS);
      const signal = AbortSignal.any([timeout, this.#closed.signal]);
      await once(socket, 'open', { signal });
      await this.#logIn(socket, credentials, signal);
    } catch (error) {
      socket.terminate();
      throw error;
    }
  }

  #resumed(socket: WebSocket): void {
    this.#adopt(socket);
    for (let frame; (frame = this.#waiting.shift()) !== undefined;) this.#transmit(socket, frame);
    this.#environment.report({ state: 'resumed' });
  }

  /**
   * Binary frames may come before the answer to the login: messages that the gateway had stored. And frames may come
   * with it: ws hands over all that one piece of TCP brought before any promise goes on, and the gateway will not send
   * them again. So one listener hears everything, and when the login is done the socket is in use at once.
   */
  async #logIn(
    socket: WebSocket,
    credentials: GatewayCredentials,
    signal: AbortSignal,
  ): Promise<void> {
    const dialogue = new LoginDialogue(() => {
      this.#lastLoginSeconds = nowSeconds();
      return authenticateRequest(credentials, this.#lastLoginSeconds, randomBytes(12));
    });
    let isDone = false;
    socket.send(dialogue.begin());
    await new Promise<void>((resolve, reject) => {
      const fail = () => {
        reject(new Error('the gateway did not finish the login'));
      };
      const receive = (data: Buffer, isBinary: boolean) => {
        if (isBinary || isDone) {
          this.#deliver(data, isBinary);
          return;
        }
        if (signal.aborted) return; // given up, and about to be terminated
        const step = dialogue.next(parseGatewayAnswer(data.toString()));
        if ('say' in step) socket.send(step.say);
        else if ('failed' in step) reject(step.failed);
        else if ('done' in step) {
          isDone = true;
          this.#resumed(socket);
          resolve();
        }
      };
      socket.on('message', receive);
      socket.once('close', fail);
      signal.addEventListener('abort', fail, { once: true });
    });
  }

  async #waitForNextSecond(): Promise<void> {
    const waitMs = (this.#lastLoginSeconds + 1) * 1000 - Date.now();
    if (waitMs > 0) await pause(waitMs, this.#closed.signal);
  }

  #deliver(data: Buffer, isBinary: boolean): void {
    this.#dispatch({ type: 'message', data: isBinary ? toArrayBuffer(data) : data.toString() });
  }

  /**
   * Calls the client's listeners. Late events find them gone on its side already (it drops them before the socket has
   * closed): the call then throws, which a browser would only print.
   */
  #dispatch(event: ClientEvent): void {
    for (const listener of this.#listeners.get(event.type) ?? []) {
      try {
        listener(event);
      } catch (error) {
        if (!isDroppedListener(error)) throw error;
      }
    }
  }
}

function dial(url: string): WebSocket {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  // 'close' follows every error, and is where it is dealt with.
  socket.on('error', () => undefined);
  return socket;
}

/** Pings until the socket closes; ends it when a pong is missing. Returns how to stop. */
function keepAlive(socket: WebSocket): () => void {
  let pongDue: NodeJS.Timeout | undefined;
  const pings = setInterval(() => {
    if (socket.readyState !== OPEN) return;
    socket.ping();
    clearTimeout(pongDue);
    pongDue = setTimeout(() => {
      socket.terminate();
    }, GATEWAY_PONG_TIMEOUT_MS);
  }, GATEWAY_PING_INTERVAL_MS);
  socket.on('pong', () => {
    clearTimeout(pongDue);
  });
  return () => {
    clearInterval(pings);
    clearTimeout(pongDue);
  };
}

/** wasm-bindgen's words for a listener that Rust has freed. */
function isDroppedListener(error: unknown): boolean {
  return error instanceof Error && error.message.includes('after being dropped');
}

function copyBytes(data: ArrayBuffer | ArrayBufferView): Buffer {
  const view = ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
  return Buffer.from(view);
}

function toArrayBuffer(data: Buffer): ArrayBuffer {
  return new Uint8Array(data).buffer;
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
