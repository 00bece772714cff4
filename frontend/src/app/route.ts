import { createStore, type Store } from '../store.js';
import { parsePasteLink, type PasteLink } from '../pastes/paste-link.js';

/** The pages. Everything stands in the fragment, which browsers send to nobody. */
export type Route =
  | { page: 'compose' }
  | { page: 'about' }
  | { page: 'read'; link: PasteLink }
  /** A link of a version that this page does not know yet. */
  | { page: 'newer-link' }
  | { page: 'bad-link' };

export function parseRoute(fragment: string): Route {
  if (/^#?\/?$/.test(fragment)) return { page: 'compose' };
  if (fragment === '#/about') return { page: 'about' };
  try {
    const link = parsePasteLink(fragment);
    return link.version === 1 ? { page: 'read', link } : { page: 'newer-link' };
  } catch {
    // Whatever is wrong with it, it is no link.
    return { page: 'bad-link' };
  }
}

/** The page of the address bar, as it changes. Lives as long as the window. */
export function routeStore(): Store<Route> {
  const store = createStore(parseRoute(location.hash));
  addEventListener('hashchange', () => {
    store.set(parseRoute(location.hash));
  });
  return store;
}
