import type { Counters } from '../counters.js';
import { MAX_MIX_DELAY_MS } from '../limits.js';
import type { MixFrame } from '../link/frame.js';
import { LinkListener } from '../link/listener.js';
import {
  decryptPacket,
  type FinalHop,
  openPacket,
  SphinxError,
  type Unwrapped,
} from '../sphinx/unwrap.js';
import type { WorkLoop } from '../work-loop.js';
import type { Outgoing } from './outgoing.js';
import { ReplayCache } from './replay-cache.js';

const NS_PER_MS = 1e6;

export interface MixNodeParts {
  /** The node's X25519 private key. */
  readonly sphinxKey: Uint8Array;
  readonly outgoing: Pick<Outgoing, 'send' | 'start' | 'stop'>;
  readonly counters: Counters;
  readonly workLoop: WorkLoop;
  /** Takes the packets whose way ends here. A node that is given none has no clients and drops them. */
  readonly onFinal?: (hop: FinalHop, frame: MixFrame) => void;
}

/** Receives packets, takes off one layer, and sends them on after the delay that they ask for. */
export class MixNode {
  readonly #parts: MixNodeParts;
  readonly #replayCache = new ReplayCache();
  readonly #listener: LinkListener;

  constructor(parts: MixNodeParts) {
    this.#parts = parts;
    this.#listener = new LinkListener(parts.workLoop, {
      onFrame: (frame) => {
        this.#receive(frame);
      },
      onBadFrame: () => {
        parts.counters.drop('bad-frame');
      },
    });
  }

  /** @returns the port; see `listen` for the errors */
  async start(port: number, whose: string): Promise<number> {
    const actualPort = await this.#listener.start(port, whose);
    this.#parts.outgoing.start();
    return actualPort;
  }

  /** Closes all sockets; what is held is lost, as in a crash. The replay tags stay: so does the key. */
  async stop(): Promise<void> {
    this.#parts.outgoing.stop();
    await this.#listener.stop();
  }

  #receive(frame: MixFrame): void {
    this.#parts.counters.count('packetsIn');
    const hop = this.#unwrap(frame.packet);
    if (hop?.kind === 'forward') {
      const delayMs = Math.min(Number(hop.delayNs) / NS_PER_MS, MAX_MIX_DELAY_MS);
      this.#parts.outgoing.send({ ...frame, packet: hop.packet }, hop.nextHop, delayMs);
    } else if (hop?.kind === 'final') {
      if (this.#parts.onFinal) this.#parts.onFinal(hop, frame);
      else this.#parts.counters.drop('not-a-gateway');
    }
  }

  #unwrap(packet: Uint8Array): Unwrapped | undefined {
    try {
      const opened = openPacket(packet, this.#parts.sphinxKey);
      if (this.#replayCache.admit(opened.replayTag)) return decryptPacket(opened);
      this.#parts.counters.drop('replayed');
    } catch (error) {
      if (!(error instanceof SphinxError)) throw error;
      this.#parts.counters.drop('bad-packet');
    }
    return undefined;
  }
}
