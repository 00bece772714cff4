import { ed25519 } from '@noble/curves/ed25519.js';
import { parseNymAddress } from '@pastenym/shared/nym-address';
import fc from 'fast-check';
import type { ClientRequest, JsonRequest, ServerResponse } from '../../src/protocol/messages.js';
import { ERROR_KINDS, type ErrorKind } from '../../src/protocol/protocol-error.js';

/** The address of nym-client's own unit tests (nymtech/nym, clients/native/websocket-requests). */
export const EXAMPLE_ADDRESS_TEXT =
  'CytBseW6yFXUMzz4SGAKdNLGR7q3sJLLYxyBGvutNEQV.4QXYyEVc5fUDjmmi8PrHN9tdUFV4PCvSJE1278cHyvoe@4sBbL1ngf1vtNqykydQKTFh26sQCw888GpUqvPvyNB4f';
export const EXAMPLE_ADDRESS = parseNymAddress(EXAMPLE_ADDRESS_TEXT);

const identities = Array.from({ length: 8 }, (_, i) =>
  ed25519.getPublicKey(new Uint8Array(32).fill(i)),
);

const u64 = fc.bigInt(0n, 2n ** 64n - 1n);
const bytes = fc.uint8Array({ maxLength: 300 });
const senderTag = fc.uint8Array({ minLength: 16, maxLength: 16 });
const address = fc.record({
  identity: fc.constantFrom(...identities),
  encryption: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  gateway: fc.constantFrom(...identities),
});
const text = fc.string({ unit: 'grapheme' }).map((s) => new TextEncoder().encode(s));

/** Binary 0 means "no lane", so a lane in a binary request is never 0. */
const lane = fc.option(fc.bigInt(1n, 2n ** 64n - 1n), { nil: undefined });

function messages(message: fc.Arbitrary<Uint8Array>, connectionId: typeof lane) {
  return fc.oneof(
    fc.record({
      type: fc.constant('send' as const),
      recipient: address,
      message,
      connectionId,
    }),
    fc.record({
      type: fc.constant('sendAnonymous' as const),
      recipient: address,
      message,
      replySurbs: fc.nat(0xffff_ffff),
      connectionId,
    }),
    fc.record({ type: fc.constant('reply' as const), senderTag, message, connectionId }),
    fc.constant({ type: 'selfAddress' as const }),
  );
}

export const binaryRequest: fc.Arbitrary<ClientRequest> = fc.oneof(
  messages(bytes, lane),
  fc.record({
    type: fc.constantFrom('closedConnection' as const, 'getLaneQueueLength' as const),
    connectionId: u64,
  }),
);

export const jsonRequest: fc.Arbitrary<JsonRequest> = messages(
  text,
  fc.option(u64, { nil: undefined }),
);

function responses(message: fc.Arbitrary<Uint8Array>): fc.Arbitrary<ServerResponse> {
  return fc.oneof(
    fc.record({
      type: fc.constant('received' as const),
      message,
      senderTag: fc.option(senderTag, { nil: undefined }),
    }),
    fc.record({ type: fc.constant('selfAddress' as const), address }),
    fc.record({ type: fc.constant('laneQueueLength' as const), lane: u64, queueLength: u64 }),
    fc.record({
      type: fc.constant('error' as const),
      kind: fc.constantFrom(...(Object.keys(ERROR_KINDS) as ErrorKind[])),
      message: fc.string({ unit: 'grapheme' }),
    }),
  );
}

export const binaryResponse = responses(bytes);
export const jsonResponse = responses(text);
