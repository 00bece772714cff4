import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hex, sphinxVectors, unhex } from '../../test/support/vectors.js';
import { lionessDecrypt, lionessEncrypt } from './lioness.js';

const { lioness } = sphinxVectors;
const key = unhex(lioness.key);

test('a block encrypts to the known answer', () => {
  const block = unhex(lioness.plaintext);
  lionessEncrypt(key, block);
  expect(hex(block)).toBe(lioness.ciphertext);
});

test('a block decrypts to the known answer', () => {
  const block = unhex(lioness.plaintext);
  lionessDecrypt(key, block);
  expect(hex(block)).toBe(lioness.decrypt_of_plaintext);
});

const anyKey = fc.uint8Array({ minLength: 192, maxLength: 192 });
const anyBlock = fc.uint8Array({ minLength: 33, maxLength: 3000 });

test('decryption undoes encryption for every key and block', () => {
  fc.assert(
    fc.property(anyKey, anyBlock, (someKey, original) => {
      const block = Uint8Array.from(original);
      lionessEncrypt(someKey, block);
      lionessDecrypt(someKey, block);
      expect(block).toEqual(original);
    }),
  );
});

test('one bit changed anywhere in a ciphertext changes the plaintext everywhere', () => {
  fc.assert(
    fc.property(anyKey, fc.nat(2064), (someKey, position) => {
      const block = new Uint8Array(2065);
      lionessEncrypt(someKey, block);
      block[position]! ^= 1;
      lionessDecrypt(someKey, block);
      const zeros = block.filter((byte) => byte === 0).length;
      // 8 of 2065 random bytes are zero; of an untouched half, a thousand would be.
      expect(zeros).toBeLessThan(60);
    }),
  );
});
