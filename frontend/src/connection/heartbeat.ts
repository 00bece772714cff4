/**
 * A message to ourselves, which tells that the way through the mixnet is open. It is numbered, so that it tells as well that what was sent
 * before it has gone. It is not JSON, not even UTF-8: nobody takes it for an answer.
 */
const MARK = [0xff, 0x62] as const;
const LENGTH = 6;

/** @param number from 0 to 2^32 - 1 */
export function formatHeartbeat(number: number): Uint8Array {
  const message = new Uint8Array(LENGTH);
  message.set(MARK);
  new DataView(message.buffer).setUint32(MARK.length, number);
  return message;
}

/** @returns the number of a heartbeat; undefined for any other message */
export function parseHeartbeat(message: Uint8Array): number | undefined {
  const isHeartbeat =
    message.length === LENGTH && MARK.every((byte, index) => message[index] === byte);
  if (!isHeartbeat) return undefined;
  return new DataView(message.buffer, message.byteOffset).getUint32(MARK.length);
}
