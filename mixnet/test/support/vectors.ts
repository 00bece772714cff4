import { readFileSync } from 'node:fs';

/**
 * Known answers. `sphinx-official-packets` were made by the official client; `nym-network-vectors` are one recorded run
 * of it; `sphinx-vectors` were computed from fixed inputs and confirmed with two implementations of X25519. Hexadecimal
 * unless a name says otherwise.
 */

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8'));

export const unhex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

interface HopVector {
  in: string;
  type: 'forward' | 'final';
  version: number;
  replay_tag: string;
  next_hop?: string;
  delay_ns?: string;
  out?: string;
  destination?: string;
  identifier?: string;
  plaintext?: string;
}

export interface PacketVector {
  hops_n: number;
  version: number;
  payload_size: number;
  message: string;
  padding_byte: string;
  packet: string;
  hops: HopVector[];
}

export interface SphinxVectors {
  node_private_keys: string[];
  node_public_keys: string[];
  node_addresses: string[];
  initial_secret: string;
  alpha0: string;
  destination: string;
  identifier: string;
  delays_ns: string[];
  hop1: Record<
    | 'shared_secret'
    | 'stream_key'
    | 'mac_key'
    | 'payload_key_258'
    | 'payload_key_259'
    | 'blinding_factor'
    | 'replay_tag'
    | 'alpha1'
    | 'keystream_360',
    string
  >;
  lioness: Record<'key' | 'plaintext' | 'ciphertext' | 'decrypt_of_plaintext', string>;
  packet_3hops_v259: PacketVector;
  packet_3hops_v258: PacketVector;
  packet_4hops_v259_ack: PacketVector;
  surb_4hops_v259: string;
}

export interface OfficialPacket {
  version: number;
  size: number;
  private_keys: string[];
  packet: string;
  hops: {
    replay_tag: string;
    delay_ns?: string;
    next_hop?: string;
    destination?: string;
    plaintext_len?: number;
    plaintext_sha256?: string;
  }[];
}

interface ChainHop {
  node: number;
  in_sha256?: string;
  packet?: string;
  replay_tag: string;
  next?: string;
  delay_ns?: string;
  dest?: string;
  plaintext?: string;
}

export interface NetworkVectors {
  nodes: {
    id: number;
    ed25519_private_seed: string;
    ed25519_public: string;
    x25519_private: string;
    x25519_public: string;
  }[];
  handshake: Record<
    | 'client_identity'
    | 'salt'
    | 'gateway_ephemeral_priv'
    | 'gateway_ephemeral_pub'
    | 'shared'
    | 'key'
    | 'message1'
    | 'message2'
    | 'message3',
    string
  >;
  authV2: { request: Record<string, unknown>; key: string; signed: string };
  forward: { key: string; frame: string; plaintext: string; rotation: number };
  regular_chain: ChainHop[];
  surb_ack_address: string;
  ack_chain: ChainHop[];
  pushed_message: { key: string; frame: string; plaintext: string };
  pushed_ack: { key: string; frame: string; plaintext: string };
}

// Files of our own: were their shape another, the tests would stumble over it.
export const sphinxVectors = read('sphinx-vectors') as SphinxVectors;
export const officialPackets = read('sphinx-official-packets') as OfficialPacket[];
export const networkVectors = read('nym-network-vectors') as NetworkVectors;
