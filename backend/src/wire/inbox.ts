import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import type { Counters } from '../counters.js';
import type { Logger } from '../logger.js';
import { MAX_HELD_BYTES, MAX_HELD_MESSAGES, MAX_IN_FLIGHT } from '../limits.js';
import type { Budget } from './budget.js';

/** A message that came, and the way back to whoever sent it. */
export interface Delivery {
  message: Uint8Array;
  /** Resolves when the answer has been handed on; rejects if it cannot be. */
  reply: (answer: Uint8Array) => Promise<void>;
}

/** What an answer may take while it is made. It is given back when the answer has been sent. */
export interface Room {
  /** Waits until content of so many bytes fits into memory, beside that of the other answers. At most once per answer. */
  reserve: (bytes: number) => Promise<void>;
}

export interface InboxOptions {
  /** @returns undefined where nobody waits for an answer */
  answer: (message: Uint8Array, room: Room) => Promise<Uint8Array | undefined>;
  /** What whoever sent a message is told that there is no room for. */
  refuse: (message: Uint8Array) => Uint8Array;
  budget: Budget;
  counters: Counters;
  log: Logger;
  maxMessages?: number;
  maxBytes?: number;
  maxInFlight?: number;
}

/**
 * Where messages wait to be answered. It is bounded: what does not fit in is refused at once, without being read. Some messages are
 * answered at the same time, so that they share commits.
 */
export class Inbox {
  readonly #options: Required<InboxOptions>;
  readonly #waiting: Delivery[] = [];
  #onIdle: (() => void) | undefined;
  #inFlight = 0;
  #heldBytes = 0;
  #isClosed = false;

  constructor(options: InboxOptions) {
    this.#options = {
      maxMessages: MAX_HELD_MESSAGES,
      maxBytes: MAX_HELD_BYTES,
      maxInFlight: MAX_IN_FLIGHT,
      ...options,
    };
  }

  /** Takes a message or refuses it. After `close` it does neither. */
  deliver(delivery: Delivery): void {
    if (this.#isClosed) return;
    const { counters, refuse } = this.#options;
    counters.received++;
    if (!this.#hasRoomFor(delivery)) {
      counters.refused++;
      void this.#send(delivery, refuse(delivery.message));
      return;
    }
    this.#heldBytes += delivery.message.length;
    this.#waiting.push(delivery);
    this.#pump();
  }

  /**
   * Takes nothing more, and answers what was taken: for at most so long, then it forgets the rest.
   * @returns how many messages remain unanswered
   */
  async close(patienceMs: number): Promise<number> {
    this.#isClosed = true;
    const patience = new AbortController();
    if (this.#held > 0) {
      await Promise.race([
        new Promise<void>((resolve) => (this.#onIdle = resolve)),
        sleep(patienceMs, undefined, { signal: patience.signal }).catch(() => undefined),
      ]);
    }
    patience.abort();
    const unanswered = this.#held;
    this.#waiting.length = 0;
    return unanswered;
  }

  get #held(): number {
    return this.#inFlight + this.#waiting.length;
  }

  #hasRoomFor({ message }: Delivery): boolean {
    const { maxMessages, maxBytes } = this.#options;
    return this.#held < maxMessages && this.#heldBytes + message.length <= maxBytes;
  }

  #pump(): void {
    while (this.#inFlight < this.#options.maxInFlight) {
      const delivery = this.#waiting.shift();
      if (delivery === undefined) break;
      this.#inFlight++;
      void this.#handle(delivery);
    }
    if (this.#inFlight === 0) this.#onIdle?.();
  }

  async #handle(delivery: Delivery): Promise<void> {
    let giveBack: (() => void) | undefined;
    const reserve = async (bytes: number) => {
      giveBack = await this.#options.budget.reserve(bytes);
    };
    try {
      const answer = await this.#options.answer(delivery.message, { reserve });
      if (answer === undefined) this.#options.counters.ignored++;
      else await this.#send(delivery, answer);
    } catch (error) {
      this.#options.counters.failed++;
      this.#options.log.error({ err: error }, 'a message could not be answered');
    } finally {
      giveBack?.();
      await turn(); // Whoever else needs the event loop comes first.
      this.#heldBytes -= delivery.message.length;
      this.#inFlight--;
      this.#pump();
    }
  }

  /** A reply that cannot be sent is dropped: whoever waits for it will ask again. */
  async #send({ reply }: Delivery, answer: Uint8Array): Promise<void> {
    const { counters, log } = this.#options;
    try {
      await reply(answer);
      counters.answered++;
    } catch (error) {
      counters.repliesDropped++;
      log.debug({ err: error }, 'a reply was dropped');
    }
  }
}
