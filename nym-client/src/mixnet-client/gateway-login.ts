import { gcmsiv } from '@noble/ciphers/aes.js';
import { ed25519 } from '@noble/curves/ed25519.js';
import { z } from 'zod';
import type { GatewayCredentials } from './identity.js';

/**
 * How a client that is registered already logs in to its gateway again (nymtech/nym, gateway-requests, protocol 4):
 * `supportedProtocol`, `authenticateV2`, and `claimFreeTestnetBandwidth` when little bandwidth is left.
 */

/** The version of the gateway protocol that speaks `authenticateV2`, and which it is signed for. */
export const AUTHENTICATION_PROTOCOL = 4;
/** Below a fifth of a ticket of 200 MB the client asks for more. */
export const LOW_BANDWIDTH_BYTES = 40_000_000;

const NONCE_BYTES = 12;
const TIMESTAMP_BYTES = 8;

/** What a gateway answers with text frames. Anything else about it is not of interest here. */
export const gatewayAnswer = z.union([
  z.object({ type: z.literal('supportedProtocol'), version: z.int() }),
  z.object({
    type: z.literal('authenticate'),
    status: z.boolean(),
    bandwidth_remaining: z.number(),
  }),
  z.object({ type: z.literal('bandwidth'), available_total: z.number() }),
  z.object({ type: z.literal('error'), message: z.string() }),
  z.object({ type: z.string() }).transform(() => ({ type: 'other' as const })),
]);
export type GatewayAnswer = z.infer<typeof gatewayAnswer>;

/** Reads a text frame of a gateway; undefined if it is none. */
export function parseGatewayAnswer(text: string): GatewayAnswer | undefined {
  try {
    return gatewayAnswer.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** @param unixSeconds gateways refuse a time that is not later than that of the last login */
export function authenticateRequest(
  { identitySeed, sharedKey }: GatewayCredentials,
  unixSeconds: number,
  nonce: Uint8Array,
): string {
  if (nonce.length !== NONCE_BYTES) throw new RangeError(`nonce must have ${NONCE_BYTES} bytes`);
  const clientIdentity = ed25519.getPublicKey(identitySeed);
  const addressCiphertext = gcmsiv(sharedKey, nonce).encrypt(clientIdentity);
  const timestamp = Buffer.alloc(TIMESTAMP_BYTES);
  timestamp.writeBigUInt64BE(BigInt(unixSeconds));
  const signed = Buffer.concat([
    Uint8Array.of(AUTHENTICATION_PROTOCOL),
    clientIdentity,
    addressCiphertext,
    nonce,
    timestamp,
  ]);
  return JSON.stringify({
    type: 'authenticateV2',
    protocolVersion: AUTHENTICATION_PROTOCOL,
    clientIdentity: [...clientIdentity],
    addressCiphertext: Buffer.from(addressCiphertext).toString('base64'),
    nonce: Buffer.from(nonce).toString('base64'),
    requestUnixTimestamp: unixSeconds,
    requestSignature: [...ed25519.sign(signed, identitySeed)],
  });
}

/** The gateway does not know this client any more: only a new registration helps. */
export class NotRegisteredError extends Error {
  override readonly name = 'NotRegisteredError';
}

/** The gateway heard the login and did not like it. */
export class LoginRefusedError extends Error {
  override readonly name = 'LoginRefusedError';
}

/** Whether a gateway's refusal, as such or as the WASM client quotes it, means that it has lost the registration. */
export function saysNotRegistered(message: string): boolean {
  return message.includes('client is not registered');
}

/** The conversation of a login: what to say next, for each answer. Pure; the socket is elsewhere. */
export type LoginStep = { say: string } | { done: true } | { failed: Error } | { wait: true };

export class LoginDialogue {
  readonly #authenticate: () => string;
  #isAuthenticated = false;

  /** @param authenticate makes the `authenticateV2` request when it is time for it */
  constructor(authenticate: () => string) {
    this.#authenticate = authenticate;
  }

  begin(): string {
    return JSON.stringify({ type: 'supportedProtocol' });
  }

  next(answer: GatewayAnswer | undefined): LoginStep {
    switch (answer?.type) {
      case 'supportedProtocol':
        if (answer.version >= AUTHENTICATION_PROTOCOL) return { say: this.#authenticate() };
        return { failed: new Error(`the gateway speaks protocol ${answer.version} only`) };
      case 'authenticate':
        return this.#authenticated(answer.status, answer.bandwidth_remaining);
      case 'bandwidth':
        return this.#isAuthenticated ? { done: true } : { wait: true };
      case 'error':
        return { failed: refusal(answer.message) };
      case 'other':
      case undefined:
        return { wait: true };
    }
  }

  #authenticated(status: boolean, bandwidthRemaining: number): LoginStep {
    if (!status) return { failed: new LoginRefusedError('the gateway refused the login') };
    this.#isAuthenticated = true;
    if (bandwidthRemaining >= LOW_BANDWIDTH_BYTES) return { done: true };
    return { say: JSON.stringify({ type: 'claimFreeTestnetBandwidth' }) };
  }
}

function refusal(message: string): Error {
  const words = `the gateway answered: ${message}`;
  return saysNotRegistered(message) ? new NotRegisteredError(words) : new LoginRefusedError(words);
}
