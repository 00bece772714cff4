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

/** @param replyBytes the length of the expected answer, with its padding */
export function surbsFor(replyBytes: number): number {
  const packets = Math.max(1, Math.ceil(replyBytes / REPLY_PACKET_BYTES));
  return RESERVED_SURBS + packets + Math.max(LEAST_SPARE_SURBS, Math.ceil(packets * SPARE_SHARE));
}
