import { expect, test } from '@jest/globals';
import { settle } from '../../test/support/fake-time.js';
import { pasteService } from '../../test/support/paste-service.js';
import { createPaste } from '../pastes/create.js';
import { createStore } from '../store.js';
import { readerOf } from './follow-route.js';
import { parseRoute, type Route } from './route.js';

test.each([
  ['', { page: 'compose' }],
  ['#', { page: 'compose' }],
  ['#/', { page: 'compose' }],
  ['#/about', { page: 'about' }],
  ['#/8A8Z9nIk&key=abc', { page: 'read', link: { id: '8A8Z9nIk', key: 'abc', burn: false } }],
  ['#/8A8Z9nIk', { page: 'read', link: { id: '8A8Z9nIk', key: undefined, burn: false } }],
  ['#/8A8Z9nIk&key=abc&burn', { page: 'read', link: { burn: true } }],
  ['#8A8Z9nIk&key=abc', { page: 'read', link: { id: '8A8Z9nIk' } }],
  [`#/8A8Z9nIk/${'A'.repeat(43)}`, { page: 'newer-link' }],
  ['#/x', { page: 'bad-link' }],
  ['#/8A8Z9nIk/short', { page: 'bad-link' }],
])('%s is a page', (fragment, route) => {
  expect(parseRoute(fragment)).toMatchObject(route);
});

test('a paste is not asked for again when its reader looks at another page and comes back', async () => {
  const service = pasteService();
  const draft = { text: 'hello', expiry: undefined, views: undefined, encrypted: true };
  const link = await createPaste(draft, service.transport);
  const other = await createPaste(draft, service.transport);
  if (link.version !== 1 || other.version !== 1) throw new Error('not version 1');
  const reads = () => service.asked.filter(({ event }) => event === 'getText').length;

  const route = createStore<Route>({ page: 'read', link: { ...link, key: 'wrong' } });
  const reader = readerOf(route, service.transport);
  const first = reader.get();
  await settle();
  route.set({ page: 'about' });
  route.set({ page: 'read', link });
  expect(reader.get()).toBe(first);
  expect(reads()).toBe(1);

  route.set({ page: 'read', link: other });
  expect(reader.get()).not.toBe(first);
  await settle();
  expect(reads()).toBe(2);
});
