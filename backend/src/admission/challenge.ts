import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '@pastenym/shared/clock';
import type { RandomBytes } from '@pastenym/shared/random';

/**
 * A challenge names the window of time in which it was given and the difficulty that was asked then, under a MAC, so that the service recognises its own without keeping any:
 *
 *     challenge = window (u32) ‖ difficulty (u64) ‖ the first 20 bytes of HMAC-SHA-256(key, window ‖ difficulty)
 *
 * Everybody who asks in the same window at the same load gets the same one: it tells nobody from others. The key is drawn at each start, so what was given before a start is out of date.
 * It is good in its window and in the next, so for at least one whole window and at most two.
 */
export const WINDOW_SECONDS = 300;
const KEY_BYTES = 32;
const WINDOW_BYTES = 4;
const CLAIM_BYTES = 12;
const MAC_BYTES = 20;
export const CHALLENGE_BYTES = CLAIM_BYTES + MAC_BYTES;

/** What a challenge says. */
export interface Challenge {
  /** Counted from 1970, `WINDOW_SECONDS` each. */
  window: number;
  /** In hashes. */
  difficulty: number;
}

export class Challenges {
  readonly #key: Uint8Array;
  readonly #clock: Clock;

  constructor({ clock, random }: { clock: Clock; random: RandomBytes }) {
    this.#key = random(KEY_BYTES);
    this.#clock = clock;
  }

  /** @param difficulty a whole number of hashes */
  issue(difficulty: number): Uint8Array {
    const challenge = Buffer.alloc(CHALLENGE_BYTES);
    challenge.writeUInt32BE(this.window);
    challenge.writeBigUInt64BE(BigInt(difficulty), WINDOW_BYTES);
    this.#mac(challenge).copy(challenge, CLAIM_BYTES);
    return challenge;
  }

  /** @returns undefined for one that is not ours or no longer good; it takes as long whatever is wrong with the MAC */
  read(challenge: Uint8Array): Challenge | undefined {
    if (challenge.length !== CHALLENGE_BYTES) return undefined;
    const bytes = Buffer.from(challenge);
    if (!timingSafeEqual(this.#mac(bytes), bytes.subarray(CLAIM_BYTES))) return undefined;
    const window = bytes.readUInt32BE();
    const age = this.window - window;
    if (age !== 0 && age !== 1) return undefined;
    return { window, difficulty: Number(bytes.readBigUInt64BE(WINDOW_BYTES)) };
  }

  /** How long what is issued now will be good. */
  get validForSeconds(): number {
    const seconds = Math.floor(this.#clock() / 1000);
    return 2 * WINDOW_SECONDS - (seconds % WINDOW_SECONDS);
  }

  /** The present one. */
  get window(): number {
    return Math.floor(this.#clock() / 1000 / WINDOW_SECONDS);
  }

  #mac(challenge: Buffer): Buffer {
    const claim = challenge.subarray(0, CLAIM_BYTES);
    return createHmac('sha256', this.#key).update(claim).digest().subarray(0, MAC_BYTES);
  }
}
