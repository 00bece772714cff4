import { BoundedQueue, type QueueLimits } from '../bounded-queue.js';
import type { Logger } from '../logger.js';
import type { ReceivedMessage } from '../protocol/messages.js';

/** Mail on its way to the application, whether one is connected or not. Full, it forgets the oldest and says so once. */
export class Mailbox {
  readonly #queue: BoundedQueue<ReceivedMessage>;
  readonly #logger: Logger;
  #isOverflowing = false;

  constructor(limits: QueueLimits, logger: Logger) {
    this.#queue = new BoundedQueue(limits);
    this.#logger = logger;
  }

  get size(): number {
    return this.#queue.size;
  }

  put(message: ReceivedMessage): void {
    const dropped = this.#queue.push(message, message.message.length);
    if (dropped > 0 && !this.#isOverflowing) {
      this.#logger.warn(
        'the mailbox is full: the oldest messages are dropped until somebody reads',
      );
    }
    this.#isOverflowing = dropped > 0;
  }

  take(): ReceivedMessage | undefined {
    return this.#queue.shift();
  }
}
