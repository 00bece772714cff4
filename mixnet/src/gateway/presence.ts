import { CLOSE_REPLACED, type ClientSession } from './client-session.js';
import type { ClientId } from './client-store.js';

/** Which clients are connected, and through which session. A client has one; the newer wins. */
export class Presence {
  readonly #sessions = new Map<ClientId, ClientSession>();

  get size(): number {
    return this.#sessions.size;
  }

  find(client: ClientId): ClientSession | undefined {
    return this.#sessions.get(client);
  }

  /** Real gateways ask the older connection whether it is alive first; after a crash that only costs the client time. */
  arrive(client: ClientId, session: ClientSession): void {
    const older = this.#sessions.get(client);
    this.#sessions.set(client, session);
    if (older !== session) older?.close(CLOSE_REPLACED, 'replaced by a newer connection');
  }

  /** @returns whether the client is away now; it is not when a newer session has taken over */
  leave(client: ClientId, session: ClientSession): boolean {
    return this.#sessions.get(client) === session && this.#sessions.delete(client);
  }
}
