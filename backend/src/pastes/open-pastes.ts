import { AppError } from '@pastenym/shared/errors';
import { secureRandom, type RandomBytes } from '@pastenym/shared/random';
import type { NewOpenPaste, OpenPasteStore, OpenView } from '../store/store.js';
import { createPasteId, isPasteId } from './paste-id.js';
import { dayOf, type Present } from './present.js';

/** What its maker says of a paste; the rest is the service's to know. */
export type OpenDraft = Omit<NewOpenPaste, 'id' | 'createdDay' | 'views'>;

/** Pastes that whoever has the id may read. */
export interface OpenPastes {
  /** @returns the id of the new paste, once it is stored for good */
  create(draft: OpenDraft): Promise<string>;
  /** How many bytes its content has, if there is such a paste. */
  contentBytes(id: string): Promise<number | undefined>;
  /** Of an id of whatever kind, a CID of IPFS too. */
  isBlocked(id: string): Promise<boolean>;
  /** Takes a view; undefined if there is no such paste, or no longer. */
  takeView(id: string): Promise<OpenView | undefined>;
}

export interface OpenPastesOptions {
  store: OpenPasteStore;
  now: Present;
  random?: RandomBytes;
}

export function createOpenPastes(options: OpenPastesOptions): OpenPastes {
  const { store, now, random = secureRandom } = options;
  return {
    create: (draft) =>
      withNewId(random, async (id) => {
        const paste = { ...draft, id, createdDay: dayOf(now()) };
        return (await store.createOpen(paste)) ? id : undefined;
      }),
    async contentBytes(id) {
      return isPasteId(id) ? store.openBytes(id) : undefined;
    },
    isBlocked: (id) => store.isBlocked(id),
    async takeView(id) {
      return isPasteId(id) ? store.takeOpenView(id, now()) : undefined;
    },
  };
}

/** That two ids of 126 random bits are the same once, is a broken source of randomness rather than chance. */
const MAX_DRAWS = 3;

/** @param attempt gives undefined if the id is taken */
export async function withNewId<T>(
  random: RandomBytes,
  attempt: (id: string) => Promise<T | undefined>,
): Promise<T> {
  for (let draw = 0; draw < MAX_DRAWS; draw++) {
    const result = await attempt(createPasteId(random));
    if (result !== undefined) return result;
  }
  throw new AppError('internal', { detail: 'Ids repeat.' });
}
