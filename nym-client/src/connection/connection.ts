import { AppError } from '@pastenym/shared/errors';
import { parseNymAddress } from '@pastenym/shared/nym-address';
import { BoundedQueue } from '../bounded-queue.js';
import { atMost, pause } from '../pause.js';
import { MAX_FRAME_BYTES, MAX_REPLY_SURBS } from '../protocol/limits.js';
import type { JsonRequest, ReceivedMessage } from '../protocol/messages.js';
import { formatSenderTag, parseSenderTag } from '../protocol/sender-tag.js';
import { backoffDelayMs } from './backoff.js';
import { Emitter } from './emitter.js';
import { encodeRequest, Link } from './link.js';
import {
  CLOSE_FLUSH_MS,
  connectSettings,
  UNHEARD_LIMITS,
  type ConnectOptions,
  type ConnectSettings,
  type Retrying,
} from './options.js';
import { Outbox } from './outbox.js';

export type { Backoff } from './backoff.js';
export type { ConnectOptions, Retrying } from './options.js';

export interface NymMessage {
  message: Uint8Array;
  /** What to `reply` to, if the sender attached reply blocks. A pseudonym that the sender chose: no proof of anything. */
  senderTag: string | undefined;
}

export interface NymConnectionEvents {
  message: NymMessage;
  /** After each connection, the first included. */
  connected: { selfAddress: string };
  disconnected: { willReconnect: boolean };
  retrying: Retrying;
  /** A frame that was not understood, mail that was dropped, or what a listener threw. The connection goes on. */
  error: Error;
}

type Listener<K extends keyof NymConnectionEvents> = (payload: NymConnectionEvents[K]) => unknown;

/** A lasting connection to a nym-client. It reconnects by itself until it is closed. */
export interface NymConnection {
  /** The nym-client's address, `<identity>.<encryption>@<gateway>`. */
  readonly selfAddress: string;
  readonly state: 'connected' | 'reconnecting' | 'closed';
  /**
   * The three ways to send resolve when the message is handed to the nym-client's socket; nothing tells whether it
   * arrives. They reject with an AppError: `bad-address`, `bad-message`, `message-too-large`, `queue-full` (too much
   * waits already), `connection-closed` (lost while sending: it may or may not have left).
   */
  send(recipient: string, message: Uint8Array | string): Promise<void>;
  /** @param replySurbs how many packets the other side may answer with; 10 of them it keeps to ask for more. */
  sendAnonymous(recipient: string, message: Uint8Array | string, replySurbs: number): Promise<void>;
  reply(senderTag: string, message: Uint8Array | string): Promise<void>;
  /** Mail that comes before the first `message` listener is kept for it, within limits. */
  on<K extends keyof NymConnectionEvents>(event: K, listener: Listener<K>): this;
  once<K extends keyof NymConnectionEvents>(event: K, listener: Listener<K>): this;
  off<K extends keyof NymConnectionEvents>(event: K, listener: Listener<K>): this;
  /** Sends what is queued, for at most five seconds, and closes. */
  close(): Promise<void>;
}

/**
 * Connects to the websocket of a nym-client, and keeps trying until it succeeds.
 * @throws AppError `connection-failed` (no websocket URL, or the signal was aborted), `timed-out` (the cause is what the
 * last try failed from)
 */
export async function connectNymClient(
  url: string | URL,
  options: ConnectOptions = {},
): Promise<NymConnection> {
  const { signal, connectTimeoutMs, onRetrying, ...others } = options;
  const connection = new Connection(websocketUrl(url), connectSettings(others));
  if (onRetrying !== undefined) connection.on('retrying', onRetrying);
  const timeout =
    connectTimeoutMs === undefined ? undefined : AbortSignal.timeout(connectTimeoutMs);
  try {
    await connection.start([signal, timeout].filter((s) => s !== undefined));
  } catch (cause) {
    await connection.close();
    if (!timeout?.aborted) throw new AppError('connection-failed', { cause });
    throw new AppError('timed-out', { cause: connection.lastFailure ?? cause });
  }
  if (signal !== undefined) connection.closeOn(signal);
  return connection;
}

function websocketUrl(url: string | URL): URL {
  const parsed = URL.canParse(String(url)) ? new URL(url) : undefined;
  if (parsed?.protocol === 'ws:' || parsed?.protocol === 'wss:') return parsed;
  throw new AppError('connection-failed', { detail: 'Expected a URL with ws: or wss:.' });
}

