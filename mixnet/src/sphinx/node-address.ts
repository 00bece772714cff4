import { isIPv4 } from 'node:net';
import { ADDRESS_BYTES, IPV4_ADDRESS_BYTES, IPV6_ADDRESS_BYTES } from '../geometry.js';
import { SphinxError } from './sphinx-error.js';

/**
 * Nym's `NymNodeRoutingAddress` (crate `nymsphinx-addressing`, `src/nodes.rs`): a literal socket address,
 * `type | port (big-endian) | IP`, of 7 bytes for IPv4 and 19 for IPv6, zero-padded to 32 bytes in a Sphinx header and
 * to 19 in front of an ack.
 */

const IPV4_TYPE = 4;
const IPV6_TYPE = 6;
const BYTES_BY_TYPE = new Map([
  [IPV4_TYPE, IPV4_ADDRESS_BYTES],
  [IPV6_TYPE, IPV6_ADDRESS_BYTES],
]);
const MAX_PORT = 0xffff;

/** The 32-byte form of an IPv4 socket address. */
export function formatNodeAddress(ip: string, port: number): Uint8Array {
  if (!isIPv4(ip) || !Number.isInteger(port) || port < 0 || port > MAX_PORT) {
    throw new SphinxError('bad-address');
  }
  const address = new Uint8Array(ADDRESS_BYTES);
  address.set([IPV4_TYPE, port >> 8, port & 0xff, ...ip.split('.').map(Number)]);
  return address;
}

/**
 * Cuts an unpadded address off the front of `bytes`.
 * @returns the address padded to 32 bytes, and how many bytes it took
 * @throws SphinxError `bad-address` when the type is unknown or bytes are missing
 */
export function takeNodeAddress(bytes: Uint8Array): { address: Uint8Array; bytesTaken: number } {
  const bytesTaken = BYTES_BY_TYPE.get(bytes[0] ?? 0);
  if (bytesTaken === undefined || bytes.length < bytesTaken) throw new SphinxError('bad-address');
  const address = new Uint8Array(ADDRESS_BYTES);
  address.set(bytes.subarray(0, bytesTaken));
  return { address, bytesTaken };
}

/** The address without its padding: 7 or 19 bytes, as a view. */
export function trimNodeAddress(address: Uint8Array): Uint8Array {
  return address.subarray(0, takeNodeAddress(address).bytesTaken);
}
