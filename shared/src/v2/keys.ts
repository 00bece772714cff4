import { concatBytes } from '../bytes.js';
import { AppError } from '../errors.js';

/**
 * Everything that opens, proves or destroys a paste comes from the secret in its link, by HKDF-SHA-256 (RFC 5869), each under a label of its own. With a password, what
 * Argon2id made of it is part of the input, so that without it nothing can be derived: neither the key nor the proofs.
 */
const SALT = 'pastenym/v2';
const LABELS = {
  content: 'pastenym/v2 content key',
  access: 'pastenym/v2 access proof',
  delete: 'pastenym/v2 delete proof',
} as const;

/** The secret of a link. */
export const LINK_SECRET_BYTES = 32;
export const CONTENT_KEY_BYTES = 32;
export const PROOF_BYTES = 32;
export const PASSWORD_KEY_BYTES = 32;

export interface PasteKeys {
  /** AES-256-GCM; either opens records or seals them, as was asked for. */
  contentKey: CryptoKey;
  /** Shows the service that the reader has the whole link. It keeps the SHA-256 of this. */
  accessProof: Uint8Array<ArrayBuffer>;
  /** Lets whoever has the link destroy the paste. */
  deleteProof: Uint8Array<ArrayBuffer>;
}

/** Sealing is for whoever draws the secret: nonces count from zero, so whoever has it from elsewhere would use them again. */
export type KeyUse = 'open' | 'seal';

/**
 * @param use what `contentKey` is good for
 * @param secret 32 bytes, from the link
 * @param passwordKey 32 bytes from `stretchPassword`, for a paste with a password
 */
export async function derivePasteKeys(
  use: KeyUse,
  secret: Uint8Array,
  passwordKey?: Uint8Array,
): Promise<PasteKeys> {
  const input = concatBytes(
    ofLength('link secret', secret, LINK_SECRET_BYTES),
    passwordKey === undefined
      ? new Uint8Array(0)
      : ofLength('password key', passwordKey, PASSWORD_KEY_BYTES),
  );
  const material = await crypto.subtle.importKey('raw', input, 'HKDF', false, [
    'deriveBits',
    'deriveKey',
  ]);
  const [contentKey, accessProof, deleteProof] = await Promise.all([
    crypto.subtle.deriveKey(
      hkdf(LABELS.content),
      material,
      { name: 'AES-GCM', length: CONTENT_KEY_BYTES * 8 },
      false,
      [use === 'seal' ? 'encrypt' : 'decrypt'],
    ),
    crypto.subtle.deriveBits(hkdf(LABELS.access), material, PROOF_BYTES * 8),
    crypto.subtle.deriveBits(hkdf(LABELS.delete), material, PROOF_BYTES * 8),
  ]);
  return {
    contentKey,
    accessProof: new Uint8Array(accessProof),
    deleteProof: new Uint8Array(deleteProof),
  };
}

/** What the service keeps of a proof: 32 bytes from which the proof cannot be found. */
export async function hashProof(proof: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = Uint8Array.from(ofLength('proof', proof, PROOF_BYTES));
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

const hkdf = (label: string) => ({
  name: 'HKDF',
  hash: 'SHA-256',
  salt: new TextEncoder().encode(SALT),
  info: new TextEncoder().encode(label),
});

function ofLength(what: string, bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length === length) return bytes;
  throw new AppError('bad-params', {
    detail: `A ${what} has ${length} bytes, not ${bytes.length}.`,
  });
}