class Connection extends Emitter<NymConnectionEvents> implements NymConnection {
  readonly #url: URL;
  readonly #settings: ConnectSettings;
  readonly #outbox: Outbox;
  readonly #unheard = new BoundedQueue<NymMessage>(UNHEARD_LIMITS);
  /** Aborted when nothing more is to be tried. */
  readonly #ended = new AbortController();
  #link: Link | undefined;
  #selfAddress = '';
  /** Tries that failed since the last connection. */
  #failedTries = 0;
  #lastFailure: AppError | undefined;
  #closing: Promise<void> | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(url: URL, settings: ConnectSettings) {
    super();
    this.#url = url;
    this.#settings = settings;
    this.#outbox = new Outbox(settings);
  }

  get selfAddress(): string {
    return this.#selfAddress;
  }

  get lastFailure(): AppError | undefined {
    return this.#lastFailure;
  }

  get state(): NymConnection['state'] {
    if (this.#closing !== undefined) return 'closed';
    return this.#link === undefined ? 'reconnecting' : 'connected';
  }

  /** Begins to connect; resolves with the first connection, rejects when a signal comes first. */
  start(signals: AbortSignal[]): Promise<void> {
    const impatience = AbortSignal.any(signals);
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        reject(new AppError('connection-failed', { cause: impatience.reason }));
      };
      if (impatience.aborted) {
        giveUp();
        return;
      }
      impatience.addEventListener('abort', giveUp, { once: true });
      this.once('connected', () => {
        resolve();
      });
      this.#running = this.#keepConnected().catch(reject);
    });
  }

  closeOn(signal: AbortSignal): void {
    const close = () => void this.close();
    if (signal.aborted) close();
    else signal.addEventListener('abort', close, { once: true, signal: this.#ended.signal });
  }

  async send(recipient: string, message: Uint8Array | string): Promise<void> {
    const request = { recipient: parseNymAddress(recipient), message: toBytes(message) };
    await this.#submit({ type: 'send', ...request });
  }

  async sendAnonymous(
    recipient: string,
    message: Uint8Array | string,
    replySurbs: number,
  ): Promise<void> {
    if (!Number.isInteger(replySurbs) || replySurbs < 0 || replySurbs > MAX_REPLY_SURBS) {
      throw new AppError('bad-message', { detail: 'replySurbs is a whole number below 2^32.' });
    }
    const request = { recipient: parseNymAddress(recipient), message: toBytes(message) };
    await this.#submit({ type: 'sendAnonymous', replySurbs, ...request });
  }

  async reply(senderTag: string, message: Uint8Array | string): Promise<void> {
    const request = { senderTag: parseSenderTag(senderTag), message: toBytes(message) };
    await this.#submit({ type: 'reply', ...request });
  }

  override on<K extends keyof NymConnectionEvents>(event: K, listener: Listener<K>): this {
    super.on(event, listener);
    if (event === 'message') queueMicrotask(this.#deliverUnheard);
    return this;
  }

  override once<K extends keyof NymConnectionEvents>(event: K, listener: Listener<K>): this {
    super.once(event, listener);
    if (event === 'message') queueMicrotask(this.#deliverUnheard);
    return this;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  protected override listenerFailed(event: keyof NymConnectionEvents, error: unknown): void {
    const failure = error instanceof Error ? error : new Error(String(error));
    // What fails in an error listener would only come back to it.
    if (event === 'error') process.emitWarning(failure);
    else this.#report(failure);
  }

  async #submit(request: JsonRequest): Promise<void> {
    if (this.#closing !== undefined) throw new AppError('connection-closed');
    const frame = encodeRequest(this.#settings.api, request);
    if (Buffer.byteLength(frame) > MAX_FRAME_BYTES) throw new AppError('message-too-large');
    const sent = this.#outbox.add(frame);
    this.#flush();
    await sent;
  }

  #flush(): void {
    const link = this.#link;
    if (link !== undefined) this.#outbox.flush((frame) => link.send(frame));
  }

  /**
   * Connects again whenever the connection is lost. Waits grow with each failure and with each connection that did not
   * last, because a nym-client that is already taken accepts and hangs up at once.
   */
  async #keepConnected(): Promise<void> {
    const { backoff, random } = this.#settings;
    for (let attempt = 0; !this.#ended.signal.aborted; attempt++) {
      const lasted = await this.#connectOnce();
      if (lasted > backoff.capMs) attempt = 0;
      await pause(backoffDelayMs(attempt, backoff, random), this.#ended.signal);
    }
  }

  /** One connection from dialling to its end; returns how long it lasted, in milliseconds. */
  async #connectOnce(): Promise<number> {
    let opened;
    try {
      opened = await Link.open(this.#url, this.#settings, this.#handlers, this.#ended.signal);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.#tryFailed(error);
      return 0;
    }
    const since = performance.now();
    this.#connected(opened.link, opened.selfAddress);
    await opened.link.closed;
    this.#link = undefined;
    this.emit('disconnected', { willReconnect: this.#closing === undefined });
    return performance.now() - since;
  }

  #tryFailed(error: AppError): void {
    if (this.#ended.signal.aborted) return; // it was given up, and nothing follows
    this.#lastFailure = error;
    this.emit('retrying', { attempt: ++this.#failedTries, error });
  }

  #connected(link: Link, selfAddress: string): void {
    this.#link = link;
    this.#failedTries = 0;
    this.#selfAddress = selfAddress;
    this.#flush();
    this.emit('connected', { selfAddress });
  }

  readonly #handlers = {
    received: ({ message, senderTag }: ReceivedMessage) => {
      const tag = senderTag === undefined ? undefined : formatSenderTag(senderTag);
      this.#deliver({ message, senderTag: tag });
    },
    complained: (error: AppError) => {
      this.#report(error);
    },
  };

  #deliver(message: NymMessage): void {
    if (this.hasListener('message') && this.#unheard.size === 0) {
      this.emit('message', message);
    } else if (this.#unheard.push(message, message.message.length) > 0) {
      const detail = 'Nobody listens for messages; the oldest was dropped.';
      this.#report(new AppError('queue-full', { detail }));
    }
  }

  readonly #deliverUnheard = () => {
    while (this.hasListener('message')) {
      const message = this.#unheard.shift();
      if (message === undefined) return;
      this.emit('message', message);
    }
  };

  #report(error: Error): void {
    if (this.hasListener('error')) this.emit('error', error);
    else process.emitWarning(error);
  }

  async #close(): Promise<void> {
    await atMost(CLOSE_FLUSH_MS, this.#outbox.empty());
    this.#ended.abort();
    this.#outbox.abandon(new AppError('connection-closed'));
    await this.#link?.close();
    await this.#running;
  }
}

function toBytes(message: Uint8Array | string): Uint8Array {
  return typeof message === 'string' ? new TextEncoder().encode(message) : message;
}
