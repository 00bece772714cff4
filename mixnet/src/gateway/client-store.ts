import { z } from 'zod';
import { AEAD_KEY_BYTES } from '../crypto/aead.js';
import { ED25519_KEY_BYTES } from '../crypto/ed25519.js';
import { MAX_CLIENTS } from '../limits.js';
import { readStateFile, StateFile } from '../state-file.js';

/** A client's identity key in hexadecimal digits: what tables and directories are keyed by. Never logged. */
export type ClientId = string;

export const clientIdOf = (identity: Uint8Array): ClientId => Buffer.from(identity).toString('hex');

const hex = (byteCount: number): z.ZodType<string> =>
  z.string().regex(new RegExp(`^[0-9a-f]{${byteCount * 2}}$`));

const clientsFile = z.object({
  version: z.literal(1),
  clients: z.array(z.object({ identity: hex(ED25519_KEY_BYTES), sharedKey: hex(AEAD_KEY_BYTES) })),
});

/**
 * Who is registered at a gateway, and the key shared with each, the client seen longest ago first. A real gateway keeps
 * registrations for ever; here every load of a page may make one, so the oldest make way.
 */
export class ClientStore {
  readonly #keys: Map<ClientId, Uint8Array>;
  readonly #file: StateFile | undefined;
  readonly #maxClients: number;

  private constructor(
    keys: Map<ClientId, Uint8Array>,
    path: string | undefined,
    maxClients: number,
  ) {
    this.#keys = keys;
    this.#file = path === undefined ? undefined : new StateFile(path, () => this.#content());
    this.#maxClients = maxClients;
  }

  /**
   * @param path a JSON file; without one, registrations end with the process
   * @throws MixnetError `corrupt-file`
   */
  static async open(path?: string, maxClients = MAX_CLIENTS): Promise<ClientStore> {
    const saved = path === undefined ? undefined : await readStateFile(path, clientsFile);
    const keys = (saved?.clients ?? []).map(
      ({ identity, sharedKey }) => [identity, Buffer.from(sharedKey, 'hex')] as const,
    );
    return new ClientStore(new Map(keys), path, maxClients);
  }

  get size(): number {
    return this.#keys.size;
  }

  /** The key shared with the client, 32 bytes. */
  sharedKey(id: ClientId): Uint8Array | undefined {
    return this.#keys.get(id);
  }

  /** The client is here: among all it is now the one seen last. */
  touch(id: ClientId): void {
    const key = this.#keys.get(id);
    if (key === undefined) return;
    this.#keys.delete(id);
    this.#keys.set(id, key);
  }

  /**
   * Registers a client, or replaces its key.
   * @param isInUse clients that must not make way for the new one
   * @returns which client was forgotten for it; resolves when all of this is on the disk
   */
  async register(
    id: ClientId,
    sharedKey: Uint8Array,
    isInUse: (id: ClientId) => boolean,
  ): Promise<ClientId | undefined> {
    const previous = this.#keys.get(id);
    this.#keys.delete(id);
    const forgotten = this.#keys.size < this.#maxClients ? undefined : this.#longestAbsent(isInUse);
    if (forgotten !== undefined) this.#keys.delete(forgotten);
    this.#keys.set(id, sharedKey);
    try {
      await this.#file?.save();
    } catch (error) {
      // The client will be told that it is not registered, so it must not be.
      if (previous === undefined) this.#keys.delete(id);
      else this.#keys.set(id, previous);
      throw error;
    }
    return forgotten;
  }

  async forget(id: ClientId): Promise<void> {
    if (this.#keys.delete(id)) await this.#file?.save();
  }

  /** Resolves when all that was asked to be saved is, or has failed. */
  async settle(): Promise<void> {
    await this.#file?.settle();
  }

  #longestAbsent(isInUse: (id: ClientId) => boolean): ClientId | undefined {
    for (const id of this.#keys.keys()) if (!isInUse(id)) return id;
    return undefined;
  }

  #content(): z.infer<typeof clientsFile> {
    const clients = [...this.#keys].map(([identity, sharedKey]) => ({
      identity,
      sharedKey: Buffer.from(sharedKey).toString('hex'),
    }));
    return { version: 1, clients };
  }
}
