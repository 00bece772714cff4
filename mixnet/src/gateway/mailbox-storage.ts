import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing, makeDirectory } from '../state-file.js';
import type { ClientId } from './client-store.js';

/** What a mailbox needs to know of a message without reading it. */
export interface StoredMessage {
  readonly client: ClientId;
  /** Names the message among all of its client. */
  readonly name: string;
  readonly storedAtMs: number;
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
const MESSAGE_FILE = /^(\d{1,15})-\d{1,15}$/;
const UNFINISHED = '.tmp';

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
    await makeDirectory(join(this.#directory, message.client));
    await writeFile(path + UNFINISHED, bytes, { mode: FILE_MODE });
    await rename(path + UNFINISHED, path);
  }

  read(message: StoredMessage): Promise<Uint8Array> {
    return readFile(this.#pathOf(message));
  }

  async remove(message: StoredMessage): Promise<void> {
    await rm(this.#pathOf(message), { force: true });
  }

  async #listClient(client: ClientId): Promise<StoredMessage[]> {
    const directory = join(this.#directory, client);
    const messages: StoredMessage[] = [];
    for (const name of (await namesIn(directory)).toSorted(byNumbers)) {
      const storedAtMs = MESSAGE_FILE.exec(name)?.[1];
      const path = join(directory, name);
      if (name.endsWith(UNFINISHED)) await rm(path);
      if (storedAtMs === undefined) continue;
      const { size } = await stat(path);
      messages.push({ client, name, storedAtMs: Number(storedAtMs), byteCount: size });
    }
    // Only here: later, somebody may be about to write into it.
    if (messages.length === 0) await rm(directory, { recursive: true });
    return messages;
  }

  #pathOf({ client, name }: StoredMessage): string {
    return join(this.#directory, client, name);
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
