import type { QueueLimits } from '../bounded-queue.js';

/** Mail that waits for an application. Beyond, the oldest is forgotten; the native client keeps all, and runs out of memory. */
export const MAILBOX_LIMITS: QueueLimits = { maxItems: 10_000, maxBytes: 64 * 1024 * 1024 };

/**
 * Requests of an application that wait before it is made to wait too, by not reading from its socket until half of them
 * are done. What the last read brought comes on top, 64 kB of small ones at most.
 */
export const MAX_PENDING_REQUESTS = 64;
export const MAX_PENDING_BYTES = 16 * 1024 * 1024;
/** Bytes that may wait in the application's socket before mail stays in the mailbox. */
export const MAX_UNSENT_BYTES = 1024 * 1024;

/** How long an application may take for the websocket handshake; meanwhile nobody else can connect. */
export const HANDSHAKE_TIMEOUT_MS = 10_000;
/** Quiet time after which TCP asks whether the application's machine is still there. */
export const TCP_KEEPALIVE_MS = 30_000;
/** How long the mixnet may take, when the client stops, for the requests that were accepted before. */
export const LAST_REQUESTS_MS = 1_500;
/** How long the application may take to answer our Close frame when the client stops. */
export const CLOSE_TIMEOUT_MS = 1_000;
