import { AppError } from '@pastenym/shared/errors';
import type { Frame } from './link.js';

interface Outgoing {
  frame: Frame;
  sent: () => void;
  failed: (error: unknown) => void;
}

export interface OutboxLimits {
  maxQueuedMessages: number;
  maxQueuedBytes: number;
}

/**
 * Frames on their way out, those that wait for a connection and those that the socket has not taken yet. When it is
 * full it refuses the newest: whoever sends must know, where whoever receives could not do anything.
 */
export class Outbox {
  readonly #limits: OutboxLimits;
  readonly #waiting: Outgoing[] = [];
  #messages = 0;
  #bytes = 0;
  #emptied: (() => void)[] = [];

  constructor(limits: OutboxLimits) {
    this.#limits = limits;
  }

  /**
   * Resolves when the frame is handed to a socket.
   * @throws AppError `queue-full`, `connection-closed`
   */
  async add(frame: Frame): Promise<void> {
    const bytes = Buffer.byteLength(frame);
    if (
      this.#messages >= this.#limits.maxQueuedMessages ||
      this.#bytes + bytes > this.#limits.maxQueuedBytes
    ) {
      throw new AppError('queue-full');
    }
    this.#count(1, bytes);
    try {
      await new Promise<void>((sent, failed) => {
        this.#waiting.push({ frame, sent, failed });
      });
    } finally {
      this.#count(-1, -bytes);
    }
  }

  /** Gives every waiting frame to `send`, in order. */
  flush(send: (frame: Frame) => Promise<void>): void {
    for (const { frame, sent, failed } of this.#waiting.splice(0)) send(frame).then(sent, failed);
  }

  /** Resolves when nothing is on its way any more. */
  empty(): Promise<void> {
    if (this.#messages === 0) return Promise.resolve();
    return new Promise((resolve) => this.#emptied.push(resolve));
  }

  /** Gives up on what still waits. */
  abandon(error: AppError): void {
    for (const { failed } of this.#waiting.splice(0)) failed(error);
  }

  #count(messages: number, bytes: number): void {
    this.#messages += messages;
    this.#bytes += bytes;
    if (this.#messages > 0) return;
    for (const resolve of this.#emptied.splice(0)) resolve();
  }
}
