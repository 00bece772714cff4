import { z } from 'zod';
import { AEAD_NONCE_BYTES, AEAD_TAG_BYTES } from '../crypto/aead.js';
import { ED25519_KEY_BYTES, ED25519_SIGNATURE_BYTES } from '../crypto/ed25519.js';
import { MAX_CONTROL_MESSAGE_BYTES } from '../limits.js';
import { ProtocolError } from './protocol-error.js';

/**
 * The JSON text messages between clients and gateways (Nym's `gateway-requests`, `src/types`). Byte strings are arrays
 * of numbers, unless the schema says base58 or base64. Unknown members are ignored, as serde does.
 */

/** More than any byte string of a control message; their sum is bounded by the length of the message. */
const MAX_BYTES = 4096;
const MAX_TEXT_CHARACTERS = 1024;

const byteArray = z
  .array(z.int().min(0).max(255))
  .max(MAX_BYTES)
  .transform((numbers) => Uint8Array.from(numbers));
const byteArrayOf = (byteCount: number): z.ZodType<Uint8Array> =>
  byteArray.refine((bytes) => bytes.length === byteCount, `must have ${byteCount} bytes`);
const base64Of = (byteCount: number): z.ZodType<Uint8Array> =>
  z
    .base64()
    .max(MAX_TEXT_CHARACTERS)
    .transform((text) => new Uint8Array(Buffer.from(text, 'base64')))
    .refine((bytes) => bytes.length === byteCount, `must have ${byteCount} bytes`);
const text = z.string().max(MAX_TEXT_CHARACTERS);
const version = z.int().min(0).max(255);

const handshakeMembers = { protocol_version: version.nullish(), data: byteArray };

const controlMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('supportedProtocol') }),
  z.object({ type: z.literal('handshakePayload'), ...handshakeMembers }),
  z.object({ type: z.literal('registerHandshakeInitRequest'), ...handshakeMembers }),
  z.object({ type: z.literal('handshakeError'), message: text }),
  z.object({
    type: z.literal('authenticateV2'),
    protocolVersion: version,
    clientIdentity: byteArrayOf(ED25519_KEY_BYTES),
    addressCiphertext: base64Of(ED25519_KEY_BYTES + AEAD_TAG_BYTES),
    nonce: base64Of(AEAD_NONCE_BYTES),
    requestUnixTimestamp: z.int().min(0),
    requestSignature: byteArrayOf(ED25519_SIGNATURE_BYTES),
  }),
  z.object({
    type: z.literal('authenticate'),
    protocol_version: version.nullish(),
    address: text,
    enc_address: text,
    iv: text,
  }),
  z.object({ type: z.literal('claimFreeTestnetBandwidth') }),
  z.object({ type: z.enum(['ecashCredential', 'bandwidthCredential', 'bandwidthCredentialV2']) }),
  z.object({
    type: z.literal('encryptedRequest'),
    ciphertext: byteArray,
    nonce: byteArrayOf(AEAD_NONCE_BYTES),
  }),
]);

export type ControlMessage = z.infer<typeof controlMessage>;
export type AuthenticateV2 = Extract<ControlMessage, { type: 'authenticateV2' }>;
export type AuthenticateV1 = Extract<ControlMessage, { type: 'authenticate' }>;
export type EncryptedRequest = Extract<ControlMessage, { type: 'encryptedRequest' }>;

/** What a gateway says. */
export type Answer =
  | { readonly type: 'supportedProtocol'; readonly version: number }
  | {
      readonly type: 'handshakePayload';
      readonly protocol_version: number;
      readonly data: number[];
    }
  | { readonly type: 'register'; readonly protocol_version: number; readonly status: boolean }
  | {
      readonly type: 'authenticate';
      readonly protocol_version: number;
      readonly status: boolean;
      readonly bandwidth_remaining: number;
    }
  | { readonly type: 'bandwidth'; readonly available_total: number }
  | { readonly type: 'send'; readonly remaining_bandwidth: number }
  | {
      readonly type: 'encryptedResponse';
      readonly ciphertext: number[];
      readonly nonce: number[];
    }
  | { readonly type: 'error'; readonly message: string }
  | {
      readonly type: 'typedError';
      readonly error: {
        readonly out_of_bandwidth: { readonly required: number; readonly available: number };
      };
    };

/** @throws ProtocolError that says what is wrong, quoting nothing */
export function parseControlMessage(bytes: Uint8Array): ControlMessage {
  if (bytes.length > MAX_CONTROL_MESSAGE_BYTES) throw new ProtocolError('the message is too long');
  const parsed = controlMessage.safeParse(parseJson(bytes));
  if (parsed.success) return parsed.data;
  const place = parsed.error.issues[0]?.path.join('.');
  throw new ProtocolError(`the message is malformed at "${place ?? ''}"`);
}

export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new ProtocolError('the message is not JSON');
  }
}
