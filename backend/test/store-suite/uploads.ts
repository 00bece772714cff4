import { describe, expect, test } from '@jest/globals';
import {
  allAtOnce,
  at,
  chunk,
  CHUNK_BYTES,
  claim,
  createGuarded,
  deletion,
  hex,
  NOW,
  outcome,
  sha256,
  status,
  sweepAll,
  total,
  upload,
  type Bench,
} from './fixtures.js';

export function describeUploads(bench: Bench): void {
  const begin = (members = {}, id = 'one') =>
    createGuarded(bench.store, id, { content: upload('up'), ...members });
  const put = (index: number, content?: string, endsAt = NOW + 600) =>
    bench.store.putChunk('up', chunk(index, content), endsAt);

  test('an upload is known with what was announced, and counts as room that is taken', async () => {
    await begin();
    const found = await bench.store.findUpload('up', at());
    expect(found).toMatchObject({ bytes: 2 * CHUNK_BYTES, isComplete: false, begunAt: NOW + 100 });
    expect(hex(found!.contentHash)).toBe(hex(upload('up').contentHash));
    expect(await bench.store.usage()).toEqual({ pastes: 1, bytes: 2 * CHUNK_BYTES, uploads: 1 });
    expect(await bench.store.findUpload('other', at())).toBeUndefined();
  });

  test('chunks come in any order, and more than once', async () => {
    await begin();
    expect(await put(2)).toEqual({ present: [2] });
    expect(await put(0)).toEqual({ present: [0, 2] });
    expect(await put(2)).toEqual({ present: [0, 2] });
    expect(await put(1)).toEqual({ present: [0, 1, 2] });
    expect((await bench.store.chunkHashes('up')).map(hex)).toEqual(
      [0, 1, 2].map((index) => hex(chunk(index).hash)),
    );
  });

  test('another chunk in the place of one is refused, and the first stays', async () => {
    await begin();
    await put(0, 'first');
    expect(await put(0, 'second')).toBe('conflict');
    expect((await bench.store.chunkHashes('up')).map(hex)).toEqual([hex(sha256('first'))]);
  });

  test('chunks that come at once, at several programs, are all there, and the last to be told is told so', async () => {
    const stores = [bench.store, await bench.openAnother()];
    await begin();
    const n = 20;
    const told = await allAtOnce(2 * n, stores, (store, index) =>
      store.putChunk('up', chunk(index >> 1), NOW + 600),
    );
    const all = Array.from({ length: n }, (_, index) => index);
    expect(told).toContainEqual({ present: all });
    expect((await bench.store.chunkHashes('up')).map(hex)).toEqual(
      all.map((index) => hex(chunk(index).hash)),
    );
  });

  test('the paste exists from the moment on in which its upload is complete, and not before', async () => {
    const { store } = bench;
    await begin();
    await put(0);
    await put(1);
    expect(await store.guardedStatus(status('one'), at())).toBeUndefined();
    await store.completeUpload('up', NOW + 7200);
    expect(await store.guardedStatus(status('one'), at())).toMatchObject({
      bytes: 2 * CHUNK_BYTES,
    });
    expect(await store.usage()).toEqual({ pastes: 1, bytes: 2 * CHUNK_BYTES, uploads: 0 });
  });

  test('an upload that is complete takes nothing more, however often it is completed or dropped', async () => {
    const stores = [bench.store, await bench.openAnother()];
    await begin();
    await put(0);
    await allAtOnce(10, stores, (store) => store.completeUpload('up', NOW + 7200));
    expect(await put(1)).toBeUndefined();
    expect(await bench.store.dropUpload('up')).toBe(false);
    expect(await bench.store.findUpload('up', at())).toMatchObject({ isComplete: true });
    expect(await bench.store.guardedStatus(status('one'), at())).toBeDefined();
  });

  test('it is remembered until it may be forgotten, though its paste was burnt meanwhile', async () => {
    const { store } = bench;
    await begin({ maxViews: 1, expiresAt: NOW + 9999 });
    await put(0);
    await store.completeUpload('up', NOW + 100);
    await store.claimView(claim('a', 'one'), at());
    await store.endClaim(claim('a', 'one'), at());
    expect(await store.usage()).toEqual({ pastes: 0, bytes: 0, uploads: 0 });
    expect(await store.findUpload('up', at(NOW + 99))).toMatchObject({ isComplete: true });
    expect(await store.chunkHashes('up')).toEqual([]);
    expect(await store.findUpload('up', at(NOW + 100))).toBeUndefined();
    await sweepAll(store, at(NOW + 100));
    expect(await store.findUpload('up', at())).toBeUndefined();
  });

  test('one that is dropped is gone with its paste, at once', async () => {
    const { store } = bench;
    await begin();
    await put(0);
    expect(await store.dropUpload('up')).toBe(true);
    expect(await store.dropUpload('up')).toBe(false);
    expect(await store.findUpload('up', at())).toBeUndefined();
    expect(await put(1)).toBeUndefined();
    expect(await store.chunkHashes('up')).toEqual([]);
    await store.completeUpload('up', NOW + 7200);
    expect(await store.guardedStatus(status('one'), at())).toBeUndefined();
    expect(await store.usage()).toEqual({ pastes: 0, bytes: 0, uploads: 0 });
  });

  test('whoever may delete the paste can end its upload, and nobody else', async () => {
    const { store } = bench;
    await begin({ expiresAt: NOW + 9999 });
    await put(0);
    const guess = { id: 'one', deleteHash: sha256('guess') };
    expect(await store.deleteGuarded(guess, outcome('a'), at())).toBeUndefined();
    expect(await put(1)).toEqual({ present: [0, 1] });
    expect(await store.deleteGuarded(deletion('one'), outcome('d'), at())).toMatchObject({
      answer: 'answer to d',
    });
    expect(await store.findUpload('up', at())).toBeUndefined();
    expect(await put(2)).toBeUndefined();
    expect(await store.usage()).toEqual({ pastes: 0, bytes: 0, uploads: 0 });
    expect(total(await sweepAll(store, at(NOW + 600)), 'abandoned')).toBe(0);
  });

  test('one that is dropped and completed at once ends either way, and wholly', async () => {
    const stores = [bench.store, await bench.openAnother()];
    for (let round = 0; round < 10; round++) {
      const [id, uploadId] = [`paste${round}`, `upload${round}`];
      await begin({ content: upload(uploadId) }, id);
      await stores[0]!.putChunk(uploadId, chunk(0), NOW + 600);
      const [isDropped] = await Promise.all([
        stores[round % 2]!.dropUpload(uploadId),
        stores[1 - (round % 2)]!.completeUpload(uploadId, NOW + 7200),
      ]);
      const isThere = (await bench.store.guardedStatus(status(id), at())) !== undefined;
      expect(isThere).toBe(!isDropped);
      expect(await bench.store.usage()).toMatchObject({ uploads: 0 });
    }
  });

  describe('an upload that is abandoned', () => {
    test('is unknown from then on, and swept with its paste', async () => {
      const { store } = bench;
      await begin({ expiresAt: NOW + 9999 });
      await put(0, undefined, NOW + 100);
      expect(await store.findUpload('up', at(NOW + 99))).toBeDefined();
      expect(await store.findUpload('up', at(NOW + 100))).toBeUndefined();
      await sweepAll(store, at(NOW + 99));
      expect(await store.usage()).toMatchObject({ uploads: 1 });
      const sweeps = await sweepAll(store, at(NOW + 100));
      expect(total(sweeps, 'abandoned')).toBe(1);
      expect(total(sweeps, 'expired')).toBe(0);
      expect(await store.usage()).toEqual({ pastes: 0, bytes: 0, uploads: 0 });
      expect(await put(1)).toBeUndefined();
    });

    test('does not live longer by a chunk that comes again, nor by another in its place', async () => {
      await begin({ expiresAt: NOW + 9999 });
      await put(0, undefined, NOW + 100);
      expect(await put(0, undefined, NOW + 500)).toEqual({ present: [0] });
      expect(await put(0, 'another', NOW + 500)).toBe('conflict');
      expect(await bench.store.findUpload('up', at(NOW + 99))).toBeDefined();
      expect(await bench.store.findUpload('up', at(NOW + 100))).toBeUndefined();
    });

    test('lives on with every new chunk', async () => {
      await begin({ expiresAt: NOW + 9999, content: upload('up', NOW + 50) });
      await put(0, undefined, NOW + 100);
      await put(1, undefined, NOW + 200);
      await sweepAll(bench.store, at(NOW + 199));
      expect(await bench.store.findUpload('up', at(NOW + 199))).toBeDefined();
    });

    test('because its paste has expired before it was complete, is unknown, swept or not', async () => {
      const { store } = bench;
      await begin({ expiresAt: NOW + 60 });
      await put(0);
      expect(await store.findUpload('up', at(NOW + 59))).toBeDefined();
      expect(await store.findUpload('up', at(NOW + 60))).toBeUndefined();
      const sweeps = await sweepAll(store, at(NOW + 60));
      expect(total(sweeps, 'expired')).toBe(1);
      expect(await store.findUpload('up', at(NOW + 59))).toBeUndefined();
      expect(await put(1)).toBeUndefined();
      expect(await store.usage()).toEqual({ pastes: 0, bytes: 0, uploads: 0 });
      expect(total(await sweepAll(store, at(NOW + 600)), 'abandoned')).toBe(0);
    });

    test('does not keep the sweep from what else is due, however many are forgotten', async () => {
      const { store } = bench;
      for (let i = 0; i < 70; i++) {
        const uploadId = `upload${i}`;
        await begin({ content: upload(uploadId), expiresAt: NOW + 9999 }, `paste${i}`);
        await store.completeUpload(uploadId, NOW + 100);
      }
      await sweepAll(store, at(NOW + 100));
      for (let i = 0; i < 70; i++) {
        expect(await store.findUpload(`upload${i}`, at())).toBeUndefined();
      }
      expect(await store.usage()).toMatchObject({ pastes: 70, uploads: 0 });
    });
  });
}
