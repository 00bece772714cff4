import { expect, test } from '@jest/globals';
import { hex, sphinxVectors, unhex } from '../../test/support/vectors.js';
import { x25519, x25519PublicKey } from '../crypto/sodium.js';
import { expandSharedSecret, payloadKey, xorHeaderStream } from './key-schedule.js';

const { hop1 } = sphinxVectors;
const keys = expandSharedSecret(unhex(hop1.shared_secret));

test('a hop and a sender derive the shared secret of the known answer', () => {
  const [nodeKey] = sphinxVectors.node_private_keys;
  const alpha = x25519PublicKey(unhex(sphinxVectors.initial_secret));
  expect(hex(alpha)).toBe(sphinxVectors.alpha0);
  expect(hex(x25519(unhex(nodeKey!), alpha))).toBe(hop1.shared_secret);
  expect(hex(x25519(keys.blindingFactor, alpha))).toBe(hop1.alpha1);
});

test('a shared secret expands to the keys of the known answer', () => {
  expect(hex(keys.streamKey)).toBe(hop1.stream_key);
  expect(hex(keys.macKey)).toBe(hop1.mac_key);
  expect(hex(keys.blindingFactor)).toBe(hop1.blinding_factor);
  expect(hex(keys.replayTag)).toBe(hop1.replay_tag);
});

test.each([1, 257, 258])('version %d takes the payload key as it is', (version) => {
  expect(hex(payloadKey(keys.payloadMaterial, version))).toBe(hop1.payload_key_258);
});

test('version 259 expands the payload key from its first 16 bytes', () => {
  expect(hex(payloadKey(keys.payloadMaterial, 259))).toBe(hop1.payload_key_259);
});

test('the header stream is that of the known answer', () => {
  expect(hex(xorHeaderStream(keys.streamKey, new Uint8Array(360)))).toBe(hop1.keystream_360);
});
