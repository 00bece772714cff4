import { paddedLength } from './padding.js';
import { RECORD_BYTES } from './records.js';

/**
 * How many single-use reply blocks go with a request. Each carries one packet of the answer. A nym-client keeps the last ten that it has of a sender for asking for more
 * (`minimum_reply_surb_storage_threshold`), so an answer that would need those waits for another round trip.
 */
const RESERVED_SURBS = 10;

/** What one reply packet of the regular size carries (2,048 bytes less acknowledgement, key digest and fragment header). In bytes. */
const REPLY_PACKET_BYTES = 1601;

/** A packet of an answer that is lost is sent again through another reply block. */
const SPARE_SHARE = 0.2;
const LEAST_SPARE_SURBS = 4;

/** What stands around the content in the answer to `readPaste`, at the most. */
const READ_FRAME_BYTES = 200;

/** @param replyBytes the length of the expected answer, with its padding */
export function surbsFor(replyBytes: number): number {
  const packets = Math.max(1, Math.ceil(replyBytes / REPLY_PACKET_BYTES));
  return RESERVED_SURBS + packets + Math.max(LEAST_SPARE_SURBS, Math.ceil(packets * SPARE_SHARE));
}

/**
 * For `readPaste`, whose answer has the first chunk, and never more than that.
 * @param sizeKiB of the paste, from its link. Without it the least is expected, which most pastes have: a block takes 460 bytes of the request, so those for a whole chunk, which
 * would be needed seldom, take longer to send than it takes to be asked for more.
 */
export function surbsForRead(sizeKiB = 1): number {
  const content = Math.min(sizeKiB * 1024, RECORD_BYTES);
  return surbsFor(paddedLength(READ_FRAME_BYTES + Math.ceil((content * 4) / 3)));
}
