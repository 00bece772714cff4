import type { Transport } from '../connection/transport.js';
import { failureOf, type Failure } from '../pastes/failures.js';
import { fetchPaste, type FetchedPaste, type PasteFacts } from '../pastes/fetch.js';
import { openPaste, type PasteDocument } from '../pastes/open.js';
import { isOnItsWay, type PasteProgress } from '../pastes/progress.js';
import { createStore, type Store } from '../store.js';

/** What a link of version 1 says. */
export interface PasteLink {
  id: string;
  key: string | undefined;
  burn: boolean;
}

export type ReaderState =
  /** Nothing has been asked of the service, or no longer. */
  | { name: 'asking'; because: 'burn' | 'cancelled' | 'cancelled-late' }
  | { name: 'fetching'; progress: PasteProgress; startedAt: number }
  | { name: 'failed'; failure: Failure }
  /** The paste is here, sealed. Keys can be tried as often as it takes: the service is not asked again. */
  | { name: 'sealed'; facts: PasteFacts; failure: Failure | undefined }
  | { name: 'open'; facts: PasteFacts; document: PasteDocument };

/** The reading of one paste, from its link to its text. */
export interface Reader extends Store<ReaderState> {
  readonly id: string;
  /** Asks the service for it: after the question, or again after a failure. */
  fetch: () => Promise<void>;
  /** Tries a key on what is here; if nothing is here yet, it is tried then. */
  tryKey: (key: string) => Promise<void>;
  cancel: () => void;
  /** Nobody looks at it any more. What still comes in is thrown away. */
  close: () => void;
}

/** A paste that reading may destroy is not asked for before somebody says so; any other one at once. */
export function createReader(
  link: PasteLink,
  transport: Transport,
  { now = Date.now }: { now?: () => number } = {},
): Reader {
  const store = createStore<ReaderState>(
    link.burn
      ? { name: 'asking', because: 'burn' }
      : {
          name: 'fetching',
          progress: { stage: 'queued', waitingFor: 'connection' },
          startedAt: now(),
        },
  );
  let key = link.key;
  let fetched: FetchedPaste | undefined;
  let request: AbortController | undefined;
  let attempt = 0;

  async function fetch(): Promise<void> {
    if (request !== undefined || fetched !== undefined) return;
    const startedAt = now();
    const controller = new AbortController();
    request = controller;
    const onProgress = (progress: PasteProgress) => {
      if (request === controller) store.set({ name: 'fetching', progress, startedAt });
    };
    try {
      fetched = await fetchPaste(link.id, transport, { signal: controller.signal, onProgress });
      onProgress({ stage: 'decrypting' });
      if (request === controller) await open(fetched);
    } catch (error) {
      if (request === controller) store.set({ name: 'failed', failure: failureOf(error) });
    } finally {
      if (request === controller) request = undefined;
    }
  }

  async function open({ content, facts }: FetchedPaste): Promise<void> {
    attempt += 1;
    const mine = attempt;
    if (content.kind === 'sealed' && key === undefined) {
      store.set({ name: 'sealed', facts, failure: undefined });
      return;
    }
    let next: ReaderState;
    try {
      next = { name: 'open', facts, document: await openPaste(content, key) };
    } catch (error) {
      next = { name: 'sealed', facts, failure: failureOf(error) };
    }
    if (attempt === mine) store.set(next);
  }

  function stop(): void {
    const stopped = request;
    request = undefined;
    attempt += 1;
    stopped?.abort();
  }

  if (!link.burn) void fetch();

  return {
    id: link.id,
    get: store.get,
    subscribe: store.subscribe,
    fetch,
    async tryKey(candidate) {
      key = candidate;
      if (fetched !== undefined && store.get().name !== 'open') await open(fetched);
    },
    cancel() {
      const state = store.get();
      if (state.name !== 'fetching') return;
      stop();
      const because = isOnItsWay(state.progress) ? 'cancelled-late' : 'cancelled';
      store.set({ name: 'asking', because });
    },
    close: stop,
  };
}
