import { readdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, isMissing, makeDirectory } from '../state-file.js';
import type { ClientId } from './client-store.js';

/** What a mailbox needs to know of a message without reading it. */
export interface StoredMessage {
  readonly client: ClientId;
  readonly storedAtMs: number;
  /** Tells it from others that were stored at the same time. */
  readonly number: number;
  readonly byteCount: number;
}

/** Where messages lie until their client comes. */
export interface MailboxStorage {
  /** All messages, those of one client in the order in which they came. */
  list(): Promise<StoredMessage[]>;
  write(message: StoredMessage, bytes: Uint8Array): Promise<void>;
  read(message: StoredMessage): Promise<Uint8Array>;
  remove(message: StoredMessage): Promise<void>;
}

export class MemoryMailboxStorage implements MailboxStorage {
  readonly #messages = new Map<StoredMessage, Uint8Array>();

  list(): Promise<StoredMessage[]> {
    return Promise.resolve([...this.#messages.keys()]);
  }

  write(message: StoredMessage, bytes: Uint8Array): Promise<void> {
    this.#messages.set(message, bytes);
    return Promise.resolve();
  }

  read(message: StoredMessage): Promise<Uint8Array> {
    return Promise.resolve(this.#messages.get(message) ?? new Uint8Array(0));
  }

  remove(message: StoredMessage): Promise<void> {
    this.#messages.delete(message);
    return Promise.resolve();
  }
}

const FILE_MODE = 0o600;
const CLIENT_DIRECTORY = /^[0-9a-f]{64}$/;
const MESSAGE_FILE = /^(\d{1,15})-(\d{1,15})$/;
const UNFINISHED = '.tmp';
const UNFINISHED_FILE = /^\d{1,15}-\d{1,15}\.tmp$/;
/** How often a directory may vanish between being made and being written into. */
const MAX_WRITE_ATTEMPTS = 10;

/**
 * A directory for each client with a file for each message, `<when in ms>-<number>`. A file gets its name when it is
 * complete, so it survives that the process is killed; it is not flushed, so it may not survive that the power fails.
 */
export class DiskMailboxStorage implements MailboxStorage {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async list(): Promise<StoredMessage[]> {
    const clients = (await namesIn(this.#directory)).filter((name) => CLIENT_DIRECTORY.test(name));
    const lists = await Promise.all(clients.map((client) => this.#listClient(client)));
    return lists.flat();
  }

  async write(message: StoredMessage, bytes: Uint8Array): Promise<void> {
    const path = this.#pathOf(message);
    await this.#writeInDirectory(message.client, path + UNFINISHED, bytes);
    await rename(path + UNFINISHED, path);
  }

  read(message: StoredMessage): Promise<Uint8Array> {
    return readFile(this.#pathOf(message));
  }

  async remove(message: StoredMessage): Promise<void> {
    await rm(this.#pathOf(message), { force: true });
    await removeIfEmpty(this.#directoryOf(message.client));
  }

  /** Who takes the last message of a directory removes that, too, and may do so just now. */
  async #writeInDirectory(client: ClientId, path: string, bytes: Uint8Array): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      await makeDirectory(this.#directoryOf(client));
      try {
        await writeFile(path, bytes, { mode: FILE_MODE });
        return;
      } catch (error) {
        if (!isMissing(error) || attempt === MAX_WRITE_ATTEMPTS) throw error;
      }
    }
  }

  async #listClient(client: ClientId): Promise<StoredMessage[]> {
    const directory = this.#directoryOf(client);
    const messages: StoredMessage[] = [];
    for (const name of (await namesIn(directory)).toSorted(byNumbers)) {
      const path = join(directory, name);
      if (UNFINISHED_FILE.test(name)) await rm(path);
      const [, storedAtMs, number] = MESSAGE_FILE.exec(name) ?? [];
      if (storedAtMs === undefined) continue;
      const { size: byteCount } = await stat(path);
      const when = { storedAtMs: Number(storedAtMs), number: Number(number) };
      messages.push({ client, ...when, byteCount });
    }
    if (messages.length === 0) await removeIfEmpty(directory);
    return messages;
  }

  #directoryOf(client: ClientId): string {
    return join(this.#directory, client);
  }

  #pathOf({ client, storedAtMs, number }: StoredMessage): string {
    return join(this.#directoryOf(client), `${storedAtMs}-${number}`);
  }
}

const byNumbers = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function removeIfEmpty(directory: string): Promise<void> {
  try {
    await rmdir(directory);
  } catch (error) {
    const isInUse = hasCode(error, 'ENOTEMPTY') || hasCode(error, 'EEXIST');
    if (!isInUse && !isMissing(error)) throw error;
  }
}
