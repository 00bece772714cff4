/** Every bound of the network that is not a length of the protocol (those are in `geometry.ts`). */

const KIB = 1024;
const MIB = 1024 * KIB;
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** How long the event loop may be held before sockets and timers get their turn. */
export const WORK_TURN_MS = 5;

/** Nym nodes hold no packet longer, whatever its header asks for. */
export const MAX_MIX_DELAY_MS = 10 * SECOND_MS;
/** Packets that one node holds for later; when full, the new one is dropped. */
export const MAX_HELD_BYTES = 64 * MIB;
/** Replay tags that one node remembers: between one and two generations of this many. */
export const REPLAY_GENERATION_TAGS = 1 << 17;

/** Connections to one mix port. */
export const MAX_LINK_CONNECTIONS = 256;
/** A peer that begins a frame and does not go on with it for so long is cut off. */
export const LINK_STALL_MS = 30 * SECOND_MS;
/** What waits to be written to one peer; when full, the new packet is dropped. */
export const MAX_PEER_BACKLOG_BYTES = 32 * MIB;
/** After a refused connection, packets to that peer are dropped for so long. */
export const PEER_RETRY_MS = 100;

/** Websockets of one gateway. */
export const MAX_GATEWAY_CONNECTIONS = 1024;
/** How long a websocket may stay without an authenticated client. Afterwards it may be silent for ever. */
export const AUTHENTICATION_MS = 60 * SECOND_MS;
/** How often a client is asked whether it is still there. The pauses are long: a busy browser may be late. */
export const PING_MS = 2 * MINUTE_MS;
/** A client of which nothing was heard since the first of so many pings has vanished. */
export const MAX_UNANSWERED_PINGS = 2;
/** Messages that break the protocol, from a client that is authenticated; with one more the connection ends. */
export const MAX_CLIENT_VIOLATIONS = 32;
/** A JSON control message; the largest that clients send have about 1 KiB. */
export const MAX_CONTROL_MESSAGE_BYTES = 16 * KIB;
/** Messages of one client that wait for their turn; its socket is not read while there are as many. */
export const MAX_INBOX_MESSAGES = 32;
/** What waits to be written to one client; when full, the new message is dropped and not acknowledged. */
export const MAX_CLIENT_BACKLOG_BYTES = 16 * MIB;
/** Answers that wait to be written to one client; its messages are not looked at while there are more. */
export const MAX_ANSWER_BACKLOG_BYTES = 64 * KIB;
/** How far the clock of a client that authenticates may be off. */
export const MAX_CLOCK_SKEW_MS = 10 * MINUTE_MS;
/** Registrations that one gateway keeps; when full, the client that was absent for longest is forgotten. */
export const MAX_CLIENTS = 10_000;
/** What a client may send before it has to claim bandwidth again: 64 GiB, as on Nym's free gateways. */
export const BANDWIDTH_GRANT_BYTES = 2 ** 36;

/** Messages kept for one absent client; when full, the new one is dropped and not acknowledged. */
export const MAX_MAILBOX_BYTES = 16 * MIB;
export const MAX_MAILBOX_MESSAGES = 8192;
/** Messages kept by one gateway for all its absent clients together; each takes a file of its own. */
export const MAX_MAILBOXES_BYTES = 256 * MIB;
export const MAX_MAILBOXES_MESSAGES = 65_536;
export const MESSAGE_LIFETIME_MS = 24 * HOUR_MS;
export const MAILBOX_SWEEP_MS = 10 * MINUTE_MS;

export const MAX_GATEWAYS = 20;
export const MAX_MIX_NODES_PER_LAYER = 20;
export const MAX_EXTRA_DELAY_MS = MINUTE_MS;

/** An HTTP client gets so long to send its request. */
export const HTTP_REQUEST_MS = 10 * SECOND_MS;
