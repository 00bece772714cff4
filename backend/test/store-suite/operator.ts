import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { OperatorStore } from '../../src/store/operator-store.js';
import type { PasteStore } from '../../src/store/store.js';
import {
  at,
  chunk,
  CHUNK_BYTES,
  claim,
  createGuarded,
  NOW,
  openPaste,
  status,
  upload,
} from './fixtures.js';

/** A database on which a service and an operator work at the same time. */
export interface OperatedDatabase {
  store: PasteStore;
  operator: OperatorStore;
  /** Changes what is in it as nobody should. */
  spoil: (sql: string) => Promise<void>;
  /** Closes both stores and removes it. */
  remove: () => Promise<void>;
}

/** What `OperatorStore` promises, as tests that every implementation must pass. */
export function describeOperatorStore(
  name: string,
  openDatabase: () => Promise<OperatedDatabase>,
): void {
  describe(name, () => {
    let database: OperatedDatabase;
    let store: PasteStore;
    let operator: OperatorStore;

    beforeEach(async () => {
      database = await openDatabase();
      ({ store, operator } = database);
    });

    afterEach(() => database.remove());

    const putUpload = async (id: string) => {
      await createGuarded(store, id, { content: upload(id) });
      await store.putChunk(id, chunk(0), NOW + 600);
    };

    test('a paste is described by its sizes and ends, not by what is in it', async () => {
      await store.createOpen(openPaste('open', { maxViews: 3, details: 'secret details' }));
      await store.takeOpenView('open', at());
      await createGuarded(store, 'guarded');
      await putUpload('upload');
      expect(await operator.describe('open')).toEqual({
        isBlocked: false,
        paste: {
          kind: 'open',
          bytes: 15,
          chunks: 1,
          isComplete: true,
          createdDay: 20_000,
          expiresAt: null,
          expiresAtBlock: null,
          maxViews: 3,
          views: 1,
        },
      });
      expect((await operator.describe('guarded')).paste).toMatchObject({
        kind: 'guarded',
        expiresAt: NOW + 3600,
        maxViews: 9,
      });
      expect((await operator.describe('upload')).paste).toMatchObject({
        isComplete: false,
        bytes: 2 * CHUNK_BYTES,
        chunks: 1,
      });
      expect(await operator.describe('nothing')).toEqual({ isBlocked: false, paste: undefined });
    });

    test('what is removed is gone, while it is being read or written', async () => {
      await store.createOpen(openPaste('open'));
      await createGuarded(store, 'guarded', { maxViews: 2 });
      await store.claimView(claim('request', 'guarded'), at());
      await putUpload('upload');
      for (const id of ['open', 'guarded', 'upload']) expect(await operator.remove(id)).toBe(true);
      expect(await operator.remove('open')).toBe(false);
      expect(await store.takeOpenView('open', at())).toBeUndefined();
      expect(await store.claimView(claim('request', 'guarded'), at())).toBeUndefined();
      expect(await store.claimedChunk(claim('request', 'guarded'), 0, at())).toBeUndefined();
      expect(await store.putChunk('upload', chunk(1), NOW + 600)).toBeUndefined();
      expect(await operator.check()).toEqual([]);
    });

    test('a large paste is gone at once, and its content with the next sweeps', async () => {
      const content = Buffer.alloc(3 * 1024 * 1024);
      await store.createOpen(openPaste('large', { content }));
      expect(await operator.remove('large')).toBe(true);
      expect(await operator.remove('large')).toBe(false);
      expect(await operator.describe('large')).toEqual({ isBlocked: false, paste: undefined });
      expect(await store.takeOpenView('large', at())).toBeUndefined();
      expect(await operator.check()).toEqual([]);
      await operator.sweep(at());
      expect(await store.usage()).toMatchObject({ pastes: 0, bytes: 0 });
    });

    test('a blocked id is never given out nor created again, until it is unblocked', async () => {
      await store.createOpen(openPaste('bad'));
      expect(await operator.block('bad', 20_500)).toBe(true);
      expect(await operator.block('bad', 20_501)).toBe(false);
      expect(await operator.describe('bad')).toEqual({ isBlocked: true, paste: undefined });
      expect(await store.takeOpenView('bad', at())).toBeUndefined();
      expect(await store.createOpen(openPaste('bad'))).toBe(false);
      await createGuarded(store, 'bad');
      expect(await store.guardedStatus(status('bad'), at())).toBeUndefined();
      expect(await operator.importOpen(openPaste('bad'))).toBe('blocked');
      expect(await operator.check()).toEqual([]);
      expect(await operator.unblock('bad')).toBe(true);
      expect(await operator.unblock('bad')).toBe(false);
      expect(await store.createOpen(openPaste('bad'))).toBe(true);
    });

    test('an id that there never was can be blocked, such as one on IPFS', async () => {
      const cid = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy';
      expect(await operator.block(cid, 20_500)).toBe(false);
      expect(await operator.describe(cid)).toEqual({ isBlocked: true, paste: undefined });
    });

    test('a paste is imported once, whatever becomes of it', async () => {
      const paste = openPaste('imported', { maxViews: 2, views: 1, details: '{"iv":"\u0000"}' });
      expect(await operator.importOpen(paste)).toBe('stored');
      expect(await operator.importOpen(paste)).toBe('known');
      expect(await store.takeOpenView('imported', at())).toMatchObject({
        views: 2,
        details: '{"iv":"\u0000"}',
      });
      expect(await operator.importOpen(paste)).toBe('known');
      expect(await store.takeOpenView('imported', at())).toBeUndefined();
      await store.createOpen(openPaste('ours'));
      expect(await operator.importOpen(openPaste('ours'))).toBe('taken');
      await operator.remove('ours');
      expect(await operator.importOpen(openPaste('ours'))).toBe('stored');
      expect(await operator.statistics(NOW)).toMatchObject({ open: 1, imported: 2 });
    });

    test('statistics count by kind', async () => {
      await store.createOpen(openPaste('a', { expiresAt: NOW, expiresAtBlock: 900_000 }));
      await store.createOpen(openPaste('b', { maxViews: 1 }));
      await createGuarded(store, 'c', { maxViews: 2 });
      await store.claimView(claim('request', 'c'), at());
      await createGuarded(store, 'd', { content: upload('d') });
      await operator.block('x', 20_500);
      const { storageBytes, ...counts } = await operator.statistics(NOW);
      expect(storageBytes).toBeGreaterThan(4096);
      expect(counts).toEqual({
        open: 2,
        guarded: 2,
        uploads: 1,
        limitedViews: 3,
        expiring: 3,
        expiringByBlock: 1,
        due: 1,
        bytes: 12 + 12 + 12 + 2 * CHUNK_BYTES,
        claims: 1,
        outcomes: 2,
        blocked: 1,
        imported: 0,
      });
    });

    test('a store that is well passes the check, whatever is under way', async () => {
      await store.createOpen(openPaste('a'));
      await createGuarded(store, 'b', { maxViews: 1 });
      await store.claimView(claim('request', 'b'), at());
      await putUpload('c');
      expect(await operator.check()).toEqual([]);
    });

    test.each([
      ['pastes without their content', 'DELETE FROM contents'],
      ['totals that are wrong', 'UPDATE totals SET pastes = pastes + 1'],
      ['pastes that are blocked', "INSERT INTO blocked VALUES ('b', 0)"],
      [
        'pastes whose content is not as long as it should be',
        'UPDATE contents SET content = hash WHERE hash IS NOT NULL',
      ],
      [
        'pastes whose views are over and that nobody reads',
        'UPDATE pastes SET views = 1 WHERE max_views = 1',
      ],
      ['pastes of which a chunk is missing', 'DELETE FROM contents WHERE chunk = 0'],
      ['pastes that are not complete and have no upload', 'DELETE FROM uploads'],
      ['guarded pastes without an expiry', 'UPDATE pastes SET expires_at = NULL'],
    ])('the check finds %s', async (what, sql) => {
      await store.createOpen(openPaste('a', { maxViews: 1 }));
      await createGuarded(store, 'b', { bytes: 14, content: upload('b') });
      await store.putChunk('b', chunk(0), NOW + 600);
      await store.putChunk('b', chunk(1), NOW + 600);
      if (what !== 'pastes that are not complete and have no upload') {
        await store.completeUpload('b', NOW + 7200);
      }
      expect((await operator.check()).map((fault) => fault.what)).not.toContain(what);
      await database.spoil(sql);
      expect((await operator.check()).map((fault) => fault.what)).toContain(what);
    });

    test('erasing and compacting lose nothing', async () => {
      const content = Buffer.alloc(200_000);
      for (let i = 0; i < 20; i++) await store.createOpen(openPaste(`a${i}`, { content }));
      for (let i = 0; i < 19; i++) await operator.remove(`a${i}`);
      await operator.compact();
      expect(['erased', 'cannot']).toContain(await operator.erase());
      expect(await operator.check()).toEqual([]);
      expect((await store.takeOpenView('a19', at()))?.content.length).toBe(200_000);
    });
  });
}
