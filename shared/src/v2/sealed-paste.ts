import { concatBytes } from '../bytes.js';
import { AppError } from '../errors.js';
import { secureRandom, type RandomBytes } from '../random.js';
import { MAX_CONTAINER_BYTES, packContent, unpackContent, type PasteContent } from './container.js';
import {
  derivePasteKeys,
  hashProof,
  LINK_SECRET_BYTES,
  type KeyUse,
  type PasteKeys,
} from './keys.js';
import { MAX_PASTE_BYTES, type RequestData } from './messages.js';
import { createPasswordParameters, stretchPassword, type PasswordParameters } from './password.js';
import { openRecord, sealedLength, type VisibleParameters } from './records.js';
import { sealRecords } from './seal-records.js';

/** A paste that is ready to be sent, and what its link must carry. */
export interface SealedPaste {
  secret: Uint8Array;
  password: PasswordParameters | undefined;
  /** Everything of `createPaste` but the content and the price. */
  request: Omit<RequestData<'createPaste'>, 'content' | 'puzzle'>;
  chunks: Uint8Array<ArrayBuffer>[];
}

export interface SealOptions {
  views: number;
  expiresInSeconds: number;
  password?: string | undefined;
  /** How large it may be once it is sealed: what the service says in `info`. */
  mostBytes?: number | undefined;
  random?: RandomBytes;
}

/**
 * Seals a paste under a secret that is drawn here.
 * @throws AppError `bad-paste`, `paste-too-large`, `bad-params` (of the password, or views and expiry that are no such numbers)
 */
export async function sealPaste(content: PasteContent, options: SealOptions): Promise<SealedPaste> {
  const { views, expiresInSeconds, mostBytes = MAX_PASTE_BYTES, random = secureRandom } = options;
  const packed = await packContent(content);
  if (sealedLength(packed.length) > mostBytes) throw new AppError('paste-too-large');
  const secret = random(LINK_SECRET_BYTES);
  const password = options.password === undefined ? undefined : createPasswordParameters(random);
  const keys = await deriveKeys('seal', secret, password, options.password);
  const chunks = await sealRecords(packed, keys.contentKey, { views, expiresInSeconds });
  return {
    secret,
    password,
    chunks,
    request: {
      accessHash: await hashProof(keys.accessProof),
      deleteHash: await hashProof(keys.deleteProof),
      views,
      expiresInSeconds,
      size: chunks.reduce((total, chunk) => total + chunk.length, 0),
      contentHash: await hashContent(chunks),
    },
  };
}

/**
 * The keys of a paste whose link is at hand: they open, prove and destroy it, and seal nothing.
 * @throws AppError `bad-params` when the link asks for a password and there is none
 */
export function unlock(
  secret: Uint8Array,
  parameters: PasswordParameters | undefined,
  password: string | undefined,
): Promise<PasteKeys> {
  return deriveKeys('open', secret, parameters, password);
}

async function deriveKeys(
  use: KeyUse,
  secret: Uint8Array,
  parameters: PasswordParameters | undefined,
  password: string | undefined,
): Promise<PasteKeys> {
  if (parameters === undefined) return derivePasteKeys(use, secret);
  if (password === undefined)
    throw new AppError('bad-params', { detail: 'A password is missing.' });
  return derivePasteKeys(use, secret, await stretchPassword(password, parameters));
}

/**
 * @param mostBytes what it may become when it is inflated
 * @throws AppError `wrong-key`, `bad-paste`, `paste-too-large`, `bad-params` (views and expiry that no author can have asked for)
 */
export async function openPaste(
  chunks: readonly Uint8Array[],
  contentKey: CryptoKey,
  visible: Omit<VisibleParameters, 'chunks'>,
  mostBytes = MAX_CONTAINER_BYTES,
): Promise<PasteContent> {
  const parameters = { ...visible, chunks: chunks.length };
  const records = await Promise.all(
    chunks.map((chunk, index) => openRecord(chunk, index, contentKey, parameters)),
  );
  return unpackContent(concatBytes(...records), mostBytes);
}

/** SHA-256 over the SHA-256 of each chunk, so that the service can check a paste whose chunks come one by one, in any order. */
export async function hashContent(chunks: readonly Uint8Array[]): Promise<Uint8Array<ArrayBuffer>> {
  const hashes = await Promise.all(chunks.map(sha256));
  return sha256(concatBytes(...hashes));
}

async function sha256(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', Uint8Array.from(bytes)));
}
