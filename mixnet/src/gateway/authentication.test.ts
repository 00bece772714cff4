import { expect, test } from '@jest/globals';
import { base58 } from '@scure/base';
import { hex, networkVectors, unhex } from '../../test/support/vectors.js';
import { seal } from '../crypto/aead.js';
import { systemRandom } from '../crypto/random.js';
import { claimOfV1, claimOfV2, signedBytes, verifyClaim, verifyV2 } from './authentication.js';
import {
  type AuthenticateV1,
  type AuthenticateV2,
  parseControlMessage,
} from './control-messages.js';

const { authV2 } = networkVectors;
const key = unhex(authV2.key);

function recorded(): AuthenticateV2 {
  const message = parseControlMessage(Buffer.from(JSON.stringify(authV2.request)));
  if (message.type !== 'authenticateV2') throw new Error('not the vector that it was');
  return message;
}

const request = recorded();
const atThatTimeMs = request.requestUnixTimestamp * 1000;

test('the recorded request of the official client is taken', () => {
  expect(hex(signedBytes(request))).toBe(authV2.signed);
  expect(() => {
    verifyV2(request, atThatTimeMs);
    verifyClaim(claimOfV2(request), key);
  }).not.toThrow();
});

test.each([
  ['a clock that is an hour late', atThatTimeMs + 3_600_000],
  ['a clock that is an hour early', atThatTimeMs - 3_600_000],
])('a client with %s is told so', (_, nowMs) => {
  expect(() => {
    verifyV2(request, nowMs);
  }).toThrow('its clock is wrong');
});

const flip = (bytes: Uint8Array): Uint8Array => bytes.map((byte, i) => (i === 3 ? byte ^ 1 : byte));

test.each<[string, Partial<AuthenticateV2>]>([
  ['identity', { clientIdentity: flip(request.clientIdentity) }],
  ['sealed identity', { addressCiphertext: flip(request.addressCiphertext) }],
  ['nonce', { nonce: flip(request.nonce) }],
  ['time', { requestUnixTimestamp: request.requestUnixTimestamp + 1 }],
  ['version', { protocolVersion: 5 }],
  ['signature', { requestSignature: flip(request.requestSignature) }],
])('a request with another %s than was signed is refused', (_, change) => {
  expect(() => {
    verifyV2({ ...request, ...change }, atThatTimeMs);
  }).toThrow('the signature is not valid');
});

test('a client that is not registered is told so in the words of a real gateway', () => {
  expect(() => {
    verifyClaim(claimOfV2(request), undefined);
  }).toThrow('failed to authenticate the client: the client is not registered');
});

test('a client with another shared key is refused', () => {
  expect(() => {
    verifyClaim(claimOfV2(request), flip(key));
  }).toThrow('the shared key is another one');
});

const identity = systemRandom(32);
const sealed = seal(key, identity, systemRandom);
const version1: AuthenticateV1 = {
  type: 'authenticate',
  protocol_version: 3,
  address: base58.encode(identity),
  enc_address: base58.encode(sealed.ciphertext),
  iv: base58.encode(sealed.nonce),
};

test('a request of version 1 is taken', () => {
  expect(() => {
    verifyClaim(claimOfV1(version1), key);
  }).not.toThrow();
});

test.each<[string, Partial<AuthenticateV1>]>([
  ['a key that is not base58', { address: 'l0l' }],
  ['a key that is too long', { enc_address: 'z'.repeat(1000) }],
  ['another identity', { address: base58.encode(systemRandom(32)) }],
  ['a nonce of another length', { iv: base58.encode(new Uint8Array(16)) }],
  ['nothing in it', { address: '', enc_address: '', iv: '' }],
])('a request of version 1 with %s is refused', (_, change) => {
  expect(() => {
    verifyClaim(claimOfV1({ ...version1, ...change }), key);
  }).toThrow('failed to authenticate the client');
});
