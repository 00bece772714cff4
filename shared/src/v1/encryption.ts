import { base64 } from '@scure/base';
import { decodeBase64Text } from '../base64.js';
import { AppError } from '../errors.js';
import { secureRandom, type RandomBytes } from '../random.js';
import type { EncryptionParameters } from './encryption-parameters.js';

/**
 * The encryption of version 1, as sjcl's `encrypt` with mode gcm does it: PBKDF2-HMAC-SHA-256 over the passphrase (RFC 8018 §5.2), AES-GCM
 * (NIST SP 800-38D) without associated data, tag behind the ciphertext, all of it base64.
 * 10,000 iterations are few, but the passphrase is not a person's: it is a random key in the link.
 */
const ITERATIONS = 10_000;
const KEY_BITS = 256;
const TAG_BITS = 128;
const SALT_BYTES = 8;
const IV_BYTES = 12;
const PASSPHRASE_BYTES = 32;

/** sjcl takes no fewer. */
const MIN_ITERATIONS = 101;
/** A hostile service must not be able to keep a reader's processor busy for ever. */
const MAX_ITERATIONS = 1_000_000;

export interface SealedText {
  /** base64 of ciphertext and tag */
  text: string;
  encParams: EncryptionParameters;
}

/** A fresh key for a link: 256 random bits, as lower-case hexadecimal, which no program changes on the way. */
export function createPassphrase(random: RandomBytes = secureRandom): string {
  return Array.from(random(PASSPHRASE_BYTES), (b) => b.toString(16).padStart(2, '0')).join('');
}

/** Encrypts, with a salt and an IV that are drawn here, so that none can be used twice. */
export async function sealText(
  plaintext: string,
  passphrase: string,
  random: RandomBytes = secureRandom,
): Promise<SealedText> {
  const salt = random(SALT_BYTES);
  const iv = random(IV_BYTES);
  const encParams: EncryptionParameters = {
    iv: base64.encode(iv),
    v: 1,
    iter: ITERATIONS,
    ks: KEY_BITS,
    ts: TAG_BITS,
    mode: 'gcm',
    adata: '',
    cipher: 'aes',
    salt: base64.encode(salt),
  };
  const key = await deriveKey(passphrase, encParams, 'encrypt');
  const ciphertext = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, tagLength: TAG_BITS },
    key,
    new TextEncoder().encode(plaintext),
  );
  return { text: base64.encode(new Uint8Array(ciphertext)), encParams };
}

/**
 * Decrypts what `sealText`, the original's web page or its command line client made.
 * @throws AppError `bad-params` (a mode or strength that is not served here), `wrong-key` (or the text is damaged: GCM cannot tell)
 */
export async function openText(sealed: SealedText, passphrase: string): Promise<string> {
  const { encParams } = sealed;
  if (encParams.mode !== 'gcm') {
    throw new AppError('bad-params', { detail: `Mode ${encParams.mode} is not supported.` });
  }
  if (encParams.iter < MIN_ITERATIONS || encParams.iter > MAX_ITERATIONS) {
    throw new AppError('bad-params', { detail: `${encParams.iter} iterations are refused.` });
  }
  const key = await deriveKey(passphrase, encParams, 'decrypt');
  const algorithm = {
    name: 'AES-GCM',
    iv: decodeBase64(encParams.iv),
    tagLength: encParams.ts,
  };
  const ciphertext = decodeBase64(sealed.text);
  let plaintext: ArrayBuffer;
  try {
    plaintext = await crypto.subtle.decrypt(algorithm, key, ciphertext);
  } catch (cause) {
    throw new AppError('wrong-key', { cause });
  }
  return decodeUtf8(plaintext);
}

async function deriveKey(
  passphrase: string,
  { salt, iter, ks }: Pick<EncryptionParameters, 'salt' | 'iter' | 'ks'>,
  use: 'encrypt' | 'decrypt',
): Promise<CryptoKey> {
  const secret = new TextEncoder().encode(passphrase);
  const algorithm = {
    name: 'PBKDF2',
    hash: 'SHA-256',
    salt: decodeBase64(salt),
    iterations: iter,
  };
  const material = await crypto.subtle.importKey('raw', secret, 'PBKDF2', false, ['deriveKey']);
  const aes = { name: 'AES-GCM', length: ks };
  try {
    return await crypto.subtle.deriveKey(algorithm, material, aes, false, [use]);
  } catch (cause) {
    // Chromium has no AES-192.
    throw new AppError('bad-params', { detail: `Keys of ${ks} bits are not supported.`, cause });
  }
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const bytes = decodeBase64Text(text);
  if (bytes === undefined) throw new AppError('bad-paste', { detail: 'It is not base64.' });
  return bytes;
}

function decodeUtf8(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new AppError('bad-paste', { detail: 'It is not text.', cause });
  }
}
