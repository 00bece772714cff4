import type { ShareLink } from '@pastenym/shared/share-link';
import type { Transport } from '../connection/transport.js';
import { createPaste, sizeOf } from '../pastes/create.js';
import { failureOf, type Failure } from '../pastes/failures.js';
import { DEFAULT_LIFETIME, isViewCount, type Expiry, type Lifetime } from '../pastes/lifetime.js';
import { MAX_PASTE_BYTES } from '../pastes/limits.js';
import type { PasteProgress } from '../pastes/progress.js';
import { createStore, type Store } from '../store.js';

export interface ComposerState {
  text: string;
  /** Its size, in bytes of UTF-8. */
  bytes: number;
  options: ComposeOptions;
  phase: ComposePhase;
}

export interface ComposeOptions {
  expiry: Expiry | undefined;
  reads: 'any' | 'one' | 'several';
  /** How many, if several; NaN while there is no number in the field. */
  severalReads: number;
  encrypted: boolean;
}

export type ComposePhase =
  | { name: 'writing' }
  | { name: 'sending'; progress: PasteProgress; startedAt: number }
  /** The text is still there. */
  | { name: 'failed'; failure: Failure }
  | { name: 'done'; link: ShareLink; lifetime: Lifetime; createdAt: number };

/** What stands in the way of creating the paste. */
export type Obstacle = 'empty' | 'too-large' | 'bad-reads';

/** The page on which pastes are written. It outlives the sight of it: a text is there again when its writer comes back. */
export interface Composer extends Store<ComposerState> {
  write: (text: string) => void;
  choose: (options: Partial<ComposeOptions>) => void;
  create: () => Promise<void>;
  cancel: () => void;
  /** Begins a new paste, with the same options. */
  clear: () => void;
}

const INITIAL: ComposerState = {
  text: '',
  bytes: 0,
  options: { expiry: DEFAULT_LIFETIME.expiry, reads: 'any', severalReads: 3, encrypted: true },
  phase: { name: 'writing' },
};

export function createComposer(
  transport: Transport,
  { now = Date.now }: { now?: () => number } = {},
): Composer {
  const store = createStore(INITIAL);
  let sending: AbortController | undefined;

  const update = (change: Partial<ComposerState>) => {
    store.set({ ...store.get(), ...change });
  };

  async function create(): Promise<void> {
    const { text, options, phase } = store.get();
    if (phase.name === 'sending' || obstacleOf(store.get()) !== undefined) return;
    const startedAt = now();
    const controller = new AbortController();
    sending = controller;
    const onProgress = (progress: PasteProgress) => {
      if (sending === controller) update({ phase: { name: 'sending', progress, startedAt } });
    };
    onProgress({ stage: 'encrypting' });
    const lifetime = lifetimeOf(options);
    try {
      const draft = { text, ...lifetime, encrypted: options.encrypted };
      const { signal } = controller;
      const link = await createPaste(draft, transport, { signal, onProgress });
      update({ phase: { name: 'done', link, lifetime, createdAt: now() } });
    } catch (error) {
      const phase: ComposePhase = controller.signal.aborted
        ? { name: 'writing' }
        : { name: 'failed', failure: failureOf(error) };
      if (sending === controller) update({ phase });
    } finally {
      if (sending === controller) sending = undefined;
    }
  }

  return {
    get: store.get,
    subscribe: store.subscribe,
    create,
    write(text) {
      update({ text, bytes: sizeOf(text), phase: { name: 'writing' } });
    },
    choose(options) {
      update({ options: { ...store.get().options, ...options }, phase: { name: 'writing' } });
    },
    cancel() {
      sending?.abort();
    },
    clear() {
      update({ text: '', bytes: 0, phase: { name: 'writing' } });
    },
  };
}

export function lifetimeOf({ expiry, reads, severalReads }: ComposeOptions): Lifetime {
  return { expiry, views: { any: undefined, one: 1, several: severalReads }[reads] };
}

export function obstacleOf({ bytes, options }: ComposerState): Obstacle | undefined {
  if (options.reads === 'several' && !isViewCount(options.severalReads)) return 'bad-reads';
  if (bytes === 0) return 'empty';
  return bytes > MAX_PASTE_BYTES ? 'too-large' : undefined;
}

/** Whether leaving the page would lose something. */
export const holdsUnsentText = ({ text, phase }: ComposerState): boolean =>
  text !== '' && phase.name !== 'done';
