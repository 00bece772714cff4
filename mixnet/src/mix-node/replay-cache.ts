import { REPLAY_GENERATION_TAGS } from '../limits.js';

/**
 * The replay tags that a key has seen. Exact sets instead of the Bloom filter of real nodes: no false alarms, at about
 * 100 bytes a tag. When a generation is full it becomes the old one and the old one is forgotten; a packet can be
 * replayed once as many others have passed, which at 100 packets a second takes 20 minutes or more. Real nodes remember
 * for as long as a key lives.
 */
export class ReplayCache {
  readonly #generationTags: number;
  #current = new Set<string>();
  #previous = new Set<string>();

  constructor(generationTags = REPLAY_GENERATION_TAGS) {
    this.#generationTags = generationTags;
  }

  /** @returns whether the tag is new; from now on it is not */
  admit(replayTag: Uint8Array): boolean {
    const tag = Buffer.from(replayTag).toString('latin1');
    if (this.#current.has(tag) || this.#previous.has(tag)) return false;
    if (this.#current.size >= this.#generationTags) {
      this.#previous = this.#current;
      this.#current = new Set();
    }
    this.#current.add(tag);
    return true;
  }
}
