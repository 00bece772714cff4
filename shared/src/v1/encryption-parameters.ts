import * as z from 'zod/mini';
import { decodeBase64Text } from '../base64.js';

/**
 * `encParams`: how a version 1 paste was encrypted, in the words of the Stanford JavaScript Crypto Library (sjcl), which the original
 * used. The service checks and keeps them; extra members are kept and answered too, as long as old readers survive them
 * (sjcl takes alphanumeric names and plain values only).
 */
const SALT_BYTES = 8;
const MAX_MEMBERS = 32;
const MAX_VALUE_LENGTH = 256;

const canonicalBase64 = z.string().check(
  z.minLength(1),
  z.maxLength(MAX_VALUE_LENGTH),
  z.refine((text) => decodeBase64Text(text) !== undefined),
);

const plainValue = z.union([
  z.string().check(z.maxLength(MAX_VALUE_LENGTH)),
  z.number(),
  z.boolean(),
]);

const survivable = z.refine<object>((parameters) =>
  Object.keys(parameters).every((name) => /^[a-z0-9]{1,64}$/i.test(name)),
);

const encryptionParametersSchema = z
  .catchall(
    z.object({
      iv: canonicalBase64,
      v: z.int().check(z.refine((v) => v !== 0)),
      iter: z.int().check(z.refine((iterations) => iterations !== 0)),
      ks: z.union([z.literal(128), z.literal(192), z.literal(256)]),
      ts: z.union([z.literal(64), z.literal(96), z.literal(128)]),
      mode: z.enum(['ccm', 'ocb2', 'gcm']),
      adata: z.literal(''),
      cipher: z.literal('aes'),
      salt: canonicalBase64.check(
        z.refine((salt) => decodeBase64Text(salt)?.length === SALT_BYTES),
      ),
    }),
    plainValue,
  )
  .check(survivable);

export type EncryptionParameters = z.infer<typeof encryptionParametersSchema>;

/** How the original's command line client says that a paste is not encrypted: the same members, all of them empty. */
const noEncryptionSchema = z
  .catchall(z.object({ iv: z.literal(''), adata: z.literal(''), salt: z.literal('') }), plainValue)
  .check(survivable);

export type NoEncryption = z.infer<typeof noEncryptionSchema>;

/** Counts before it looks at any member, and looks by one schema only: a failing schema writes down what is wrong with each member. */
export function areEncryptionParameters(
  members: unknown,
): members is EncryptionParameters | NoEncryption {
  if (typeof members !== 'object' || members === null) return false;
  if (Object.keys(members).length > MAX_MEMBERS) return false;
  const isEmpty = 'iv' in members && members.iv === '';
  return (isEmpty ? noEncryptionSchema : encryptionParametersSchema).safeParse(members).success;
}

export const encryptionSchema = z.custom<EncryptionParameters | NoEncryption>(
  areEncryptionParameters,
);
