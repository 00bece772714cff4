import { expect, test } from '@jest/globals';
import { createPaste, pasteService, transportTo } from '../../test/support/paste-service.js';
import { formatShareLink } from '@pastenym/shared/share-link';
import { parsePasteLink, type PasteLink } from '../pastes/paste-link.js';
import type { Reader, ReaderState } from '../read/reader.js';
import { createStore } from '../store.js';
import { readersOf } from './follow-route.js';
import { parseRoute, type Route } from './route.js';

test.each([
  ['', { page: 'compose' }],
  ['#', { page: 'compose' }],
  ['#/', { page: 'compose' }],
  ['#/about', { page: 'about' }],
  [
    '#/8A8Z9nIk&key=abc',
    { page: 'read', link: { id: '8A8Z9nIk', key: 'abc', reads: 'unlimited' } },
  ],
  ['#/8A8Z9nIk', { page: 'read', link: { id: '8A8Z9nIk', key: undefined, reads: 'unlimited' } }],
  ['#/8A8Z9nIk&key=abc&burn', { page: 'read', link: { reads: 'limited' } }],
  ['#/8A8Z9nIk&burn&key=abc', { page: 'read', link: { reads: 'limited', key: 'abc' } }],
  ['#8A8Z9nIk&key=abc', { page: 'read', link: { id: '8A8Z9nIk' } }],
  [`#/${'A'.repeat(22)}/${'A'.repeat(43)}`, { page: 'newer-link' }],
  ['#/x', { page: 'bad-link' }],
  ['#/8A8Z9nIk/short', { page: 'bad-link' }],
])('%s is a page', (fragment, route) => {
  expect(parseRoute(fragment)).toMatchObject(route);
});

async function stored(...views: (number | undefined)[]) {
  const service = pasteService();
  const links: PasteLink[] = [];
  for (const each of views) {
    const draft = { text: 'hello', expiry: undefined, views: each, encrypted: true };
    const link = await createPaste(draft, service.transport);
    const parsed = parsePasteLink(formatShareLink('', link));
    if (parsed.version === 1) links.push(parsed);
  }
  const reads = () => service.asked.filter(({ event }) => event === 'getText').length;
  return { service, links: links as [PasteLink, PasteLink], reads };
}

/** Waits until the reader has a state of that name. */
function until(reader: Reader | undefined, name: ReaderState['name']): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (reader?.get().name === name) resolve();
    };
    reader?.subscribe(look);
    look();
  });
}

test('a paste is not asked for again when its reader looks at another page and comes back', async () => {
  const { service, links, reads } = await stored(undefined, undefined);
  const [link, other] = links;
  const route = createStore<Route>({ page: 'read', link: { ...link, key: 'wrong' } });
  const { current } = readersOf(route, service.transport);
  const first = current.get();
  await until(first, 'sealed');
  route.set({ page: 'about' });
  route.set({ page: 'read', link });
  expect(current.get()).toBe(first);
  expect(reads()).toBe(1);

  route.set({ page: 'read', link: other });
  expect(current.get()).not.toBe(first);
  await until(current.get(), 'open');
  expect(reads()).toBe(2);
});

test('a read that was spent is not spent again when another paste is looked at in between', async () => {
  const { service, links, reads } = await stored(1, undefined);
  const [link, other] = links;
  const route = createStore<Route>({ page: 'read', link: { ...link, key: 'wrong' } });
  const { current, holdsLast } = readersOf(route, service.transport);
  const first = current.get();
  expect(holdsLast.get()).toBe(false);
  await first?.fetch();
  expect(first?.get().name).toBe('sealed');
  expect(holdsLast.get()).toBe(true);

  route.set({ page: 'read', link: other });
  await until(current.get(), 'open');
  expect(holdsLast.get()).toBe(true);
  route.set({ page: 'read', link });
  expect(current.get()).toBe(first);
  await until(first, 'open');
  expect(holdsLast.get()).toBe(false);
  expect(reads()).toBe(2);
});

test('a read under way when another paste is looked at goes on as the same read', async () => {
  const { service, links } = await stored(1, undefined);
  const [link, other] = links;
  let isSlow = true;
  const transport = transportTo((request) => {
    const answer = service.answer(request);
    return isSlow ? undefined : answer;
  });
  const route = createStore<Route>({ page: 'read', link });
  const { current, holdsLast } = readersOf(route, transport);
  const first = current.get();
  void first?.fetch();
  expect(holdsLast.get()).toBe(true);
  route.set({ page: 'read', link: other });
  route.set({ page: 'read', link });
  expect(current.get()).toBe(first);
  expect(first?.get()).toMatchObject({ name: 'asking', because: 'cancelled-late' });
  isSlow = false;
  await first?.fetch();
  expect(first?.get()).toMatchObject({ name: 'open', document: { text: 'hello' } });
});
