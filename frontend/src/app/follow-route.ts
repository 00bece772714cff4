import type { Transport } from '../connection/transport.js';
import { createReader, type Reader } from '../read/reader.js';
import { createStore, type Store } from '../store.js';
import type { PasteLink } from '../pastes/paste-link.js';
import type { Route } from './route.js';

export interface Readers {
  /** Of the paste that was in the address bar last. */
  current: Store<Reader | undefined>;
  /** Whether a paste would be lost with the page that is nowhere else any more. */
  holdsLast: Store<boolean>;
}

/**
 * The readers of the pastes whose links have been in the address bar. The link of another paste ends what is asked for the one before.
 * Coming back to the same paste finds it as it was, and the same link with another key tries that key on what is here already: asking the
 * service again would cost a read. So what cannot be had again is kept while other pastes are looked at.
 */
export function readersOf(route: Store<Route>, transport: Transport): Readers {
  const current = createStore<Reader | undefined>(undefined);
  const holdsLast = createStore(false);
  /** Grows by one for each link that somebody opens in this tab, and only if it spends a read. */
  const kept = new Map<string, Reader>();
  const look = () => {
    const all = new Set(kept.values());
    const reader = current.get();
    if (reader !== undefined) all.add(reader);
    holdsLast.set([...all].some((one) => one.holdsUnseenLast()));
  };

  function follow(): void {
    const shown = route.get();
    const before = current.get();
    if (shown.page !== 'read') return;
    if (shown.link.id !== before?.id) {
      if (before !== undefined) leave(before);
      current.set(kept.get(shown.link.id) ?? create(shown.link));
      look();
    }
    if (shown.link.key !== undefined) void current.get()?.tryKey(shown.link.key);
  }

  function create(link: PasteLink): Reader {
    const reader = createReader(link, transport);
    reader.subscribe(look);
    return reader;
  }

  function leave(reader: Reader): void {
    reader.cancel();
    if (reader.hasSpentRead()) kept.set(reader.id, reader);
  }

  route.subscribe(follow);
  follow();
  return { current, holdsLast };
}
