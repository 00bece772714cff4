/**
 * One client on the mixnet, from the start of its worker to its end: one identity, one gateway, one websocket. It never comes back from a
 * failure; a new one takes its place.
 */
export interface Link {
  /** Sends an anonymous message, with reply blocks (SURBs) for the answer. Resolves when the client has taken it, not when it has arrived. */
  send(message: Uint8Array, recipient: string, replySurbs: number): Promise<void>;
  close(): void;
}

/** What becomes of it. Whatever is told after `broken` means nothing. None of these is called before the link has been handed out. */
export interface LinkListener {
  /** The client's code has been loaded. */
  loaded: () => void;
  /** A websocket to this gateway is open. */
  gatewayReached: (url: string) => void;
  /** The gateway has taken the client in, under this Nym address. */
  connected: (address: string) => void;
  /** A message has come through the mixnet. */
  heard: (message: Uint8Array) => void;
  /** @param detail the client's own words, if it had any; for a person who looks into it */
  broken: (fault: LinkFault, detail?: string) => void;
}

export type LinkFault =
  | 'worker-failed' // its code could not be loaded, or it has crashed
  | 'start-failed' // no topology, no gateway, no registration
  | 'socket-closed'; // the gateway has gone

export type OpenLink = (listener: LinkListener) => Link;
