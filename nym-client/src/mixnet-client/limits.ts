import type { Backoff } from '../connection/backoff.js';

/** How long the official client may take to start: 5 requests to the nym-api, a registration, a login. */
export const START_TIMEOUT_MS = 60_000;

/** Pings tell a gateway that vanished without a word from one that is merely quiet. */
export const GATEWAY_PING_INTERVAL_MS = 20_000;
export const GATEWAY_PONG_TIMEOUT_MS = 10_000;
/** From dialling to being logged in. */
export const GATEWAY_LOGIN_TIMEOUT_MS = 15_000;
export const GATEWAY_BACKOFF: Backoff = { baseMs: 500, capMs: 30_000 };
/** So many logins may be refused in a row, whatever for; then the registration is taken for lost. */
export const MAX_REFUSED_LOGINS = 5;
/** After so many vain tries in a row it is asked whether the gateway has moved to another address. */
export const RETRIES_BEFORE_ASKING = 5;
/** A connection that lasted so long was a good one: the next wait begins small again. */
export const GATEWAY_STABLE_MS = 30_000;
/**
 * Frames kept while the gateway is away, of 2 to 33 kB each. Beyond, the oldest are dropped: the client sends packets
 * that are not acknowledged again by itself.
 */
export const MAX_GATEWAY_QUEUE = { maxItems: 1024, maxBytes: 16 * 1024 * 1024 };

/** Waits between attempts to start the official client again. */
export const REBUILD_BACKOFF: Backoff = { baseMs: 1_000, capMs: 60_000 };

/**
 * How long what is to be sent waits for the official client to be built anew; a start takes one to three seconds, when
 * it is possible. An application that is made to wait is not read from, so that its end is not noticed either.
 */
export const SEND_PATIENCE_MS = 20_000;

/**
 * When the client is closed it may send what it has queued until it has been quiet for so long; with cover traffic it
 * never is, and then for so long. The queue of the official client cannot be looked into.
 */
export const DRAIN_QUIET_MS = 250;
export const DRAIN_LIMIT_MS = 1_500;

/** How long a nym-api may take for one answer. */
export const NYM_API_TIMEOUT_MS = 20_000;
/** Pages of gateways that are read; the public network has a few hundred gateways on a few pages. */
export const MAX_NYM_API_PAGES = 100;
/** Below this the official client does not take a gateway either. */
export const MIN_GATEWAY_PERFORMANCE = 0.5;
