/** Every reason for which a packet or a message ends before its time. */
export const DROP_CAUSES = [
  /** Bytes on a mix port that are no frame of a Sphinx packet; the connection ends with it. */
  'bad-frame',
  /** Something from a client that the gateway protocol does not allow. */
  'bad-client-message',
  /** A packet whose header or payload does not stand the test, or that was made for another key. */
  'bad-packet',
  'replayed',
  /** The next hop is no node of this network. */
  'unknown-next-hop',
  /** A packet that ends at a node that has no clients. */
  'not-a-gateway',
  'unknown-client',
  /** A message without a well-formed ack in front of it, or anything that does not fill its packet. */
  'bad-ack',
  /** An ack for a client that is not connected: it is of no use later. */
  'ack-for-absent-client',
  'mailbox-full',
  /** A stored message that cannot be read. Unless it is gone, it is tried again until it is too old. */
  'unreadable-message',
  'client-too-slow',
  /** The node holds too many packets already. */
  'node-full',
  'peer-unreachable',
  'peer-too-slow',
  /** Lost on purpose: the loss rate. */
  'loss',
  /** Held by a node that was stopped. */
  'node-stopped',
] as const;

export type DropCause = (typeof DROP_CAUSES)[number];

export interface PacketCounts {
  /** Packets that came in from other nodes. */
  readonly packetsIn: number;
  /** Packets that went out to other nodes. */
  readonly packetsOut: number;
  /** Packets that clients handed to their gateway. */
  readonly packetsFromClients: number;
  /** Messages and acks that were pushed to clients. */
  readonly messagesToClients: number;
  readonly dropped: Readonly<Record<DropCause, number>>;
}

type CountName = Exclude<keyof PacketCounts, 'dropped'>;

const noDrops = (): Record<DropCause, number> =>
  // The causes are the keys, all of them: what `fromEntries` cannot say in its type.
  Object.fromEntries(DROP_CAUSES.map((cause) => [cause, 0])) as Record<DropCause, number>;

/** What happened at one node since it was made. */
export class Counters {
  readonly #counts = { packetsIn: 0, packetsOut: 0, packetsFromClients: 0, messagesToClients: 0 };
  readonly #dropped = noDrops();

  count(name: CountName): void {
    this.#counts[name] += 1;
  }

  drop(cause: DropCause): void {
    this.#dropped[cause] += 1;
  }

  read(): PacketCounts {
    return { ...this.#counts, dropped: { ...this.#dropped } };
  }
}

/** The counts of several nodes together. */
export function sumCounts(all: readonly PacketCounts[]): PacketCounts {
  const sum = (pick: (counts: PacketCounts) => number): number =>
    all.reduce((total, counts) => total + pick(counts), 0);
  const dropped = noDrops();
  for (const cause of DROP_CAUSES) dropped[cause] = sum((counts) => counts.dropped[cause]);
  return {
    packetsIn: sum((counts) => counts.packetsIn),
    packetsOut: sum((counts) => counts.packetsOut),
    packetsFromClients: sum((counts) => counts.packetsFromClients),
    messagesToClients: sum((counts) => counts.messagesToClients),
    dropped,
  };
}

export interface NetworkCounts extends PacketCounts {
  readonly clients: { readonly registered: number; readonly connected: number };
  readonly storedMessages: number;
}

/** One line for an operator: what flowed, what was dropped and why, who is there. It names nobody. */
export function formatCounts(counts: NetworkCounts): string {
  const drops = DROP_CAUSES.filter((cause) => counts.dropped[cause] > 0)
    .map((cause) => `${cause} ${counts.dropped[cause]}`)
    .join(', ');
  return [
    `packets in ${counts.packetsIn}, out ${counts.packetsOut}, from clients ${counts.packetsFromClients}`,
    `messages to clients ${counts.messagesToClients}, stored ${counts.storedMessages}`,
    `clients registered ${counts.clients.registered}, connected ${counts.clients.connected}`,
    `dropped: ${drops === '' ? 'none' : drops}`,
  ].join('; ');
}
