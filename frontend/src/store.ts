/** A value that changes, and whoever wants to know. React reads one through `useSyncExternalStore`; nothing here knows React. */
export interface Store<T> {
  get: () => T;
  /** @returns forgets the listener */
  subscribe: (listener: () => void) => () => void;
}

export interface WritableStore<T> extends Store<T> {
  set: (value: T) => void;
}

export function createStore<T>(initial: T): WritableStore<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** What `read` makes of another store's value. It must give the same thing for the same value. */
export function deriveStore<A, B>(store: Store<A>, read: (value: A) => B): Store<B> {
  return { get: () => read(store.get()), subscribe: store.subscribe };
}
