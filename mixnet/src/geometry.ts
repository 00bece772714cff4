/**
 * Every length of a Nym packet, derived once. The constants are those of the Rust crate `sphinx-packet` 0.6
 * (`src/constants.rs`) and of Nym's `nymsphinx-params` (`packet_sizes.rs`); everything else follows from them.
 */

/** The security parameter of Sphinx, in bytes: keys, MACs and IVs of the header have this length. */
export const SECURITY_PARAMETER_BYTES = 16;
/** A Sphinx header has room for this many hops. */
export const MAX_HOPS = 5;

export const ALPHA_BYTES = 32;
export const GAMMA_BYTES = SECURITY_PARAMETER_BYTES;

export const FLAG_BYTES = 1;
export const VERSION_BYTES = 3;
export const ADDRESS_BYTES = 32;
export const DELAY_BYTES = 8;
export const DESTINATION_BYTES = 32;
export const IDENTIFIER_BYTES = SECURITY_PARAMETER_BYTES;

/** What a forwarding hop reads: flag, version, next address, delay. */
export const FORWARD_BLOCK_BYTES = FLAG_BYTES + VERSION_BYTES + ADDRESS_BYTES + DELAY_BYTES;
/** What the last hop reads: flag, version, destination, identifier. */
export const FINAL_BLOCK_BYTES = FLAG_BYTES + VERSION_BYTES + DESTINATION_BYTES + IDENTIFIER_BYTES;
/** One slot of beta: a forward block and the MAC of the next header. */
export const STEP_BYTES = FORWARD_BLOCK_BYTES + GAMMA_BYTES;
export const BETA_BYTES = MAX_HOPS * STEP_BYTES;
/** A hop decrypts beta followed by one slot of zeros, so that what it sends on is as long as what it got. */
export const ROUTING_STREAM_BYTES = BETA_BYTES + STEP_BYTES;
export const HEADER_BYTES = ALPHA_BYTES + GAMMA_BYTES + BETA_BYTES;

export const STREAM_KEY_BYTES = SECURITY_PARAMETER_BYTES;
export const MAC_KEY_BYTES = SECURITY_PARAMETER_BYTES;
export const PAYLOAD_KEY_BYTES = 192;
export const PAYLOAD_KEY_SEED_BYTES = SECURITY_PARAMETER_BYTES;
export const BLINDING_FACTOR_BYTES = 32;
export const REPLAY_TAG_BYTES = 32;
/** What one shared secret is expanded to. */
export const EXPANDED_SECRET_BYTES =
  STREAM_KEY_BYTES + MAC_KEY_BYTES + PAYLOAD_KEY_BYTES + BLINDING_FACTOR_BYTES + REPLAY_TAG_BYTES;

/** A payload begins with this many zero bytes: the only sign by which the last hop knows that it is intact. */
export const PAYLOAD_ZERO_BYTES = SECURITY_PARAMETER_BYTES;
/** Leading zeros and the marker byte that ends the plaintext. */
export const PAYLOAD_OVERHEAD_BYTES = PAYLOAD_ZERO_BYTES + 1;
/** LIONESS splits a block into 32 bytes and a rest that must not be empty. */
export const LIONESS_LEFT_BYTES = 32;
export const MIN_PAYLOAD_BYTES = LIONESS_LEFT_BYTES + 1;
export const MIN_PACKET_BYTES = HEADER_BYTES + MIN_PAYLOAD_BYTES;

export interface PacketSize {
  readonly name: 'regular' | 'ack' | 'extended32' | 'extended8' | 'extended16';
  /** How the size is named in a frame between nodes. */
  readonly tag: number;
  readonly plaintextBytes: number;
  readonly payloadBytes: number;
  readonly packetBytes: number;
}

const sizeOf = (name: PacketSize['name'], tag: number, plaintextBytes: number): PacketSize => {
  const payloadBytes = plaintextBytes + PAYLOAD_OVERHEAD_BYTES;
  return { name, tag, plaintextBytes, payloadBytes, packetBytes: HEADER_BYTES + payloadBytes };
};

/** An ack carries an IV and an encrypted fragment identifier. */
export const ACK_PLAINTEXT_BYTES = 16 + 5;

export const REGULAR = sizeOf('regular', 1, 2048);
export const ACK = sizeOf('ack', 2, ACK_PLAINTEXT_BYTES);
export const EXTENDED32 = sizeOf('extended32', 3, 32 * 1024);
export const EXTENDED8 = sizeOf('extended8', 4, 8 * 1024);
export const EXTENDED16 = sizeOf('extended16', 5, 16 * 1024);

/** All the sizes in which a Sphinx packet may travel. Tags 6 and 7 are Outfox, another format, which is refused. */
export const PACKET_SIZES: readonly PacketSize[] = [
  REGULAR,
  ACK,
  EXTENDED32,
  EXTENDED8,
  EXTENDED16,
];
export const MAX_PACKET_BYTES = Math.max(...PACKET_SIZES.map((size) => size.packetBytes));

const bySizeTag = new Map(PACKET_SIZES.map((size) => [size.tag, size]));
const byPacketBytes = new Map(PACKET_SIZES.map((size) => [size.packetBytes, size]));

export const packetSizeByTag = (tag: number): PacketSize | undefined => bySizeTag.get(tag);
export const packetSizeByLength = (bytes: number): PacketSize | undefined =>
  byPacketBytes.get(bytes);

/** A node address takes 7 bytes (IPv4) or 19 (IPv6), unless it is padded. */
export const IPV4_ADDRESS_BYTES = 1 + 2 + 4;
export const IPV6_ADDRESS_BYTES = 1 + 2 + 16;
/** In front of every message travels a ready-made ack: the first hop's padded address and the packet to send there. */
export const SURB_ACK_BYTES = IPV6_ADDRESS_BYTES + ACK.packetBytes;
