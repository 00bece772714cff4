import { describe, expect, test } from '@jest/globals';
import { MAX_DESTROYED_BYTES, MAX_SWEPT_ROWS } from '../../src/limits.js';
import type { PasteStore } from '../../src/store/store.js';
import {
  at,
  chunk,
  CHUNK_BYTES,
  claim,
  createGuarded,
  deletion,
  NOW,
  openPaste,
  outcome,
  status,
  sweepAll,
  text,
  total,
  upload,
  type Bench,
} from './fixtures.js';

const NOTHING = { expired: 0, abandoned: 0, other: 0 };
const LARGE_BYTES = 2 * MAX_DESTROYED_BYTES;

/** So large that it is taken apart little by little. */
async function createLarge(store: PasteStore, id: string, members = {}): Promise<void> {
  const content = upload(`upload of ${id}`);
  await createGuarded(store, id, { content, bytes: LARGE_BYTES, expiresAt: NOW + 900, ...members });
  for (let index = 0; index < LARGE_BYTES / CHUNK_BYTES; index++) {
    const bytes = Buffer.alloc(CHUNK_BYTES, `${id} ${index} `);
    await store.putChunk(content.uploadId, { ...chunk(index), content: bytes }, NOW + 600);
  }
}

export function describeUpkeep(bench: Bench): void {
  test('on an empty store there is nothing to do', async () => {
    expect(await bench.store.sweep(at(NOW, 800_000))).toEqual(NOTHING);
    expect(await bench.store.eraseTraces()).toBe(true);
    expect(await bench.store.usage()).toEqual({ pastes: 0, bytes: 0, uploads: 0 });
  });

  test('sweeping takes what has expired and nothing else, in batches', async () => {
    const { store } = bench;
    const n = 4 * MAX_SWEPT_ROWS;
    const expired = Array.from({ length: n }, (_, i) =>
      store.createOpen(openPaste(`expired${i}`, { expiresAt: NOW - i })),
    );
    await Promise.all([
      ...expired,
      store.createOpen(openPaste('later', { expiresAt: NOW + 1 })),
      store.createOpen(openPaste('never')),
    ]);
    const sweeps = await sweepAll(store, at());
    expect(sweeps.map((swept) => swept.expired)).toEqual([25, 25, 25, 25]);
    for (const id of ['later', 'never']) {
      expect(text((await store.takeOpenView(id, at()))?.content)).toBe(`content of ${id}`);
    }
    expect(await store.usage()).toEqual({ pastes: 2, bytes: 32, uploads: 0 });
  });

  test('it takes what has expired by block, and counts once what is due for two reasons', async () => {
    const { store } = bench;
    await store.createOpen(openPaste('both', { expiresAt: NOW, expiresAtBlock: 800_000 }));
    await store.createOpen(openPaste('block', { expiresAtBlock: 800_000 }));
    await store.createOpen(openPaste('later', { expiresAtBlock: 800_001 }));
    expect(total(await sweepAll(store, at(NOW, 800_000)), 'expired')).toBe(2);
    expect(await store.usage()).toMatchObject({ pastes: 1 });
  });

  test('it takes what is blocked, of any kind and size, and counts none of it as expired', async () => {
    const { store, database } = bench;
    await store.createOpen(openPaste('open'));
    await createGuarded(store, 'read', { maxViews: 1 });
    await store.claimView(claim('a', 'read'), at());
    await createGuarded(store, 'upload', { content: upload('up') });
    await createLarge(store, 'large');
    await store.createOpen(openPaste('other'));
    for (const id of ['open', 'read', 'upload', 'large', 'nothing']) await database.block(id);
    const sweeps = await sweepAll(store, at());
    expect(total(sweeps, 'expired') + total(sweeps, 'abandoned')).toBe(0);
    expect(await store.usage()).toEqual({ pastes: 1, bytes: 16, uploads: 0 });
  });

  test('large pastes of one piece are swept few at a time', async () => {
    const { store } = bench;
    const content = Buffer.alloc(3 * 1024 * 1024);
    for (const id of ['a', 'b', 'c']) {
      await store.createOpen(openPaste(id, { content, expiresAt: NOW }));
    }
    const sweeps = await sweepAll(store, at());
    expect(sweeps.map((swept) => swept.expired)).toEqual([1, 1, 1]);
  });

  test('two programs may sweep one database at once', async () => {
    const stores = [bench.store, await bench.openAnother()];
    for (let i = 0; i < 3 * MAX_SWEPT_ROWS; i++) {
      await bench.store.createOpen(openPaste(`open${i}`, { expiresAt: NOW }));
      await createGuarded(bench.store, `guarded${i}`, { maxViews: 1 });
      await bench.store.claimView(claim(`a${i}`, `guarded${i}`, { endsAt: NOW }), at(NOW - 1));
    }
    const sweeps = (await Promise.all(stores.map((store) => sweepAll(store, at())))).flat();
    sweeps.push(...(await sweepAll(bench.store, at())));
    expect(total(sweeps, 'expired')).toBe(3 * MAX_SWEPT_ROWS);
    expect(await bench.store.usage()).toEqual({ pastes: 0, bytes: 0, uploads: 0 });
  });

  describe('a large paste of many chunks is not given out from the first moment, and taken apart over several sweeps,', () => {
    const isGone = async () => {
      const { store } = bench;
      expect(await store.guardedStatus(status('one'), at())).toBeUndefined();
      expect(await store.claimView(claim('late', 'one'), at())).toBeUndefined();
      expect(await store.claimedChunk(claim('a', 'one'), 20, at())).toBeUndefined();
      expect(await store.deleteGuarded(deletion('one'), outcome('late'), at())).toBeUndefined();
      expect(await store.createOpen(openPaste('one'))).toBe(false);
      const sweeps = await sweepAll(store, at());
      expect(sweeps.length).toBeGreaterThan(1);
      expect(await store.usage()).toEqual({ pastes: 0, bytes: 0, uploads: 0 });
      return sweeps;
    };

    test('when its last view ends', async () => {
      const { store } = bench;
      await createLarge(store, 'one', { maxViews: 1 });
      await store.completeUpload('upload of one', NOW + 600);
      await store.claimView(claim('a', 'one'), at());
      expect(await store.claimedChunk(claim('a', 'one'), 20, at())).toBeDefined();
      await store.endClaim(claim('a', 'one'), at());
      expect(total(await isGone(), 'expired')).toBe(0);
    });

    test('when it is deleted, though it is being read', async () => {
      const { store } = bench;
      await createLarge(store, 'one');
      await store.completeUpload('upload of one', NOW + 600);
      await store.claimView(claim('a', 'one'), at());
      await store.deleteGuarded(deletion('one'), outcome('d'), at());
      expect(total(await isGone(), 'expired')).toBe(0);
    });

    test('when it has expired', async () => {
      const { store } = bench;
      await createLarge(store, 'one', { expiresAt: NOW });
      await store.completeUpload('upload of one', NOW + 600);
      expect(total(await isGone(), 'expired')).toBe(1);
    });

    test('when it has expired, and the clock is set back meanwhile', async () => {
      const { store } = bench;
      await createLarge(store, 'one', { expiresAt: NOW });
      await store.completeUpload('upload of one', NOW + 600);
      expect(await store.guardedStatus(status('one'), at(NOW - 1))).toBeDefined();
      expect(await store.sweep(at())).toMatchObject({ expired: 1 });
      expect(await store.guardedStatus(status('one'), at(NOW - 1))).toBeUndefined();
      await isGone();
    });

    test('when its upload is dropped', async () => {
      const { store } = bench;
      await createLarge(store, 'one');
      expect(await store.dropUpload('upload of one')).toBe(true);
      expect(await store.findUpload('upload of one', at())).toBeUndefined();
      expect(await store.putChunk('upload of one', chunk(0), NOW + 600)).toBeUndefined();
      expect(total(await isGone(), 'abandoned')).toBe(0);
    });

    test('when it is deleted before it is complete', async () => {
      const { store } = bench;
      await createLarge(store, 'one');
      await store.deleteGuarded(deletion('one'), outcome('d'), at());
      expect(await store.findUpload('upload of one', at())).toBeUndefined();
      expect(total(await isGone(), 'expired')).toBe(0);
    });

    test('when its upload is abandoned', async () => {
      const { store } = bench;
      await createLarge(store, 'one');
      const sweeps = await sweepAll(store, at(NOW + 600));
      expect([total(sweeps, 'abandoned'), total(sweeps, 'expired')]).toEqual([1, 0]);
      expect(sweeps.length).toBeGreaterThan(1);
      expect(await store.usage()).toEqual({ pastes: 0, bytes: 0, uploads: 0 });
    });
  });

  test('usage is exact, whatever happens at once', async () => {
    const { store } = bench;
    const other = await bench.openAnother();
    await Promise.all([
      ...Array.from({ length: 20 }, (_, i) =>
        (i % 2 ? store : other).createOpen(openPaste(`o${i}`, { maxViews: 1 })),
      ),
      ...Array.from({ length: 20 }, (_, i) => createGuarded(i % 2 ? store : other, `g${i}`)),
      createGuarded(store, 'u', { content: upload('up'), bytes: 1000 }),
    ]);
    await Promise.all([
      ...Array.from({ length: 15 }, (_, i) => (i % 3 ? store : other).takeOpenView(`o${i}`, at())),
      ...Array.from({ length: 5 }, (_, i) =>
        (i % 2 ? store : other).deleteGuarded(deletion(`g${i}`), outcome(`d${i}`), at()),
      ),
    ]);
    const bytes = 5 * 'content of o15'.length + 5 * 13 + 10 * 14 + 1000;
    expect(await other.usage()).toEqual({ pastes: 5 + 15 + 1, bytes, uploads: 1 });
    await store.completeUpload('up', NOW + 600);
    expect(await other.usage()).toEqual({ pastes: 21, bytes, uploads: 0 });
  });
}
