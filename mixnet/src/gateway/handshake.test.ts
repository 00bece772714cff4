import { expect, test } from '@jest/globals';
import { hex, networkVectors, unhex } from '../../test/support/vectors.js';
import { signingKeyFromSeed } from '../crypto/ed25519.js';
import { systemRandom } from '../crypto/random.js';
import { x25519 } from '../crypto/sodium.js';
import { answerHandshake, confirmHandshake, deriveSharedKey } from './handshake.js';

const { handshake, nodes } = networkVectors;
const gateway = signingKeyFromSeed(unhex(nodes[0]!.ed25519_private_seed));

/** The recorded gateway drew its ephemeral key and then the nonce 00 01 02 … 0b. */
function answerAsRecorded(init = unhex(handshake.message1)): ReturnType<typeof answerHandshake> {
  const draws = [
    unhex(handshake.gateway_ephemeral_priv),
    Uint8Array.from({ length: 12 }, (_, i) => i),
  ];
  return answerHandshake(init, gateway, () => draws.shift()!);
}

test('the gateway is the one whose registration was recorded', () => {
  expect(hex(gateway.publicKey)).toBe(nodes[0]!.ed25519_public);
});

test('the shared key is the recorded one', () => {
  const agreed = x25519(
    unhex(handshake.gateway_ephemeral_priv),
    unhex(handshake.message1).subarray(32, 64),
  );
  expect(hex(agreed)).toBe(handshake.shared);
  expect(hex(deriveSharedKey(agreed, unhex(handshake.salt)))).toBe(handshake.key);
});

test('the registration of the official client is answered as recorded, and its confirmation taken', () => {
  const { answer, pending } = answerAsRecorded();
  expect(hex(answer)).toBe(handshake.message2);
  expect(hex(pending.sharedKey)).toBe(handshake.key);
  expect(hex(pending.clientIdentity)).toBe(handshake.client_identity);
  expect(() => {
    confirmHandshake(pending, unhex(handshake.message3));
  }).not.toThrow();
});

test('a confirmation with any byte changed is refused', () => {
  const { pending } = answerAsRecorded();
  const confirmation = unhex(handshake.message3);
  for (let i = 0; i < confirmation.length; i++) {
    const changed = confirmation.map((byte, at) => (at === i ? byte ^ 1 : byte));
    expect(() => {
      confirmHandshake(pending, changed);
    }).toThrow('the handshake signature is not valid');
  }
});

test('somebody else’s confirmation is refused', () => {
  const otherIdentity = unhex(handshake.message1).map((byte, i) => (i < 32 ? byte ^ 1 : byte));
  const { pending } = answerAsRecorded(otherIdentity);
  expect(() => {
    confirmHandshake(pending, unhex(handshake.message3));
  }).toThrow('the handshake signature is not valid');
});

test.each([0, 79, 81, 4096])('a first message of %d bytes is refused', (length) => {
  expect(() => answerHandshake(new Uint8Array(length), gateway, systemRandom)).toThrow('length');
});

test('an ephemeral key of low order is refused', () => {
  expect(() => answerHandshake(new Uint8Array(80), gateway, systemRandom)).toThrow('ephemeral key');
});
