import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const NONCE_BYTES = 16;
const MAC_BYTES = 32;

/**
 * Messages of a client to itself, by which it learns that the way through the mixnet is open. They are told from mail
 * by a MAC under a key of the identity: nobody else can make one, and one that a gateway had stored for days is still
 * known for what it is.
 */
export class Heartbeats {
  readonly #key: Uint8Array;
  readonly #answered: (nonce: string) => void;

  /** @param answered is called with the nonce of each heartbeat that comes back */
  constructor(key: Uint8Array, answered: (nonce: string) => void) {
    this.#key = key;
    this.#answered = answered;
  }

  make(): { nonce: string; message: Uint8Array } {
    const nonce = randomBytes(NONCE_BYTES);
    const message = new Uint8Array(Buffer.concat([nonce, this.#mac(nonce)]));
    return { nonce: nonce.toString('hex'), message };
  }

  /** Whether a message is a heartbeat of this identity. If so it has been dealt with. */
  take(message: Uint8Array): boolean {
    if (message.length !== NONCE_BYTES + MAC_BYTES) return false;
    const nonce = message.subarray(0, NONCE_BYTES);
    if (!timingSafeEqual(message.subarray(NONCE_BYTES), this.#mac(nonce))) return false;
    this.#answered(Buffer.from(nonce).toString('hex'));
    return true;
  }

  #mac(nonce: Uint8Array): Uint8Array {
    return createHmac('sha256', this.#key).update(nonce).digest();
  }
}
