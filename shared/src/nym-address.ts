import { base58 } from '@scure/base';
import { AppError } from './errors.js';

/** Bytes of each of an address's three keys. */
export const NYM_KEY_BYTES = 32;
/** Bytes of a whole address in binary frames: identity, encryption key, gateway. */
export const NYM_ADDRESS_BYTES = 3 * NYM_KEY_BYTES;
/** 32 bytes take at most this many base58 characters. */
const MAX_KEY_CHARACTERS = 44;

/**
 * Where a Nym client can be reached: its Ed25519 identity, its X25519 encryption key, and the Ed25519 identity of the
 * gateway that keeps its messages, 32 bytes each. Text form: `<identity>.<encryption>@<gateway>`, each in base58.
 */
export interface NymAddress {
  identity: Uint8Array;
  encryption: Uint8Array;
  gateway: Uint8Array;
}

/**
 * Parses the text form, exactly as Nym clients do: no white space around it, no other alphabet.
 * Whether the keys are points on their curves is left to whoever uses them.
 * @throws AppError `bad-address`
 */
export function parseNymAddress(text: string): NymAddress {
  const [client, gateway, ...more] = text.split('@');
  const keys = client?.split('.') ?? [];
  if (gateway === undefined || more.length > 0 || keys.length !== 2) {
    throw new AppError('bad-address', { detail: 'Expected <identity>.<encryption>@<gateway>.' });
  }
  const [identity, encryption] = keys as [string, string];
  return {
    identity: parseKey('identity', identity),
    encryption: parseKey('encryption', encryption),
    gateway: parseKey('gateway', gateway),
  };
}

function parseKey(part: string, text: string): Uint8Array {
  if (text.length > MAX_KEY_CHARACTERS) {
    throw new AppError('bad-address', { detail: `The ${part} part is too long.` });
  }
  let key: Uint8Array;
  try {
    key = base58.decode(text);
  } catch (cause) {
    throw new AppError('bad-address', { detail: `The ${part} part is not base58.`, cause });
  }
  if (key.length !== NYM_KEY_BYTES) {
    throw new AppError('bad-address', {
      detail: `The ${part} part has ${key.length} bytes instead of ${NYM_KEY_BYTES}.`,
    });
  }
  return key;
}

export function formatNymAddress({ identity, encryption, gateway }: NymAddress): string {
  return `${base58.encode(identity)}.${base58.encode(encryption)}@${base58.encode(gateway)}`;
}

/** Whether `text` is the text form of a Nym address. */
export function isNymAddress(text: string): boolean {
  try {
    parseNymAddress(text);
    return true;
  } catch {
    return false;
  }
}
