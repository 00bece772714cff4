import type { Clock } from '../clock.js';
import type { SigningKey } from '../crypto/ed25519.js';
import type { RandomBytes } from '../crypto/random.js';
import type { ForwardRequest } from './client-frames.js';
import type { ClientId } from './client-store.js';

/** What a gateway does for its clients, as those who speak with them see it. */
export interface GatewayOffice {
  readonly identity: SigningKey;
  /** The protocol version that clients are told. */
  readonly protocolVersion: number;
  readonly clock: Clock;
  readonly random: RandomBytes;
  sharedKey(client: ClientId): Uint8Array | undefined;
  /** Resolves when the registration is on the disk. */
  register(client: ClientId, sharedKey: Uint8Array): Promise<void>;
  forget(client: ClientId): Promise<void>;
  forward(request: ForwardRequest): void;
}
