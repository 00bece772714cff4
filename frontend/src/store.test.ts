import { expect, test } from '@jest/globals';
import { createStore, deriveStore } from './store.js';

test('a store tells its listeners of every change, and only of changes', () => {
  const store = createStore(1);
  const seen: number[] = [];
  const forget = store.subscribe(() => seen.push(store.get()));
  store.set(2);
  store.set(2);
  store.set(3);
  forget();
  store.set(4);
  expect(seen).toEqual([2, 3]);
});

test('a listener that forgets itself does not make another one miss anything', () => {
  const store = createStore(1);
  const seen: string[] = [];
  const forget = store.subscribe(() => {
    seen.push('once');
    forget();
  });
  store.subscribe(() => seen.push('always'));
  store.set(2);
  store.set(3);
  expect(seen).toEqual(['once', 'always', 'always']);
});

test('a derived store changes with the one behind it', () => {
  const store = createStore({ name: 'a' });
  const names = deriveStore(store, ({ name }) => name);
  let told = 0;
  names.subscribe(() => told++);
  store.set({ name: 'b' });
  expect([names.get(), told]).toEqual(['b', 1]);
});
