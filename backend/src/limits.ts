import { MAX_MESSAGE_BYTES } from '@pastenym/shared/limits';

/** What the service bounds by itself. What an operator may choose stands in config.ts. */

/** Messages of one nym-client that wait or are being answered. One more is refused. */
export const MAX_HELD_MESSAGES = 1000;

/** Their bytes, together. Twice the longest message, so that one of those cannot shut out all others. */
export const MAX_HELD_BYTES = 2 * MAX_MESSAGE_BYTES;

/** Messages that are being answered at the same time; also the most writes that share one transaction. */
export const MAX_IN_FLIGHT = 64;

/** Content of large answers that are being made and sent at the same time. An answer of more than this is made alone. */
export const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** Content up to here is not counted against `MAX_ANSWER_BYTES`: `MAX_IN_FLIGHT` of them are 4 MiB. */
export const SMALL_ANSWER_BYTES = 64 * 1024;

/** A reply, so that it fits into one websocket frame with what the nym-client's API and the oldest clients' header put before it. */
export const MAX_REPLY_BYTES = MAX_MESSAGE_BYTES - 1024;

/** Answers that are kept for requests that are sent again. The oldest goes first. */
export const MAX_KEPT_ANSWERS = 10_000;

/** Characters of those answers, one byte each: they are ASCII. */
export const MAX_KEPT_CHARACTERS = 32 * 1024 * 1024;

/** Expired pastes, and other things that are over, that are deleted in one transaction: as many as do not hold up an answer. */
export const MAX_SWEPT_ROWS = 25;

/** Their content, together; a larger paste is deleted alone. */
export const MAX_SWEPT_BYTES = 1024 * 1024;

/** Of as many pastes as may end together, each: the content of a larger one waits for its turn. */
export const MAX_SWEPT_AT_ONCE = Math.floor(MAX_SWEPT_BYTES / MAX_SWEPT_ROWS);

/** A paste up to here is overwritten when it is deleted; of a larger one the sweep does that, by so many chunks at a time. */
export const MAX_DESTROYED_BYTES = 1024 * 1024;
export const MAX_DESTROYED_CHUNKS = 16;

/** Free pages of 4 kB that the database keeps for the next pastes, and how many of the others it gives back at a time. */
export const MAX_FREE_PAGES = 4096;
export const RECLAIMED_PAGES = 256;

/** A request of version 2: a chunk of 64 KiB in base64url, what stands around it, and padding. */
export const MAX_V2_MESSAGE_BYTES = 128 * 1024;

/** Requests for large answers that wait until there is room for them, which `MAX_HELD_MESSAGES` leaves half of to all others. */
export const MAX_WAITING_FOR_ROOM = MAX_HELD_MESSAGES / 2;

/**
 * How much longer a view may be read for each chunk after the first: it is some 56 packets, of which a client gets 50 to 100 a second, if it shares them with nobody and
 * none is lost.
 */
export const CLAIM_SECONDS_PER_CHUNK = 5;

/** Whoever is refused because too much is waiting, should not come back sooner. */
export const BUSY_RETRY_MS = 2000;

/** The shortest expiry of a version 2 paste: it is rounded up to whole minutes. */
export const MIN_EXPIRY_SECONDS = 60;

/**
 * What new pastes leave of the disk. SQLite needs some of it to delete (it writes before it frees), so a disk that is filled to the last byte would stay full for ever.
 */
export const RESERVED_DISK_BYTES = 64 * 1024 * 1024;

/**
 * Solutions of puzzles that are remembered, for each window of time, so that none serves twice. Each costs its author work and us some 200 bytes. In five minutes a nym-client, which
 * carries some hundred packets a second, brings fewer.
 */
export const MAX_SPENT_SOLUTIONS = 50_000;
