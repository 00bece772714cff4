import { expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import {
  createPasswordParameters,
  formatPasswordParameters,
  parsePasswordParameters,
  stretchPassword,
} from './password.js';

/** Argon2id takes its time, on purpose, and more of it on a busy machine. */
jest.setTimeout(30_000);

test('a password is stretched as other implementations of Argon2id do it', async () => {
  const parameters = {
    salt: new Uint8Array(16).fill(1),
    memoryKiB: 65_536,
    iterations: 3,
    parallelism: 1,
  };
  const key = await stretchPassword('pw', parameters);
  // What @noble/hashes 2.4 makes of the same input.
  expect(Buffer.from(key).toString('hex')).toBe(
    '6cc8330b81cc4258e0806d00d18523028996d710cd2bebfc703ab616a18ea0f6',
  );
});

test('parameters come back from a link as they went in', () => {
  const parameters = fc.record({
    salt: fc.uint8Array({ minLength: 16, maxLength: 16 }),
    memoryKiB: fc.integer({ min: 65_536, max: 262_144 }),
    iterations: fc.integer({ min: 3, max: 10 }),
    parallelism: fc.integer({ min: 1, max: 4 }),
  });
  fc.assert(
    fc.property(parameters, (it) => {
      expect(parsePasswordParameters(formatPasswordParameters(it))).toEqual(it);
    }),
  );
});

test.each([
  ['too little memory', { memoryKiB: 1024 }],
  ['all the memory of a reader', { memoryKiB: 16 * 1024 * 1024 }],
  ['one iteration', { iterations: 1 }],
  ['a thousand iterations', { iterations: 200 }],
  ['no lane', { parallelism: 0 }],
  ['many lanes', { parallelism: 16 }],
])('%s is refused before any work is done', async (_, change) => {
  const parameters = { ...createPasswordParameters(), ...change };
  const refused = expect.objectContaining({ code: 'bad-params' });
  expect(() => parsePasswordParameters(formatPasswordParameters(parameters))).toThrow(refused);
  await expect(stretchPassword('password', parameters)).rejects.toMatchObject({
    code: 'bad-params',
  });
});

test('an empty password and an endless one are refused', async () => {
  for (const password of ['', 'x'.repeat(1025)]) {
    await expect(stretchPassword(password, createPasswordParameters())).rejects.toMatchObject({
      code: 'bad-params',
    });
  }
});

test('every paste gets a salt of its own', () => {
  expect(createPasswordParameters().salt).not.toEqual(createPasswordParameters().salt);
});
