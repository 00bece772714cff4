import { decodeBase64Url, encodeBase64Url } from '../base64url.js';
import { AppError } from '../errors.js';
import { secureRandom, type RandomBytes } from '../random.js';
import { PASSWORD_KEY_BYTES } from './keys.js';

/**
 * A password is stretched with Argon2id (RFC 9106). What it was stretched with travels in the link, so the service does not even learn that there is a password. Floors keep
 * a careless author from a weak choice, ceilings a hostile link from a reader's memory.
 */
export interface PasswordParameters {
  salt: Uint8Array;
  memoryKiB: number;
  iterations: number;
  parallelism: number;
}

const SALT_BYTES = 16;
const DEFAULTS = { memoryKiB: 65_536, iterations: 3, parallelism: 1 } as const;
const BOUNDS = {
  memoryKiB: { least: 65_536, most: 262_144 },
  iterations: { least: 3, most: 10 },
  parallelism: { least: 1, most: 4 },
} as const;

const MAX_PASSWORD_LENGTH = 1024;
/** Memory (u32 BE, KiB), iterations (u8), parallelism (u8), salt. */
const ENCODED_BYTES = 6 + SALT_BYTES;

export function createPasswordParameters(random: RandomBytes = secureRandom): PasswordParameters {
  return { salt: random(SALT_BYTES), ...DEFAULTS };
}

/** The form in which they stand in a link: base64url of 22 bytes. */
export function formatPasswordParameters(parameters: PasswordParameters): string {
  const bytes = new Uint8Array(ENCODED_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, parameters.memoryKiB);
  view.setUint8(4, parameters.iterations);
  view.setUint8(5, parameters.parallelism);
  bytes.set(parameters.salt, 6);
  return encodeBase64Url(bytes);
}

/** @throws AppError `bad-link` (not in this form), `bad-params` (out of bounds) */
export function parsePasswordParameters(text: string): PasswordParameters {
  const bytes = decodeBase64Url(text);
  if (bytes?.length !== ENCODED_BYTES) {
    throw new AppError('bad-link', { detail: 'What it says of its password is damaged.' });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const parameters = {
    memoryKiB: view.getUint32(0),
    iterations: view.getUint8(4),
    parallelism: view.getUint8(5),
    salt: bytes.slice(6),
  };
  checkBounds(parameters);
  return parameters;
}

/**
 * What a password adds to the secret of a link: 32 bytes. Takes about half a second and 64 MiB.
 * @throws AppError `bad-params` (out of bounds; nothing has been computed)
 */
export async function stretchPassword(
  password: string,
  parameters: PasswordParameters,
): Promise<Uint8Array> {
  checkBounds(parameters);
  if (password.length === 0 || password.length > MAX_PASSWORD_LENGTH) {
    throw new AppError('bad-params', {
      detail: `A password has 1 to ${MAX_PASSWORD_LENGTH} characters.`,
    });
  }
  // Loaded when it is needed: most pastes have no password, and a page should not wait for this.
  const { argon2id } = await import('hash-wasm');
  return argon2id({
    password: prepare(password),
    salt: parameters.salt,
    memorySize: parameters.memoryKiB,
    iterations: parameters.iterations,
    parallelism: parameters.parallelism,
    hashLength: PASSWORD_KEY_BYTES,
    outputType: 'binary',
  });
}

/** The same text, whichever blank a keyboard makes and however it composes letters: rules 2 and 4 of OpaqueString (RFC 8265 §4.2.2). */
const prepare = (password: string) => password.replace(/\p{Zs}/gu, ' ').normalize('NFC');

function checkBounds(parameters: PasswordParameters): void {
  const names = ['memoryKiB', 'iterations', 'parallelism'] as const;
  const bad = names.find((name) => {
    const { least, most } = BOUNDS[name];
    return !(parameters[name] >= least && parameters[name] <= most);
  });
  if (bad !== undefined || parameters.salt.length !== SALT_BYTES) {
    throw new AppError('bad-params', { detail: `Argon2id with this ${bad ?? 'salt'} is refused.` });
  }
}
