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

type Registration = readonly [ClientId, Uint8Array];

/**
 * Who is registered at a gateway, and the key shared with each. A real gateway keeps registrations for ever; here every
 * load of a page may make one, so whoever was absent for longest makes way. A client that is present never does.
 */
export class ClientStore {
  /** The one that left longest ago first. */
  #absent: Map<ClientId, Uint8Array>;
  readonly #present = new Map<ClientId, Uint8Array>();
  readonly #file: StateFile | undefined;
  readonly #maxClients: number;
  /** Whether somebody came or left since the file was written. */
  #isOrderStale = false;

  private constructor(
    absent: Map<ClientId, Uint8Array>,
    path: string | undefined,
    maxClients: number,
  ) {
    this.#absent = absent;
    this.#file = path === undefined ? undefined : new StateFile(path, () => this.#content());
    this.#maxClients = maxClients;
  }

  /**
   * @param path a JSON file; without one, registrations end with the process
   * @throws MixnetError `corrupt-file`, `unavailable`
   */
  static async open(path?: string, maxClients = MAX_CLIENTS): Promise<ClientStore> {
    const saved = path === undefined ? undefined : await readStateFile(path, clientsFile);
    const keys = (saved?.clients ?? []).map(
      ({ identity, sharedKey }) => [identity, Buffer.from(sharedKey, 'hex')] as const,
    );
    return new ClientStore(new Map(keys), path, maxClients);
  }

  get size(): number {
    return this.#absent.size + this.#present.size;
  }

  /** The key shared with the client, 32 bytes. */
  sharedKey(id: ClientId): Uint8Array | undefined {
    return this.#present.get(id) ?? this.#absent.get(id);
  }

  arrive(id: ClientId): void {
    this.#move(id, this.#absent, this.#present);
  }

  /** Among those that are absent the client is now the one seen last. */
  leave(id: ClientId): void {
    this.#move(id, this.#present, this.#absent);
  }

  /**
   * Registers a client, or replaces its key.
   * @returns which client was forgotten for it; resolves when all of this is on the disk
   */
  async register(id: ClientId, sharedKey: Uint8Array): Promise<ClientId | undefined> {
    const previous = this.sharedKey(id);
    const forgotten = previous === undefined ? this.#makeRoom() : undefined;
    this.#put(id, sharedKey);
    try {
      await this.#file?.save();
    } catch (error) {
      // The client will be told that it is not registered, so it must not be, and nobody has made way for it.
      if (this.sharedKey(id) === sharedKey) this.#putBack(id, previous);
      if (forgotten !== undefined) this.#restore(forgotten);
      throw error;
    }
    return forgotten?.[0];
  }

  async forget(id: ClientId): Promise<void> {
    if (this.#delete(id)) await this.#file?.save();
  }

  /** Resolves when it is on the disk, too, who was here last; registrations always are. */
  async saveOrder(): Promise<void> {
    if (this.#isOrderStale) await this.#file?.save();
  }

  #move(id: ClientId, from: Map<ClientId, Uint8Array>, to: Map<ClientId, Uint8Array>): void {
    const key = from.get(id);
    if (key === undefined) return;
    from.delete(id);
    to.set(id, key);
    this.#isOrderStale = true;
  }

  #put(id: ClientId, key: Uint8Array): void {
    if (this.#present.has(id)) this.#present.set(id, key);
    else this.#absent.set(id, key);
  }

  #putBack(id: ClientId, previous: Uint8Array | undefined): void {
    if (previous === undefined) this.#delete(id);
    else this.#put(id, previous);
  }

  #delete(id: ClientId): boolean {
    const wasPresent = this.#present.delete(id);
    return this.#absent.delete(id) || wasPresent;
  }

  #makeRoom(): Registration | undefined {
    if (this.size < this.#maxClients) return undefined;
    const [longestAbsent] = this.#absent;
    if (longestAbsent !== undefined) this.#absent.delete(longestAbsent[0]);
    return longestAbsent;
  }

  #restore(registration: Registration): void {
    // It may have registered anew in the meantime.
    if (this.sharedKey(registration[0]) !== undefined) return;
    this.#absent = new Map([registration, ...this.#absent]);
  }

  /** Those who are present come last: should the process be killed, they were seen last. */
  #content(): z.infer<typeof clientsFile> {
    this.#isOrderStale = false;
    const clients = [...this.#absent, ...this.#present].map(([identity, sharedKey]) => ({
      identity,
      sharedKey: Buffer.from(sharedKey).toString('hex'),
    }));
    return { version: 1, clients };
  }
}
