import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  accessHash,
  allAtOnce,
  at,
  createGuarded,
  isPresent,
  NOW,
  openPaste,
  text,
  type Bench,
} from './fixtures.js';

export function describeOpenPastes(bench: Bench): void {
  const contentOf = async (id: string, now = at()) =>
    text((await bench.store.takeOpenView(id, now))?.content);

  test('a paste comes back as it was stored', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 20_000 }),
        fc.option(fc.string({ unit: 'binary' }), { nil: undefined }),
        fc.uuid(),
        async (content, details, id) => {
          const { store } = bench;
          const members = { details, expiresAt: NOW + 1, expiresAtBlock: 9, maxViews: 2 };
          await store.createOpen(openPaste(id, { content, ...members }));
          const view = await store.takeOpenView(id, at(NOW, 8));
          expect(Buffer.compare(view!.content, content)).toBe(0);
          expect(await store.openBytes(id)).toBe(content.length);
          expect({ ...view, content: undefined }).toEqual({
            ...members,
            content: undefined,
            createdDay: 20_000,
            views: 1,
          });
        },
      ),
      { numRuns: 30 },
    );
  });

  test('its details may hold any character that JSON can hide, and NUL', async () => {
    const details = `${JSON.stringify({ salt: '\u0000', name: '\ud83d\ude00' })}\u0000`;
    await bench.store.createOpen(openPaste('one', { details }));
    expect(await bench.store.takeOpenView('one', at())).toMatchObject({ details });
  });

  test('a paste of several MB comes back whole', async () => {
    const content = Buffer.alloc(12_000_000, 'a text that is long. ');
    await bench.store.createOpen(openPaste('one', { content }));
    const view = await bench.store.takeOpenView('one', at());
    expect(Buffer.compare(view!.content, content)).toBe(0);
  });

  test('an id is given once', async () => {
    const { store } = bench;
    const [first, second] = ['first', 'second'].map((word) => Buffer.from(word));
    expect(await store.createOpen(openPaste('one', { content: first! }))).toBe(true);
    expect(await store.createOpen(openPaste('one', { content: second! }))).toBe(false);
    expect(await contentOf('one')).toBe('first');
  });

  test('an id that many want at once is given to one of them', async () => {
    const stores = [bench.store, await bench.openAnother()];
    const given = await allAtOnce(20, stores, (store) => store.createOpen(openPaste('one')));
    expect(given.filter(Boolean)).toEqual([true]);
    expect(await bench.store.usage()).toMatchObject({ pastes: 1 });
  });

  test('views are counted, and without a limit they go on', async () => {
    await bench.store.createOpen(openPaste('one'));
    for (let views = 1; views <= 5; views++) {
      expect(await bench.store.takeOpenView('one', at())).toMatchObject({ views });
    }
  });

  test('views that were taken before it came are counted, too', async () => {
    const { store } = bench;
    await store.createOpen(openPaste('one', { maxViews: 3, views: 2 }));
    expect(await store.takeOpenView('one', at())).toMatchObject({ views: 3 });
    expect(await contentOf('one')).toBeUndefined();
  });

  test.each([1, 2, 7])(
    'a paste with %i views goes to exactly so many of fifty readers',
    async (n) => {
      const { store } = bench;
      await store.createOpen(openPaste('one', { maxViews: n }));
      const views = await allAtOnce(50, [store], () => store.takeOpenView('one', at()));
      const numbers = views.filter(isPresent).map(({ views }) => views);
      expect(numbers.sort()).toEqual(Array.from({ length: n }, (_, index) => index + 1));
      expect(await store.openBytes('one')).toBeUndefined();
    },
  );

  test('two programs on one database do not give a view twice', async () => {
    const stores = [bench.store, await bench.openAnother()];
    await bench.store.createOpen(openPaste('one', { maxViews: 10 }));
    const views = await allAtOnce(50, stores, (store) => store.takeOpenView('one', at()));
    expect(views.filter(isPresent).length).toBe(10);
    expect(await bench.store.usage()).toEqual({ pastes: 0, bytes: 0, uploads: 0 });
  });

  test('from the second of its expiry on, a paste is no more, swept or not', async () => {
    await bench.store.createOpen(openPaste('one', { expiresAt: NOW }));
    expect(await contentOf('one', at(NOW - 1))).toBe('content of one');
    expect(await contentOf('one', at(NOW))).toBeUndefined();
  });

  describe('a paste that expires at a block', () => {
    test('is there below it, and from that block on no more, swept or not', async () => {
      await bench.store.createOpen(openPaste('one', { expiresAtBlock: 800_000 }));
      expect(await contentOf('one', at(NOW, 799_999))).toBe('content of one');
      expect(await contentOf('one', at(NOW, 800_000))).toBeUndefined();
    });

    test('is not given out while nobody knows the height, and not swept either', async () => {
      const { store } = bench;
      await store.createOpen(openPaste('one', { expiresAtBlock: 800_000 }));
      expect(await contentOf('one', at(NOW))).toBeUndefined();
      expect(await store.sweep(at())).toEqual({ expired: 0, abandoned: 0, other: 0 });
      expect(await contentOf('one', at(NOW, 799_999))).toBe('content of one');
    });
  });

  test('how long its content is, can be asked before a view is taken', async () => {
    const { store } = bench;
    await store.createOpen(openPaste('one', { content: Buffer.alloc(777), maxViews: 1 }));
    expect(await store.openBytes('one')).toBe(777);
    expect(await store.openBytes('none')).toBeUndefined();
    expect(await store.takeOpenView('one', at())).toMatchObject({ views: 1 });
  });

  test('a blocked id is neither created nor read', async () => {
    const { store, database } = bench;
    await store.createOpen(openPaste('one', { maxViews: 1 }));
    for (const id of ['one', 'two']) await database.block(id);
    expect(await store.isBlocked('one')).toBe(true);
    expect(await store.isBlocked('three')).toBe(false);
    expect(await contentOf('one')).toBeUndefined();
    expect(await store.createOpen(openPaste('two'))).toBe(false);
    expect(await store.usage()).toMatchObject({ pastes: 1 });
  });

  test('a guarded paste cannot be read as an open one', async () => {
    await createGuarded(bench.store, 'one');
    expect(await contentOf('one')).toBeUndefined();
    expect(await bench.store.openBytes('one')).toBeUndefined();
    expect(await bench.store.createOpen(openPaste('one'))).toBe(false);
    const proof = { id: 'one', accessHash: accessHash('one') };
    expect(await bench.store.guardedStatus(proof, at())).toMatchObject({ views: 0 });
  });

  test('what a resolved promise says can be read by another program', async () => {
    await bench.store.createOpen(openPaste('one'));
    const other = await bench.openAnother();
    expect(await other.takeOpenView('one', at())).toBeDefined();
  });

  test('closing completes what was asked for before', async () => {
    const store = await bench.database.open();
    const created = store.createOpen(openPaste('one'));
    await store.close();
    expect(await created).toBe(true);
    expect(await contentOf('one')).toBeDefined();
  });
}
