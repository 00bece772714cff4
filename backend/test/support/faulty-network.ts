import { setImmediate as turn } from 'node:timers/promises';
import type { EventName, RequestData } from '@pastenym/shared/v2/messages';
import { formatV2Request } from '@pastenym/shared/v2/wire';
import { newId, readAnswer, type Answer } from './v2-client.js';

/** Gives numbers from 0 up to 1; the same ones for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const LOST = 0.15;
const DOUBLED = 0.2;
const MOST_AT_ONCE = 40;

export interface FaultyNetworkOptions {
  random: () => number;
  /** Hands a message to the service. @returns undefined if there will be no answer */
  ask: (message: string) => Promise<string | undefined>;
}

/**
 * What lies between clients and service: each message, and each answer, is lost, arrives twice, or arrives before those that were sent before it. Clients send their requests
 * again, under the same ids, when nothing is on its way any more. Nothing waits for time to pass.
 */
export class FaultyNetwork {
  readonly #options: FaultyNetworkOptions;
  readonly #onItsWay: (() => Promise<void>)[] = [];
  readonly #sendAgain = new Set<() => void>();
  /** Answers to requests that must be answered the same however often they come. */
  readonly #lasting = new Map<string, string>();
  delivered = 0;

  constructor(options: FaultyNetworkOptions) {
    this.#options = options;
  }

  /** Sends a request until it is answered. */
  request<E extends EventName>(event: E, data: RequestData<E>, id = newId()): Promise<Answer<E>> {
    const message = formatV2Request(id, event, data);
    return new Promise((resolve, reject) => {
      const arrive = (reply: string) => {
        this.#sendAgain.delete(send);
        try {
          this.#compare(event, id, reply);
          resolve(readAnswer(event, id, reply));
        } catch (error) {
          reject(new Error(`Not the answer to ${event}.`, { cause: error }));
        }
      };
      const send = () => {
        this.#post(async () => {
          const reply = await this.#options.ask(message);
          if (reply === undefined) return;
          this.#post(() => {
            arrive(reply);
            return Promise.resolve();
          });
        });
      };
      this.#sendAgain.add(send);
      send();
    });
  }

  /** Until nobody waits for anything, and nothing is on its way. */
  async run(): Promise<void> {
    for (;;) {
      for (let turns = 0; turns < 3; turns++) await turn(); // Clients go on.
      if (this.#onItsWay.length > 0) await this.#deliverSome();
      else if (this.#sendAgain.size === 0) return;
      else for (const send of [...this.#sendAgain]) send();
    }
  }

  #post(parcel: () => Promise<void>): void {
    const fate = this.#options.random();
    const copies = fate < LOST ? 0 : fate < LOST + DOUBLED ? 2 : 1;
    for (let n = 0; n < copies; n++) this.#onItsWay.push(parcel);
  }

  /** Some of what is on its way, in any order, at the same time. */
  async #deliverSome(): Promise<void> {
    const { random } = this.#options;
    const parcels: (() => Promise<void>)[] = [];
    for (let n = Math.ceil(random() * MOST_AT_ONCE); n > 0 && this.#onItsWay.length > 0; n--) {
      parcels.push(...this.#onItsWay.splice(Math.floor(random() * this.#onItsWay.length), 1));
    }
    this.delivered += parcels.length;
    await Promise.all(parcels.map((parcel) => parcel()));
  }

  #compare(event: EventName, id: string, reply: string): void {
    if (event !== 'createPaste' && event !== 'deletePaste') return;
    const earlier = this.#lasting.get(id) ?? reply;
    this.#lasting.set(id, earlier);
    if (reply !== earlier) throw new Error(`${event} was answered in two ways.`);
  }
}
