/** The bounds that both ends of the wire hold. What an operator may lower further stands in the backend's settings. */

/** One mixnet message, in bytes: what a nym-client takes in one websocket frame (16 MiB, tungstenite's default). */
export const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/** The most times that a paste may be read before it is destroyed. */
export const MAX_VIEWS = 10_000;

/** The furthest expiry. */
export const MAX_EXPIRY_YEARS = 100;

/** The `text` of a version 1 paste, in UTF-16 units. The original's clients send up to 11 million (a 6 MB file, in base64 twice). */
export const MAX_V1_TEXT_LENGTH = 12_000_000;

/** The ids that clients may send along with a request, in UTF-16 units. */
export const MAX_REQUEST_ID_LENGTH = 64;

/** The parts (brackets, separators, strings) of a message's JSON: an honest one has some 30, the largest of ours a few hundred. */
export const MAX_JSON_TOKENS = 1000;
