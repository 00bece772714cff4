/** The way into the mixnet, as far as the service needs one. */
export interface Mixnet {
  /** Sends a message to a Nym address, with single-use reply blocks by which the other side can answer without knowing whom. */
  sendAnonymous: (recipient: string, message: Uint8Array, replySurbs: number) => Promise<void>;
  /** Answers whoever sent a message that carried this tag. Rejects if it cannot be handed on. */
  reply: (senderTag: string, message: Uint8Array) => Promise<void>;
  close: () => Promise<void>;
}

export interface MixnetEvents {
  /** @param senderTag undefined for a message that cannot be answered, such as an answer */
  message: (message: Uint8Array, senderTag: string | undefined) => void;
  /** The way is open, for the first time or again; with the own address, which may be another one. */
  connected: (selfAddress: string) => void;
  disconnected: () => void;
}

/** Opens the way, however long that takes; keeps it open. The promise rejects only once `signal` has aborted. */
export type OpenMixnet = (
  url: string,
  events: MixnetEvents,
  signal: AbortSignal,
) => Promise<Mixnet>;
