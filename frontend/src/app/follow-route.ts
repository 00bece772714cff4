import type { Transport } from '../connection/transport.js';
import { createReader, type Reader } from '../read/reader.js';
import { createStore, type Store } from '../store.js';
import type { Route } from './route.js';

/**
 * The reader of the paste that was in the address bar last. The link of another paste closes it, with all that may still come in for it.
 * Coming back to the same paste finds it as it was, and the same link with another key tries that key on what is here already: asking the
 * service again would cost a read.
 */
export function readerOf(route: Store<Route>, transport: Transport): Store<Reader | undefined> {
  const store = createStore<Reader | undefined>(undefined);
  const follow = () => {
    const current = route.get();
    const reader = store.get();
    if (current.page !== 'read') return;
    if (current.link.id === reader?.id) {
      if (current.link.key !== undefined) void reader.tryKey(current.link.key);
      return;
    }
    reader?.close();
    store.set(createReader(current.link, transport));
  };
  route.subscribe(follow);
  follow();
  return store;
}
