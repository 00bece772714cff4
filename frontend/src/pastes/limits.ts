/**
 * The longest text that this page sends, in bytes of UTF-8. The service takes more; but a megabyte is half a minute on the main network,
 * and a textarea with more is no pleasure.
 */
export const MAX_PASTE_BYTES = 1_000_000;
