import type { Clock } from '../clock.js';
import {
  MAX_MAILBOX_BYTES,
  MAX_MAILBOX_MESSAGES,
  MAX_MAILBOXES_BYTES,
  MAX_MAILBOXES_MESSAGES,
  MESSAGE_LIFETIME_MS,
} from '../limits.js';
import { isMissing } from '../state-file.js';
import type { ClientId } from './client-store.js';
import type { MailboxStorage, StoredMessage } from './mailbox-storage.js';

export interface MailboxLimits {
  readonly bytesPerClient: number;
  readonly bytesInAll: number;
  readonly messagesPerClient: number;
  readonly messagesInAll: number;
  readonly lifetimeMs: number;
}

const DEFAULT_LIMITS: MailboxLimits = {
  bytesPerClient: MAX_MAILBOX_BYTES,
  bytesInAll: MAX_MAILBOXES_BYTES,
  messagesPerClient: MAX_MAILBOX_MESSAGES,
  messagesInAll: MAX_MAILBOXES_MESSAGES,
  lifetimeMs: MESSAGE_LIFETIME_MS,
};

/** What goes wrong with single messages, and is no reason to keep others waiting. */
export interface MailboxEvents {
  /** A message cannot be read. Unless it is gone, it is tried again with every delivery; this is told once. */
  onUnreadable(error: unknown): void;
  /** A message that is over cannot be removed. It may come again after a restart. */
  onUnremovable(error: unknown): void;
}

interface Entry {
  readonly message: StoredMessage;
  /** Settles when the message is stored, or cannot be. */
  readonly written: Promise<void>;
  isStored: boolean;
  isUnreadable?: true;
}

interface Box {
  readonly entries: Set<Entry>;
  byteCount: number;
}

/** Gets a message; says whether it is in good hands now. */
type Take = (bytes: Uint8Array) => Promise<boolean>;

/** The messages for clients that are not there. When it is full, it takes no more; what is too old is thrown away. */
export class Mailbox {
  readonly #storage: MailboxStorage;
  readonly #clock: Clock;
  readonly #events: MailboxEvents;
  readonly #limits: MailboxLimits;
  readonly #boxes = new Map<ClientId, Box>();
  /** The deliveries that are under way; those to one client wait for each other. */
  readonly #deliveries = new Map<ClientId, Promise<void>>();
  #bytesInAll = 0;
  #messagesInAll = 0;
  #lastNumber = 0;

  private constructor(
    storage: MailboxStorage,
    clock: Clock,
    events: MailboxEvents,
    limits: MailboxLimits,
  ) {
    this.#storage = storage;
    this.#clock = clock;
    this.#events = events;
    this.#limits = limits;
  }

  static async open(
    storage: MailboxStorage,
    clock: Clock,
    events: MailboxEvents,
    limits = DEFAULT_LIMITS,
  ): Promise<Mailbox> {
    const mailbox = new Mailbox(storage, clock, events, limits);
    for (const message of await storage.list()) {
      mailbox.#lastNumber = Math.max(mailbox.#lastNumber, message.number);
      mailbox.#add({ message, written: Promise.resolve(), isStored: true });
    }
    return mailbox;
  }

  /** How many messages are completely stored. */
  get messageCount(): number {
    return this.#allEntries().filter(({ isStored }) => isStored).length;
  }

  /** @returns whether the message is kept; resolves when it is stored */
  async store(client: ClientId, bytes: Uint8Array): Promise<boolean> {
    if (!this.#hasRoom(client, bytes.length)) return false;
    const number = ++this.#lastNumber;
    const message = { client, number, storedAtMs: this.#clock(), byteCount: bytes.length };
    const written = this.#storage.write(message, bytes);
    const entry = { message, written, isStored: false };
    this.#add(entry);
    try {
      await written;
      entry.isStored = true;
      return true;
    } catch (error) {
      this.#drop(entry);
      throw error;
    }
  }

  /**
   * Hands over the client's messages one by one, in the order in which they came, and removes each that was taken.
   * Stops at the first that is not; passes over what cannot be read.
   */
  async deliver(client: ClientId, take: Take): Promise<void> {
    const previous = this.#deliveries.get(client);
    const delivery = Promise.allSettled([previous]).then(() => this.#deliverAll(client, take));
    this.#deliveries.set(client, delivery);
    try {
      await delivery;
    } finally {
      if (this.#deliveries.get(client) === delivery) this.#deliveries.delete(client);
    }
  }

  async forget(client: ClientId): Promise<void> {
    for (const entry of this.#entriesOf(client)) await this.#remove(entry);
  }

  /** Throws away what is too old. */
  async sweep(): Promise<void> {
    const old = this.#allEntries().filter((entry) => this.#isOld(entry));
    for (const entry of old) await this.#remove(entry);
  }

  async #deliverAll(client: ClientId, take: Take): Promise<void> {
    for (const entry of this.#entriesOf(client)) {
      await Promise.allSettled([entry.written]);
      if (!this.#boxes.get(client)?.entries.has(entry)) continue;
      if (!this.#isOld(entry)) {
        const bytes = await this.#read(entry);
        if (bytes === undefined) continue;
        if (!(await take(bytes))) return;
      }
      await this.#remove(entry);
    }
  }

  async #read(entry: Entry): Promise<Uint8Array | undefined> {
    try {
      return await this.#storage.read(entry.message);
    } catch (error) {
      // The cause may pass, as when the process has too many files open: only what is gone is given up.
      if (isMissing(error)) this.#drop(entry);
      if (entry.isUnreadable === undefined) this.#events.onUnreadable(error);
      entry.isUnreadable = true;
      return undefined;
    }
  }

  #hasRoom(client: ClientId, byteCount: number): boolean {
    const box = this.#boxes.get(client);
    return (
      (box?.byteCount ?? 0) + byteCount <= this.#limits.bytesPerClient &&
      (box?.entries.size ?? 0) < this.#limits.messagesPerClient &&
      this.#bytesInAll + byteCount <= this.#limits.bytesInAll &&
      this.#messagesInAll < this.#limits.messagesInAll
    );
  }

  #isOld({ message }: Entry): boolean {
    return this.#clock() - message.storedAtMs > this.#limits.lifetimeMs;
  }

  #entriesOf(client: ClientId): Entry[] {
    return [...(this.#boxes.get(client)?.entries ?? [])];
  }

  #allEntries(): Entry[] {
    return [...this.#boxes.keys()].flatMap((client) => this.#entriesOf(client));
  }

  #add(entry: Entry): void {
    const { client, byteCount } = entry.message;
    const box = this.#boxes.get(client) ?? { entries: new Set(), byteCount: 0 };
    this.#boxes.set(client, box);
    box.entries.add(entry);
    box.byteCount += byteCount;
    this.#bytesInAll += byteCount;
    this.#messagesInAll += 1;
  }

  #drop(entry: Entry): void {
    const { client, byteCount } = entry.message;
    const box = this.#boxes.get(client);
    if (!box?.entries.delete(entry)) return;
    if (box.entries.size === 0) this.#boxes.delete(client);
    box.byteCount -= byteCount;
    this.#bytesInAll -= byteCount;
    this.#messagesInAll -= 1;
  }

  async #remove(entry: Entry): Promise<void> {
    this.#drop(entry);
    await Promise.allSettled([entry.written]);
    try {
      await this.#storage.remove(entry.message);
    } catch (error) {
      this.#events.onUnremovable(error);
    }
  }
}
