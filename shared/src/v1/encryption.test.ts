import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import sjcl from 'sjcl';
import type { EncryptionParameters } from './encryption-parameters.js';
import { createPassphrase, openText, sealText } from './encryption.js';

/** One paste as the original's web page made it, and one as its command line client did. */
const PASTES = [
  {
    madeBy: 'the web page',
    passphrase: 'b2d6ae002a1674daa43a07be7fc4f01c',
    saltHex: '0001020304050607',
    ivHex: '000102030405060708090a0b',
    plaintext: '{"text":"Hello mixnet! é😀 <b>&amp;</b>","file":null}',
    text: 'tlvI2drD5O1jjbrB70hwqZKZ21q8a9IyBw5SsIe4+KsaW0eCuRoViReP3v0PgUQQ9BKToojbVp56ZlZEGNNhVivGJ3pJCwue',
    salt: 'AAECAwQFBgc=',
    iv: 'AAECAwQFBgcICQoL',
  },
  {
    madeBy: 'the command line client',
    passphrase: 'b5hstfjtd6ojkuwsj9a46di964qreocf',
    saltHex: 'a1b2c3d4e5f60718',
    ivHex: 'f0e0d0c0b0a0908070605040',
    plaintext:
      '{"text":"hi \\u003c3","file":{"data":"SGVsbG8=","filename":"a.txt","mimeType":"text/plain; charset=utf-8"}}',
    text: 'ALEPGTQ4L6Rurix4we7B4TlOAmq1emQ62G0p/svo8BwUhF7Zb8aRBlU44pTkvc/0VBgZXzXLrj1vAIxyOL7eLRkyV2exaBdNnBx3mEhk5x96MI4fO/l4XGrlz1tKk48D7CbqI0BJX2fbrnBqWcZJHJ4mAlWLvSdLSBw=',
    salt: 'obLD1OX2Bxg=',
    iv: '8ODQwLCgkIBwYFBA',
  },
] as const;

const COMMON = {
  v: 1,
  iter: 10_000,
  ks: 256,
  ts: 128,
  mode: 'gcm',
  adata: '',
  cipher: 'aes',
} as const;
const parameters = (paste: { iv: string; salt: string }): EncryptionParameters => ({
  iv: paste.iv,
  ...COMMON,
  salt: paste.salt,
});

/** sjcl's own JSON form, which holds parameters and ciphertext in one object. Its typings say `{}`. */
const sjclDecrypt = (passphrase: string, sealed: { text: string; encParams: object }) =>
  sjcl.decrypt(passphrase, JSON.stringify({ ...sealed.encParams, ct: sealed.text }));
const sjclEncrypt = (passphrase: string, plaintext: string, options: object) => {
  const { ct, ...encParams } = JSON.parse(
    sjcl.encrypt(passphrase, plaintext, { ...options } as never) as unknown as string,
  ) as { ct: string } & EncryptionParameters;
  return { text: ct, encParams };
};

describe.each(PASTES)('a paste of $madeBy', (paste) => {
  test('is opened with its key', async () => {
    const opened = openText({ text: paste.text, encParams: parameters(paste) }, paste.passphrase);
    await expect(opened).resolves.toBe(paste.plaintext);
  });

  test('is what we make of the same salt and IV', async () => {
    const bytes = [paste.saltHex, paste.ivHex].map((hex) =>
      Uint8Array.from(Buffer.from(hex, 'hex')),
    );
    const sealed = await sealText(paste.plaintext, paste.passphrase, () => bytes.shift()!);
    expect(sealed).toEqual({ text: paste.text, encParams: parameters(paste) });
  });

  test('is what sjcl makes of the same salt and IV', () => {
    const options = {
      ...COMMON,
      iv: sjcl.codec.hex.toBits(paste.ivHex),
      salt: sjcl.codec.hex.toBits(paste.saltHex),
    };
    expect(sjclEncrypt(paste.passphrase, paste.plaintext, options).text).toBe(paste.text);
  });

  test('stays closed to another key, to a key in capitals, and to no key', async () => {
    const sealed = { text: paste.text, encParams: parameters(paste) };
    for (const key of ['0'.repeat(32), paste.passphrase.toUpperCase(), '']) {
      await expect(openText(sealed, key)).rejects.toMatchObject({ code: 'wrong-key' });
    }
  });

  test('that was damaged anywhere stays closed', async () => {
    for (const at of [0, 30, paste.text.length - 10]) {
      const other = paste.text[at] === 'A' ? 'B' : 'A';
      const text = paste.text.slice(0, at) + other + paste.text.slice(at + 1);
      const opened = openText({ text, encParams: parameters(paste) }, paste.passphrase);
      await expect(opened).rejects.toMatchObject({ code: 'wrong-key' });
    }
  });
});

test('what we seal, sjcl opens, whatever the text', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (plaintext) => {
      const passphrase = createPassphrase();
      expect(sjclDecrypt(passphrase, await sealText(plaintext, passphrase))).toBe(plaintext);
    }),
    { numRuns: 10 },
  );
});

test('what sjcl seals, we open, whatever the text, with its own choice of IV and strength too', async () => {
  const options = fc.record({
    mode: fc.constant('gcm'),
    iter: fc.constantFrom(101, 10_000),
    ks: fc.constantFrom(128, 192, 256),
    ts: fc.constantFrom(64, 96, 128),
  });
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), options, async (plaintext, chosen) => {
      const passphrase = createPassphrase();
      const sealed = sjclEncrypt(passphrase, plaintext, chosen);
      await expect(openText(sealed, passphrase)).resolves.toBe(plaintext);
    }),
    { numRuns: 20 },
  );
});

test.each([
  ['another mode', { mode: 'ccm' as const }],
  ['hardly any iterations', { iter: 100 }],
  ['a negative number of iterations', { iter: -10_000 }],
  ['more iterations than a reader should suffer', { iter: 1_000_001 }],
])('a paste with %s is refused before any work is done', async (_, change) => {
  const sealed = { text: PASTES[0].text, encParams: { ...parameters(PASTES[0]), ...change } };
  await expect(openText(sealed, PASTES[0].passphrase)).rejects.toMatchObject({
    code: 'bad-params',
  });
});

test('a strength that the browser does not have is refused in words', async () => {
  // Chromium has no AES-192 and says so when the key is derived; Node has it, so this stands in for Chromium.
  const deriveKey = jest.spyOn(crypto.subtle, 'deriveKey');
  deriveKey.mockRejectedValue(new DOMException('192-bit AES keys', 'OperationError'));
  try {
    const sealed = {
      text: PASTES[0].text,
      encParams: { ...parameters(PASTES[0]), ks: 192 as const },
    };
    await expect(openText(sealed, 'key')).rejects.toMatchObject({ code: 'bad-params' });
  } finally {
    deriveKey.mockRestore();
  }
});

test('a text that is not base64 is a damaged paste', async () => {
  const sealed = { text: '!!', encParams: parameters(PASTES[0]) };
  await expect(openText(sealed, 'key')).rejects.toMatchObject({ code: 'bad-paste' });
});

test('every paste gets a key, a salt and an IV of its own', async () => {
  const passphrases = new Set(Array.from({ length: 100 }, () => createPassphrase()));
  expect(passphrases.size).toBe(100);
  const [a, b] = await Promise.all([sealText('x', 'key'), sealText('x', 'key')]);
  expect(a.encParams.iv).not.toBe(b.encParams.iv);
  expect(a.encParams.salt).not.toBe(b.encParams.salt);
  expect(a.text).not.toBe(b.text);
});
