import { z } from 'zod';
import { seal, unseal } from '../crypto/aead.js';
import type { RandomBytes } from '../crypto/random.js';
import { type Answer, type EncryptedRequest, parseJson } from './control-messages.js';
import { ProtocolError } from './protocol-error.js';

/**
 * Requests that only a client itself may make, sealed with the shared key (Nym's `gateway-requests`,
 * `src/types/text_request/mod.rs`, `ClientRequest`). A request to upgrade an old key is refused: no key here is old.
 */
const sensitiveRequest = z.union([
  z.object({ ForgetMe: z.object({ client: z.boolean(), stats: z.boolean() }) }),
  z.object({ RememberMe: z.object({ session_type: z.unknown() }) }),
]);

export type SensitiveRequest = z.infer<typeof sensitiveRequest>;
export type SensitiveAnswer = { ForgetMeAck: object } | { RememberMeAck: object };

/** @throws ProtocolError */
export function openEncryptedRequest(
  request: EncryptedRequest,
  sharedKey: Uint8Array,
): SensitiveRequest {
  const plaintext = unseal(sharedKey, request);
  if (plaintext === undefined) throw new ProtocolError('the request cannot be decrypted');
  const parsed = sensitiveRequest.safeParse(parseJson(plaintext));
  if (!parsed.success) throw new ProtocolError('the encrypted request is unknown');
  return parsed.data;
}

export function sealAnswer(
  answer: SensitiveAnswer,
  sharedKey: Uint8Array,
  random: RandomBytes,
): Answer {
  const { nonce, ciphertext } = seal(sharedKey, Buffer.from(JSON.stringify(answer)), random);
  return { type: 'encryptedResponse', ciphertext: [...ciphertext], nonce: [...nonce] };
}
