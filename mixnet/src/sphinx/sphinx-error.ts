/** Why a packet or its ingredients are refused. A node drops all of them alike; tests and developers can tell. */
export const SPHINX_ERRORS = {
  'packet-length': 'the packet is too short to hold a header and a payload',
  'key-length': 'an X25519 key must have 32 bytes',
  'bad-alpha': 'alpha is a point of low order',
  'bad-mac': 'the MAC of the header does not match',
  'bad-flag': 'the routing information names neither a next hop nor a destination',
  'bad-payload': 'the payload was tampered with or is not padded as it must be',
  'bad-address': 'this is not a node address',
  'bad-route': 'a route has one to five hops, each with a 32-byte address and a 32-byte key',
  'plaintext-length': 'the plaintext does not fit into the payload',
  'surb-length': 'the reply block has none of the lengths that a reply block can have',
} as const;

export type SphinxErrorCode = keyof typeof SPHINX_ERRORS;

export class SphinxError extends Error {
  override readonly name = 'SphinxError';
  readonly code: SphinxErrorCode;

  constructor(code: SphinxErrorCode, options?: ErrorOptions) {
    super(SPHINX_ERRORS[code], options);
    this.code = code;
  }
}
