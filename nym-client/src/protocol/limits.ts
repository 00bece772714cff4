/** Bytes of the tag that a sender chooses for itself and a `reply` is addressed with. */
export const SENDER_TAG_BYTES = 16;

/** Payload bytes of one websocket frame that a nym-client reads; it drops the connection over a larger one (tungstenite's default). */
export const MAX_FRAME_BYTES = 16 * 1024 * 1024;

/** The largest `replySurbs`: the field is a u32. */
export const MAX_REPLY_SURBS = 0xffff_ffff;

/** Levels of arrays and objects that serde_json follows before it gives up. */
export const MAX_JSON_DEPTH = 127;

/** Base58 characters that are decoded at once: decoding takes quadratic time, and the longest key has 44. */
export const MAX_BASE58_CHARACTERS = 1024;
