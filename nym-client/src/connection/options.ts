import type { AppError } from '@pastenym/shared/errors';
import { MAX_FRAME_BYTES } from '../protocol/limits.js';
import type { Backoff, Random } from './backoff.js';

/** A try to connect that failed. The next follows. */
export interface Retrying {
  /** Counted from 1 since the last connection, or the beginning. */
  attempt: number;
  /** `connection-failed`, with the cause. */
  error: AppError;
}

/** An option that is `undefined` has its default. */
export interface ConnectOptions {
  /** `binary` (default) carries exact bytes; `json` only UTF-8 text, since nym-clients decode JSON mail lossily. */
  api?: 'binary' | 'json' | undefined;
  /** Gives up connecting, or closes the connection later on. */
  signal?: AbortSignal | undefined;
  /** How long the first connection may take, all tries together. Default: for ever. */
  connectTimeoutMs?: number | undefined;
  /** Hears the `retrying` events from the first try on, when there is no connection yet to listen at. */
  onRetrying?: ((event: Retrying) => unknown) | undefined;
  /** Time between pings; the connection is given up when a pong takes longer than the time-out. */
  heartbeatIntervalMs?: number | undefined;
  heartbeatTimeoutMs?: number | undefined;
  /** Waits between tries. */
  backoff?: Backoff | undefined;
  /** What may wait to be sent; a further `send` fails with `queue-full`. */
  maxQueuedMessages?: number | undefined;
  maxQueuedBytes?: number | undefined;
  /** Chance for the jitter of the waits. */
  random?: Random | undefined;
}

/** What matters to a connection that is there already too. */
type LastingOptions = Omit<ConnectOptions, 'signal' | 'connectTimeoutMs' | 'onRetrying'>;
export type ConnectSettings = {
  [Name in keyof LastingOptions]-?: NonNullable<LastingOptions[Name]>;
};

export const DEFAULT_SETTINGS: ConnectSettings = {
  api: 'binary',
  heartbeatIntervalMs: 30_000,
  heartbeatTimeoutMs: 10_000,
  backoff: { baseMs: 50, capMs: 5_000 },
  maxQueuedMessages: 10_000,
  maxQueuedBytes: 4 * MAX_FRAME_BYTES,
  random: Math.random,
};

export function connectSettings(options: LastingOptions): ConnectSettings {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  // Entries have lost their types, which are those of the options without the undefined ones.
  return { ...DEFAULT_SETTINGS, ...(Object.fromEntries(given) as Partial<ConnectSettings>) };
}

/** How long a nym-client may take for the websocket handshake, and then for telling its address. */
export const HANDSHAKE_TIMEOUT_MS = 10_000;
/** The largest frame that is read. nym-clients set no limit for what they push. */
export const MAX_RESPONSE_BYTES = 64 * 1024 * 1024;
/** Mail that is kept until somebody listens; beyond, the oldest is forgotten. */
export const UNHEARD_LIMITS = { maxItems: 1_000, maxBytes: 16 * 1024 * 1024 };
/** How long `close` waits for what is queued to be sent. */
export const CLOSE_FLUSH_MS = 5_000;
/** How long the nym-client may take to answer a Close frame; the native one never does (it just ends the TCP connection). */
export const CLOSE_HANDSHAKE_MS = 1_000;
