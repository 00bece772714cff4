import { systemClock, type Clock } from '@pastenym/shared/clock';
import { AppError } from '@pastenym/shared/errors';
import { secureRandom, type RandomBytes } from '@pastenym/shared/random';
import type { NewPaste, PasteStore, TakenView } from '../store/store.js';
import { createPasteId, isPasteId } from './paste-id.js';

/** What its maker says of a paste; the rest is the service's to know. */
export type PasteDraft = Omit<NewPaste, 'id' | 'createdDay'>;

/** Pastes, for whichever version of the wire asks. */
export interface PasteService {
  /** @returns the id of the new paste, once it is stored for good */
  create(draft: PasteDraft): Promise<string>;
  /** How many bytes its content has, if there is such a paste. */
  contentBytes(id: string): Promise<number | undefined>;
  /** Takes a view; undefined if there is no such paste, or no longer. */
  takeView(id: string): Promise<TakenView | undefined>;
}

const SECONDS_PER_DAY = 86_400;
/** That two ids of 126 random bits are the same once, is a broken source of randomness rather than chance. */
const MAX_DRAWS = 3;

export function createPasteService({
  store,
  clock = systemClock,
  random = secureRandom,
}: {
  store: PasteStore;
  clock?: Clock;
  random?: RandomBytes;
}): PasteService {
  return {
    async create(draft) {
      const createdDay = Math.floor(toSeconds(clock()) / SECONDS_PER_DAY);
      for (let draw = 0; draw < MAX_DRAWS; draw++) {
        const id = createPasteId(random);
        if (await store.createPaste({ ...draft, id, createdDay })) return id;
      }
      throw new AppError('internal', { detail: 'Ids repeat.' });
    },

    async contentBytes(id) {
      return isPasteId(id) ? store.contentBytes(id) : undefined;
    },

    async takeView(id) {
      return isPasteId(id) ? store.takeView(id, toSeconds(clock())) : undefined;
    },
  };
}

/** Whole seconds since 1970. */
export function toSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
