import { AppError } from '@pastenym/shared/errors';
import type { Transport } from '../connection/transport.js';
import { failureOf, type Failure } from '../pastes/failures.js';
import {
  createRead,
  fetchPaste,
  isDestroyed,
  type FetchedPaste,
  type PasteFacts,
  type PasteRead,
} from '../pastes/fetch.js';
import { openPaste, type PasteDocument } from '../pastes/open.js';
import type { PasteLink } from '../pastes/paste-link.js';
import { isOnItsWay, type PasteProgress } from '../pastes/progress.js';
import { createStore, type Store } from '../store.js';

export type ReaderState =
  /** Nothing is being asked of the service. */
  | { name: 'asking'; because: Because; lacksKey: boolean }
  | { name: 'fetching'; progress: PasteProgress; startedAt: number }
  | { name: 'failed'; failure: Failure }
  /** The paste is here, sealed. Keys can be tried as often as it takes: the service is not asked again. */
  | { name: 'sealed'; facts: PasteFacts; failure: Failure | undefined }
  | { name: 'open'; facts: PasteFacts; document: PasteDocument };

/** What the link says of its reads; or somebody has cancelled, before the request was sent or after. */
export type Because = 'limited' | 'cancelled' | 'cancelled-late';

/** The reading of one paste, from its link to its text. */
export interface Reader extends Store<ReaderState> {
  readonly id: string;
  /**
   * Asks the service for it: after the question, or again after a failure. Until there is an answer it is the same read that is asked for,
   * and the service counts it once.
   * @param typedKey what was typed along with the answer to the question, or nothing
   */
  fetch: (typedKey?: string) => Promise<void>;
  /** Tries a key on what is here; if nothing is here yet, it is tried then. */
  tryKey: (key: string) => Promise<void>;
  cancel: () => void;
  /** Whether a read of a limited number has been spent here, or may have been. */
  hasSpentRead: () => boolean;
  /** Whether a paste would be lost with this reader that the service has not any more, or may not have, and nobody has seen. */
  holdsUnseenLast: () => boolean;
}

/** A paste that reading may use up is not asked for before somebody says so; any other one at once. */
export function createReader(
  link: PasteLink,
  transport: Transport,
  { now = Date.now }: { now?: () => number } = {},
): Reader {
  let key = link.key;
  /** The read that is asked for. */
  let read: { request: PasteRead; wasSent: boolean } | undefined;
  let fetched: FetchedPaste | undefined;
  let fetching: AbortController | undefined;
  /** Of several openings, with different keys, the last one counts. */
  let openings = 0;
  const store = createStore<ReaderState>(
    link.reads === 'unlimited' ? firstProgress(now()) : question(link.reads),
  );

  function question(because: Because): ReaderState {
    const lacksKey = key === undefined && fetched === undefined && link.reads !== 'unlimited';
    return { name: 'asking', because, lacksKey };
  }

  async function fetch(typedKey = ''): Promise<void> {
    if (typedKey !== '') key = typedKey;
    if (fetching !== undefined || store.get().name === 'open') return;
    const controller = new AbortController();
    fetching = controller;
    try {
      fetched ??= await ask(controller.signal);
      await open(fetched);
    } catch (error) {
      if (!controller.signal.aborted) store.set({ name: 'failed', failure: failAfter(error) });
    } finally {
      if (fetching === controller) fetching = undefined;
    }
  }

  async function ask(signal: AbortSignal): Promise<FetchedPaste> {
    const startedAt = now();
    const current = (read ??= { request: createRead(link.id), wasSent: false });
    const onProgress = (progress: PasteProgress) => {
      if (signal.aborted) return;
      current.wasSent ||= isOnItsWay(progress);
      store.set({ name: 'fetching', progress, startedAt });
    };
    const paste = await fetchPaste(current.request, transport, { signal, onProgress });
    onProgress({ stage: 'decrypting' });
    return paste;
  }

  /** What the service has refused for good it would refuse this very request again. */
  function failAfter(error: unknown): Failure {
    const failure = failureOf(error);
    if (!failure.retry) read = undefined;
    return failure;
  }

  async function open({ content, facts }: FetchedPaste): Promise<void> {
    openings += 1;
    const opening = openings;
    let next: ReaderState;
    if (content.kind === 'sealed' && key === undefined) {
      next = { name: 'sealed', facts, failure: undefined };
    } else {
      try {
        next = { name: 'open', facts, document: await openPaste(content, key) };
      } catch (error) {
        const failure = failureOf(error);
        // Another key helps only where this one does not fit.
        next = isWrongKey(error) ? { name: 'sealed', facts, failure } : { name: 'failed', failure };
      }
    }
    if (openings === opening) store.set(next);
  }

  if (link.reads === 'unlimited') void fetch();

  const isUnanswered = () => read?.wasSent === true && link.reads !== 'unlimited';

  return {
    id: link.id,
    get: store.get,
    subscribe: store.subscribe,
    fetch,
    async tryKey(candidate) {
      key = candidate;
      const state = store.get();
      if (state.name === 'asking') store.set({ ...state, lacksKey: false });
      else if (fetched !== undefined && state.name !== 'open') await open(fetched);
    },
    cancel() {
      if (store.get().name !== 'fetching') return;
      fetching?.abort();
      fetching = undefined;
      openings += 1;
      store.set(question(read?.wasSent === true ? 'cancelled-late' : 'cancelled'));
    },
    hasSpentRead() {
      return fetched === undefined ? isUnanswered() : fetched.facts.maxViews !== undefined;
    },
    holdsUnseenLast() {
      if (store.get().name === 'open') return false;
      return fetched === undefined ? isUnanswered() : isDestroyed(fetched.facts);
    },
  };
}

const firstProgress = (startedAt: number): ReaderState => ({
  name: 'fetching',
  progress: { stage: 'queued', waitingFor: 'connection' },
  startedAt,
});

const isWrongKey = (error: unknown) => error instanceof AppError && error.code === 'wrong-key';
