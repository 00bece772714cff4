import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@pastenym/shared/errors';
import type { Counters } from '../counters.js';
import type { Logger } from '../logger.js';
import {
  BUSY_RETRY_MS,
  MAX_HELD_BYTES,
  MAX_HELD_MESSAGES,
  MAX_IN_FLIGHT,
  MAX_WAITING_FOR_ROOM,
} from '../limits.js';
import type { Budget } from './budget.js';

/** A message that came, and the way back to whoever sent it. */
export interface Delivery {
  message: Uint8Array;
  /** Resolves when the answer has been handed on; rejects if it cannot be. */
  reply: (answer: Uint8Array) => Promise<void>;
}

/** What an answer may take while it is made. It is given back when the answer has been sent. */
export interface Room {
  /**
   * Waits until content of so many bytes fits into memory, beside that of the other answers. At most once per answer.
   * @throws AppError `busy` when too many wait already
   */
  reserve: (bytes: number) => Promise<void>;
}

export interface InboxOptions {
  /** @returns undefined where nobody waits for an answer */
  answer: (message: Uint8Array, room: Room) => Promise<Uint8Array | undefined>;
  /** What whoever sent a message is told that there is no room for; undefined where nobody could understand it. */
  refuse: (message: Uint8Array) => Uint8Array | undefined;
  budget: Budget;
  counters: Counters;
  log: Logger;
  maxMessages?: number;
  maxBytes?: number;
  maxInFlight?: number;
  maxWaitingForRoom?: number;
}

/**
 * Where messages wait to be answered. It is bounded: what does not fit in is refused at once, without being read. Some messages are
 * answered at the same time, so that they share commits. Whoever wants a large answer waits for room beside those, so that small ones go on meanwhile.
 */
export class Inbox {
  readonly #options: Required<InboxOptions>;
  readonly #waiting: Delivery[] = [];
  /** Those who wait for room, or have it and wait to go on. Whoever is in here when it gives up has been refused, and stays. */
  readonly #aside = new Set<Delivery>();
  readonly #goOn: (() => void)[] = [];
  #onIdle: (() => void) | undefined;
  #inFlight = 0;
  #heldBytes = 0;
  #isClosed = false;
  #hasGivenUp = false;

  constructor(options: InboxOptions) {
    this.#options = {
      maxMessages: MAX_HELD_MESSAGES,
      maxBytes: MAX_HELD_BYTES,
      maxInFlight: MAX_IN_FLIGHT,
      maxWaitingForRoom: MAX_WAITING_FOR_ROOM,
      ...options,
    };
  }

  /** Takes a message or refuses it. */
  deliver(delivery: Delivery): void {
    this.#options.counters.received++;
    if (this.#isClosed || !this.#hasRoomFor(delivery)) {
      this.#refuse(delivery);
      return;
    }
    this.#heldBytes += delivery.message.length;
    this.#waiting.push(delivery);
    this.#pump();
  }

  /**
   * Takes nothing more, and answers what was taken: for at most so long, then it refuses what it has not begun with.
   * @returns how many messages were taken and not answered
   */
  async close(patienceMs: number): Promise<number> {
    this.#isClosed = true;
    const patience = new AbortController();
    if (this.held > 0) {
      await Promise.race([
        new Promise<void>((resolve) => (this.#onIdle = resolve)),
        sleep(patienceMs, undefined, { signal: patience.signal }).catch(() => undefined),
      ]);
    }
    patience.abort();
    const unanswered = this.held;
    this.#hasGivenUp = true;
    for (const delivery of [...this.#waiting.splice(0), ...this.#aside]) this.#refuse(delivery);
    return unanswered;
  }

  /** How many messages wait or are being answered. */
  get held(): number {
    return this.#inFlight + this.#aside.size + this.#waiting.length;
  }

  #hasRoomFor({ message }: Delivery): boolean {
    const { maxMessages, maxBytes } = this.#options;
    return this.held < maxMessages && this.#heldBytes + message.length <= maxBytes;
  }

  #refuse(delivery: Delivery): void {
    const { counters, refuse } = this.#options;
    const refusal = refuse(delivery.message);
    counters.refused++;
    if (refusal !== undefined) void this.#send(delivery, refusal);
  }

  /** Those who have been inside already come first. */
  #pump(): void {
    while (this.#inFlight < this.#options.maxInFlight) {
      const next = this.#goOn.shift() ?? this.#takeNext();
      if (next === undefined) break;
      this.#inFlight++;
      next();
    }
    if (this.held === 0) this.#onIdle?.();
  }

  #takeNext(): (() => void) | undefined {
    const delivery = this.#waiting.shift();
    return delivery && (() => void this.#handle(delivery));
  }

  /** Where there is no room, the delivery steps aside, so that others are answered meanwhile. */
  async #makeRoom(delivery: Delivery, bytes: number): Promise<() => void> {
    const { budget, maxWaitingForRoom } = this.#options;
    const atOnce = budget.tryReserve(bytes);
    if (atOnce !== undefined) return atOnce;
    if (this.#aside.size >= maxWaitingForRoom) throw busy();
    this.#aside.add(delivery);
    this.#inFlight--;
    this.#pump();
    const giveBack = await budget.reserve(bytes);
    await new Promise<void>((resolve) => {
      this.#goOn.push(resolve);
      this.#pump();
    });
    if (this.#hasGivenUp) {
      giveBack();
      throw busy();
    }
    this.#aside.delete(delivery);
    return giveBack;
  }

  async #handle(delivery: Delivery): Promise<void> {
    let giveBack: (() => void) | undefined;
    const reserve = async (bytes: number) => {
      giveBack = await this.#makeRoom(delivery, bytes);
    };
    try {
      const answer = await this.#options.answer(delivery.message, { reserve });
      if (this.#aside.has(delivery)) return;
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

const busy = () => new AppError('busy', { retryAfterMs: BUSY_RETRY_MS });
