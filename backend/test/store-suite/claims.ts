import { describe, expect, test } from '@jest/globals';
import {
  allAtOnce,
  at,
  chunk,
  claim,
  createGuarded,
  isPresent,
  NOW,
  sha256,
  status,
  sweepAll,
  text,
  upload,
  type Bench,
} from './fixtures.js';
import type { GuardedView } from '../../src/store/store.js';

type Claimed = GuardedView | 'other-request' | undefined;

const viewOf = (claimed: Claimed) =>
  claimed === undefined || claimed === 'other-request' ? claimed : claimed.views;

export function describeClaims(bench: Bench): void {
  const claimView = (request: string, now = at(), members = {}) =>
    bench.store.claimView(claim(request, 'one', members), now);
  const readChunk = (request: string, now = at(), index = 0) =>
    bench.store.claimedChunk(claim(request, 'one'), index, now).then(text);
  const endClaim = (request: string, now = at()) =>
    bench.store.endClaim(claim(request, 'one'), now);

  test('a claim gives the content, and what is told of the paste', async () => {
    await createGuarded(bench.store, 'one', { maxViews: 3 });
    const { chunk, ...rest } = (await claimView('a')) as GuardedView;
    expect(text(chunk)).toBe('content of one');
    expect(rest).toEqual({
      bytes: 'content of one'.length,
      maxViews: 3,
      views: 1,
      expiresAt: NOW + 3600,
      expiresInSeconds: 3500,
    });
    expect(await bench.store.guardedStatus(status('one'), at())).toMatchObject({ views: 1 });
  });

  test('a request that comes again takes no other view and is told the same, whatever others have done', async () => {
    await createGuarded(bench.store, 'one', { maxViews: 3 });
    const first = await claimView('a');
    await claimView('b');
    expect(await claimView('a')).toEqual(first);
    expect(viewOf(await claimView('c'))).toBe(3);
    expect(await claimView('a')).toEqual(first);
    expect(await claimView('d')).toBeUndefined();
  });

  test('a request that comes often at once, at several programs, takes one view', async () => {
    const stores = [bench.store, await bench.openAnother()];
    for (const maxViews of [1, 5]) {
      const id = `paste${maxViews}`;
      await createGuarded(bench.store, id, { maxViews });
      const views = await allAtOnce(30, stores, (store) =>
        store.claimView(claim(`a${maxViews}`, id), at()),
      );
      expect(views.map(viewOf)).toEqual(Array.from({ length: 30 }, () => 1));
    }
    expect(await bench.store.guardedStatus(status('paste5'), at())).toMatchObject({ views: 1 });
  });

  test('a request that has claimed something else gets nothing, and takes nothing', async () => {
    await createGuarded(bench.store, 'one', { maxViews: 1 });
    await createGuarded(bench.store, 'two', { maxViews: 1 });
    await claimView('a');
    expect(await bench.store.claimView(claim('a', 'two'), at())).toBe('other-request');
    expect(await bench.store.endClaim(claim('a', 'two'), at())).toBe(false);
    expect(await bench.store.claimedChunk(claim('a', 'two'), 0, at())).toBeUndefined();
    expect(viewOf(await bench.store.claimView(claim('b', 'two'), at()))).toBe(1);
  });

  test('and if it wants two things at once, at two programs, it gets one of them', async () => {
    const stores = [bench.store, await bench.openAnother()];
    const ids = ['one', 'two'];
    for (const id of ids) await createGuarded(bench.store, id, { maxViews: 9 });
    const claimed = await allAtOnce(20, stores, (store, index) =>
      store.claimView(claim('a', ids[index % 2]!), at()),
    );
    expect(claimed.filter((one) => one === 'other-request').length).toBe(10);
    const views = await Promise.all(
      ids.map((id) => bench.store.guardedStatus(status(id), at()).then((one) => one?.views)),
    );
    expect(views.sort()).toEqual([0, 1]);
  });

  test.each([1, 2, 7])(
    'a paste with %i views goes to exactly so many of fifty readers',
    async (n) => {
      await createGuarded(bench.store, 'one', { maxViews: n });
      const views = await allAtOnce(50, [bench.store], (_, index) => claimView(`request${index}`));
      const numbers = views.filter(isPresent).map(viewOf);
      expect(numbers.sort()).toEqual(Array.from({ length: n }, (_, index) => index + 1));
    },
  );

  test('two programs on one database do not give a view twice, though each request comes twice', async () => {
    const stores = [bench.store, await bench.openAnother()];
    await createGuarded(bench.store, 'one', { maxViews: 10 });
    const claimed = await allAtOnce(100, stores, async (store, index) => {
      const request = `request${index >> 1}`;
      return [request, viewOf(await store.claimView(claim(request, 'one'), at()))] as const;
    });
    const given = new Map(claimed.filter(([, view]) => view !== undefined));
    expect(given.size).toBe(10);
    expect(new Set(given.values()).size).toBe(10);
    expect(await bench.store.usage()).toMatchObject({ pastes: 1 });
    const ends = await allAtOnce(10, stores, (store, index) =>
      store.endClaim(claim([...given.keys()][index]!, 'one'), at()),
    );
    expect(ends).toEqual(ends.map(() => true));
    expect(await bench.store.usage()).toEqual({ pastes: 0, bytes: 0, uploads: 0 });
  });

  describe('a claim', () => {
    test('that has ended gives nothing more', async () => {
      await createGuarded(bench.store, 'one');
      await claimView('a');
      expect(await readChunk('a')).toBe('content of one');
      expect(await endClaim('a')).toBe(true);
      expect(await readChunk('a')).toBeUndefined();
      expect(await claimView('a')).toBeUndefined();
      expect(viewOf(await claimView('b'))).toBe(2);
    });

    test('that has timed out gives nothing more, swept or not', async () => {
      await createGuarded(bench.store, 'one');
      await claimView('a', at(), { endsAt: NOW + 60 });
      expect(await readChunk('a', at(NOW + 59))).toBe('content of one');
      expect(await readChunk('a', at(NOW + 60))).toBeUndefined();
      expect(await claimView('a', at(NOW + 60))).toBeUndefined();
      expect(await endClaim('a', at(NOW + 60))).toBe(true);
    });

    test('can be ended again and again', async () => {
      await createGuarded(bench.store, 'one', { maxViews: 1 });
      await claimView('a');
      for (let i = 0; i < 3; i++) expect(await endClaim('a')).toBe(true);
      expect(await endClaim('b')).toBe(false);
    });

    test('cannot be used by whoever knows the request only', async () => {
      await createGuarded(bench.store, 'one');
      await claimView('a');
      const guess = { request: 'a', digest: sha256('guess') };
      expect(await bench.store.claimedChunk(guess, 0, at())).toBeUndefined();
      expect(await bench.store.endClaim(guess, at())).toBe(false);
      expect(await readChunk('a')).toBe('content of one');
    });

    test('gives the chunks of a large paste', async () => {
      const { store } = bench;
      await createGuarded(store, 'one', { content: upload('up'), maxViews: 1 });
      for (const index of [1, 0]) await store.putChunk('up', chunk(index), NOW + 600);
      await store.completeUpload('up', NOW + 600);
      expect(text(((await claimView('a')) as GuardedView).chunk)).toBe('chunk 0');
      expect(await readChunk('a', at(), 1)).toBe('chunk 1');
      expect(await readChunk('a', at(), 0)).toBe('chunk 0');
      expect(await readChunk('a', at(), 2)).toBeUndefined();
    });

    test('gives nothing from the second on in which the paste expires', async () => {
      await createGuarded(bench.store, 'one', { expiresAt: NOW + 60, maxViews: 1 });
      await claimView('a');
      expect(await readChunk('a', at(NOW + 59))).toBe('content of one');
      expect(await readChunk('a', at(NOW + 60))).toBeUndefined();
      expect(await claimView('a', at(NOW + 60))).toBeUndefined();
      expect(await bench.store.sweep(at(NOW + 60))).toMatchObject({ expired: 1 });
      expect(await claimView('a', at(NOW + 60))).toBeUndefined();
      expect(await endClaim('a', at(NOW + 60))).toBe(true);
    });

    test('gives nothing once the id is blocked', async () => {
      await createGuarded(bench.store, 'one');
      await claimView('a');
      await bench.database.block('one');
      expect(await readChunk('a')).toBeUndefined();
      expect(await claimView('a')).toBeUndefined();
    });

    test('is remembered until it may be forgotten: until then a late copy takes no view', async () => {
      await createGuarded(bench.store, 'one', { expiresAt: NOW + 9999 });
      const members = { endsAt: NOW + 60, forgetAt: NOW + 100 };
      await claimView('a', at(), members);
      await sweepAll(bench.store, at(NOW + 99));
      expect(await claimView('a', at(NOW + 99), members)).toBeUndefined();
      await sweepAll(bench.store, at(NOW + 100));
      expect(await endClaim('a', at(NOW + 100))).toBe(false);
    });
  });

  describe('a paste whose last view has been taken', () => {
    test('can still be read by those who have claimed it, and by nobody else', async () => {
      await createGuarded(bench.store, 'one', { maxViews: 2 });
      await claimView('a');
      await claimView('b');
      expect(await claimView('c')).toBeUndefined();
      await endClaim('a');
      expect(await readChunk('b')).toBe('content of one');
      expect(viewOf(await claimView('b'))).toBe(2);
    });

    test('is destroyed when the last claim ends', async () => {
      await createGuarded(bench.store, 'one', { maxViews: 2 });
      await claimView('a');
      await endClaim('a');
      expect(await bench.store.usage()).toMatchObject({ pastes: 1 });
      await claimView('b');
      await endClaim('b');
      expect(await bench.store.usage()).toEqual({ pastes: 0, bytes: 0, uploads: 0 });
    });

    test('is destroyed when the last claim ends, though another has timed out that was not swept', async () => {
      await createGuarded(bench.store, 'one', { maxViews: 2 });
      await claimView('a', at(), { endsAt: NOW + 60 });
      await claimView('b', at(), { endsAt: NOW + 61 });
      await endClaim('b', at(NOW + 60));
      expect(await bench.store.usage()).toEqual({ pastes: 0, bytes: 0, uploads: 0 });
      expect(await endClaim('a', at(NOW + 60))).toBe(true);
    });

    test('is destroyed by the sweep when the last claim times out', async () => {
      const { store } = bench;
      await createGuarded(store, 'one', { maxViews: 1 });
      await claimView('a', at(), { endsAt: NOW + 60 });
      await sweepAll(store, at(NOW + 59));
      expect(await readChunk('a', at(NOW + 59))).toBe('content of one');
      await sweepAll(store, at(NOW + 60));
      expect(await store.usage()).toEqual({ pastes: 0, bytes: 0, uploads: 0 });
    });

    test('is destroyed though claims may be forgotten in the second in which they time out, and are many', async () => {
      const { store } = bench;
      const n = 120;
      await createGuarded(store, 'one', { maxViews: n });
      for (let i = 0; i < n; i++) {
        // The first to end is the last to be forgotten.
        const members = { endsAt: NOW + 10 + i, forgetAt: NOW + 500 - i };
        await store.claimView(claim(`request${i}`, 'one', members), at());
      }
      await sweepAll(store, at(NOW + 500));
      expect(await store.usage()).toEqual({ pastes: 0, bytes: 0, uploads: 0 });
    });

    test('is destroyed by the end of two claims at once, at two programs', async () => {
      const stores = [bench.store, await bench.openAnother()];
      for (let round = 0; round < 10; round++) {
        const id = `paste${round}`;
        const requests = ['a', 'b', 'c', 'd'].map((name) => name + String(round));
        await createGuarded(bench.store, id, { maxViews: requests.length });
        for (const request of requests) await bench.store.claimView(claim(request, id), at());
        await allAtOnce(requests.length, stores, (store, index) =>
          store.endClaim(claim(requests[index]!, id), at()),
        );
        expect(await bench.store.usage()).toEqual({ pastes: 0, bytes: 0, uploads: 0 });
      }
    });
  });
}
