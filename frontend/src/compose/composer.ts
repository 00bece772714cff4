import type { ShareLink } from '@pastenym/shared/share-link';
import type { Transport } from '../connection/transport.js';
import { sealPaste, sizeOf, storePaste, type Draft, type SealedPaste } from '../pastes/create.js';
import { failureOf, type Failure } from '../pastes/failures.js';
import { DEFAULT_LIFETIME, isViewCount, type Expiry, type Lifetime } from '../pastes/lifetime.js';
import { MAX_PASTE_BYTES } from '../pastes/limits.js';
import { isOnItsWay, type PasteProgress } from '../pastes/progress.js';
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
  /** The request was on its way already: the paste may be stored. */
  | { name: 'cancelled' }
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
  /** The same, if the last one is done. What has not been sent stays. */
  leaveResult: () => void;
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
  let prepared: Prepared | undefined;

  const update = (change: Partial<ComposerState>) => {
    store.set({ ...store.get(), ...change });
  };

  async function create(): Promise<void> {
    const { text, options, phase } = store.get();
    if (phase.name === 'sending' || obstacleOf(store.get()) !== undefined) return;
    const lifetime = lifetimeOf(options);
    const draft = { text, ...lifetime, encrypted: options.encrypted };
    const controller = new AbortController();
    sending = controller;
    try {
      const link = await send(draft, controller.signal);
      prepared = undefined;
      update({ phase: { name: 'done', link, lifetime, createdAt: now() } });
    } catch (error) {
      update({ phase: phaseAfter(error, controller.signal.aborted) });
    } finally {
      sending = undefined;
    }
  }

  /** What has been sealed and not answered is sent again as it was, so that it cannot become a second paste. */
  async function send(draft: Draft, signal: AbortSignal): Promise<ShareLink> {
    const startedAt = now();
    const onProgress = (progress: PasteProgress) => {
      if (signal.aborted) return;
      if (prepared !== undefined && isOnItsWay(progress)) prepared.wasSent = true;
      update({ phase: { name: 'sending', progress, startedAt } });
    };
    onProgress({ stage: 'encrypting' });
    if (prepared === undefined || !isSame(prepared.draft, draft)) {
      prepared = { draft, sealed: await sealPaste(draft), wasSent: false };
    }
    return storePaste(prepared.sealed, transport, { signal, onProgress });
  }

  function phaseAfter(error: unknown, wasCancelled: boolean): ComposePhase {
    if (wasCancelled) return { name: prepared?.wasSent === true ? 'cancelled' : 'writing' };
    const failure = failureOf(error);
    // The service would only repeat what it has said to this very request.
    if (!failure.retry) prepared = undefined;
    return { name: 'failed', failure };
  }

  const clear = () => {
    update({ text: '', bytes: 0, phase: { name: 'writing' } });
  };

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
    clear,
    leaveResult() {
      if (store.get().phase.name === 'done') clear();
    },
  };
}

/** A paste that is sealed, and has not been answered yet. */
interface Prepared {
  draft: Draft;
  sealed: SealedPaste;
  wasSent: boolean;
}

const isSame = (one: Draft, other: Draft): boolean =>
  one.text === other.text &&
  one.expiry === other.expiry &&
  one.views === other.views &&
  one.encrypted === other.encrypted;

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
