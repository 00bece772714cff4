import { describe, expect, test } from '@jest/globals';
import {
  accessHash,
  allAtOnce,
  at,
  chunk,
  claim,
  createGuarded,
  deletion,
  guardedPaste,
  hex,
  NOW,
  openPaste,
  outcome,
  sha256,
  status,
  text,
  upload,
  type Bench,
} from './fixtures.js';

export function describeGuardedPastes(bench: Bench): void {
  describe('a request to create', () => {
    test('makes a paste, of which its readers are told what there is to tell', async () => {
      const { store } = bench;
      const wanted = outcome('a');
      expect(await store.createGuarded(guardedPaste('one', { maxViews: 3 }), wanted)).toEqual(
        wanted,
      );
      expect(await store.guardedStatus(status('one'), at())).toEqual({
        bytes: 'content of one'.length,
        maxViews: 3,
        views: 0,
        expiresAt: NOW + 3600,
        expiresInSeconds: 3500,
      });
      expect(await store.usage()).toEqual({
        pastes: 1,
        bytes: 'content of one'.length,
        uploads: 0,
      });
    });

    test('that comes again makes no other paste, and has the outcome of the first', async () => {
      const { store } = bench;
      await store.createGuarded(guardedPaste('one'), outcome('a'));
      const again = await store.createGuarded(
        guardedPaste('two'),
        outcome('a', { digest: sha256('another request'), answer: 'another answer' }),
      );
      expect(again).toMatchObject({ request: 'a', answer: 'answer to a', forgetAt: NOW + 7200 });
      expect(again === 'id-taken' || hex(again.digest)).toBe(hex(outcome('a').digest));
      expect(await store.findOutcome('a')).toMatchObject({ answer: 'answer to a' });
      expect(await store.guardedStatus(status('two'), at())).toBeUndefined();
      expect(await store.usage()).toMatchObject({ pastes: 1 });
    });

    test('that comes often at once makes one paste', async () => {
      const stores = [bench.store, await bench.openAnother()];
      const outcomes = await allAtOnce(20, stores, (store, index) =>
        store.createGuarded(guardedPaste(`paste${index}`), outcome('a', { answer: `${index}` })),
      );
      const answers = outcomes.map((one) => (one === 'id-taken' ? one : one.answer));
      expect(new Set(answers).size).toBe(1);
      expect(await bench.store.usage()).toMatchObject({ pastes: 1 });
      expect(
        await bench.store.guardedStatus(status(`paste${String(answers[0])}`), at()),
      ).toBeDefined();
    });

    test('whose id is taken changes nothing, and may try another', async () => {
      const { store } = bench;
      await createGuarded(store, 'guarded');
      await store.createOpen(openPaste('open'));
      for (const id of ['guarded', 'open']) {
        expect(await store.createGuarded(guardedPaste(id), outcome('a'))).toBe('id-taken');
      }
      expect(await store.findOutcome('a')).toBeUndefined();
      expect(await store.createGuarded(guardedPaste('free'), outcome('a'))).toMatchObject({
        request: 'a',
      });
    });

    test('and one more that draw the same id at once are told apart', async () => {
      const stores = [bench.store, await bench.openAnother()];
      const outcomes = await allAtOnce(10, stores, (store, index) =>
        store.createGuarded(guardedPaste('one'), outcome(`request${index}`)),
      );
      expect(outcomes.filter((one) => one !== 'id-taken').length).toBe(1);
      expect(await bench.store.usage()).toMatchObject({ pastes: 1 });
    });

    test('whose id is blocked changes nothing', async () => {
      const { store, database } = bench;
      await database.block('one');
      expect(await store.createGuarded(guardedPaste('one'), outcome('a'))).toBe('id-taken');
      expect(await store.findOutcome('a')).toBeUndefined();
      expect(await store.usage()).toMatchObject({ pastes: 0 });
    });

    test('is remembered until the second in which it may be forgotten', async () => {
      const { store } = bench;
      await store.createGuarded(guardedPaste('one'), outcome('a', { forgetAt: NOW + 60 }));
      await store.sweep(at(NOW + 59));
      expect(await store.findOutcome('a')).toBeDefined();
      expect(await store.sweep(at(NOW + 60))).toEqual({ expired: 0, abandoned: 0, other: 1 });
      expect(await store.findOutcome('a')).toBeUndefined();
    });

    test('is unknown before it came', async () => {
      expect(await bench.store.findOutcome('a')).toBeUndefined();
    });
  });

  describe('a paste that may be read any number of times', () => {
    const readUnlimited = (id: string, index = 0, now = at()) =>
      bench.store.readUnlimited(status(id), index, now);

    test('is read without a claim, and without a trace', async () => {
      await createGuarded(bench.store, 'one', { maxViews: undefined });
      for (let reader = 0; reader < 3; reader++) {
        const view = await readUnlimited('one');
        expect(text(view?.chunk)).toBe('content of one');
        expect(view).toMatchObject({ bytes: 14, maxViews: undefined, views: 0 });
        expect(view).toMatchObject({ expiresAt: NOW + 3600, expiresInSeconds: 3500 });
      }
      expect(await bench.store.guardedStatus(status('one'), at())).toMatchObject({ views: 0 });
      expect(await bench.store.claimView(claim('a', 'one'), at())).toBeUndefined();
      expect(await bench.store.endClaim(claim('a', 'one'), at())).toBe(false);
    });

    test('is read chunk by chunk, once it is complete', async () => {
      const { store } = bench;
      await createGuarded(store, 'one', { content: upload('up'), maxViews: undefined });
      for (const index of [1, 0]) await store.putChunk('up', chunk(index), NOW + 600);
      expect(await readUnlimited('one')).toBeUndefined();
      await store.completeUpload('up', NOW + 600);
      expect(text((await readUnlimited('one', 1))?.chunk)).toBe('chunk 1');
      expect(await readUnlimited('one', 2)).toBeUndefined();
    });

    test('is not one that has a number of them, nor one that is open', async () => {
      await createGuarded(bench.store, 'one', { maxViews: 1 });
      await bench.store.createOpen(openPaste('open'));
      expect(await readUnlimited('one')).toBeUndefined();
      expect(await readUnlimited('open')).toBeUndefined();
    });
  });

  describe('without its proof', () => {
    test('nothing is told of a paste, and nothing happens to it', async () => {
      const { store } = bench;
      await createGuarded(store, 'one', { maxViews: 1 });
      const wrong = sha256('guess');
      expect(await store.claimView(claim('a', 'one', { accessHash: wrong }), at())).toBeUndefined();
      expect(await store.guardedStatus({ id: 'one', accessHash: wrong }, at())).toBeUndefined();
      await createGuarded(store, 'two', { maxViews: undefined });
      expect(await store.readUnlimited({ id: 'two', accessHash: wrong }, 0, at())).toBeUndefined();
      expect(
        await store.deleteGuarded({ id: 'one', deleteHash: wrong }, outcome('b'), at()),
      ).toBeUndefined();
      expect(
        await store.deleteGuarded({ id: 'one', deleteHash: accessHash('one') }, outcome('b'), at()),
      ).toBeUndefined();
      expect(await store.findOutcome('b')).toBeUndefined();
      expect(await store.claimView(claim('c', 'one'), at())).toMatchObject({ views: 1 });
    });

    test('an open paste cannot be reached as a guarded one', async () => {
      const { store } = bench;
      await store.createOpen(openPaste('one'));
      expect(await store.claimView(claim('a', 'one'), at())).toBeUndefined();
      expect(await store.guardedStatus(status('one'), at())).toBeUndefined();
      expect(await store.deleteGuarded(deletion('one'), outcome('b'), at())).toBeUndefined();
      expect(await store.usage()).toMatchObject({ pastes: 1 });
    });
  });

  describe('nothing is told of a paste', () => {
    const isUnknownToReaders = async (id: string, now = at()) => {
      const { store } = bench;
      expect(await store.readUnlimited(status(id), 0, now)).toBeUndefined();
      expect(await store.guardedStatus(status(id), now)).toBeUndefined();
      expect(await store.claimView(claim(`read ${id}`, id), now)).toBeUndefined();
    };
    const isUnknown = async (id: string, now = at()) => {
      const { store } = bench;
      await isUnknownToReaders(id, now);
      expect(await store.deleteGuarded(deletion(id), outcome(`del ${id}`), now)).toBeUndefined();
    };

    test('that never was', async () => {
      await isUnknown('one');
    });

    test.each([undefined, 9])(
      'from the second of its expiry on, swept or not, if it has %s views',
      async (maxViews) => {
        await createGuarded(bench.store, 'one', { expiresAt: NOW, maxViews });
        expect(await bench.store.guardedStatus(status('one'), at(NOW - 1))).toBeDefined();
        await isUnknown('one', at(NOW));
      },
    );

    test.each([undefined, 9])('whose id is blocked, if it has %s views', async (maxViews) => {
      await createGuarded(bench.store, 'one', { maxViews });
      await bench.database.block('one');
      await isUnknown('one');
    });

    test('that is not complete, but to its author', async () => {
      await createGuarded(bench.store, 'one', { content: upload('up') });
      await bench.store.putChunk('up', chunk(0), NOW + 600);
      await isUnknownToReaders('one');
    });

    test('of which the last view has been taken, though that may go on', async () => {
      const { store } = bench;
      await createGuarded(store, 'one', { maxViews: 1 });
      await store.claimView(claim('a', 'one'), at());
      expect(await store.guardedStatus(status('one'), at())).toBeUndefined();
      expect(await store.claimView(claim('b', 'one'), at())).toBeUndefined();
    });

    test('whose last claim has timed out, swept or not', async () => {
      const { store } = bench;
      await createGuarded(store, 'one', { maxViews: 1 });
      await store.claimView(claim('a', 'one', { endsAt: NOW + 5 }), at());
      await isUnknown('one', at(NOW + 5));
    });
  });

  describe('a request to delete', () => {
    test('takes the paste and its content away at once, and claims with it', async () => {
      const { store } = bench;
      await createGuarded(store, 'one', { maxViews: 2 });
      await store.claimView(claim('a', 'one'), at());
      const wanted = outcome('d');
      expect(await store.deleteGuarded(deletion('one'), wanted, at())).toEqual(wanted);
      expect(await store.claimView(claim('a', 'one'), at())).toBeUndefined();
      expect(await store.claimedChunk(claim('a', 'one'), 0, at())).toBeUndefined();
      expect(await store.endClaim(claim('a', 'one'), at())).toBe(true);
      expect(await store.usage()).toEqual({ pastes: 0, bytes: 0, uploads: 0 });
    });

    test('also takes one whose last view is being read', async () => {
      const { store } = bench;
      await createGuarded(store, 'one', { maxViews: 1 });
      await store.claimView(claim('a', 'one'), at());
      expect(await store.deleteGuarded(deletion('one'), outcome('d'), at())).toBeDefined();
      expect(await store.claimedChunk(claim('a', 'one'), 0, at())).toBeUndefined();
    });

    test('has one outcome, however often it comes, and later ones find nothing', async () => {
      const { store } = bench;
      await createGuarded(store, 'one');
      await store.deleteGuarded(deletion('one'), outcome('d'), at());
      const other = outcome('d', { answer: 'another' });
      expect(await store.deleteGuarded(deletion('one'), other, at())).toMatchObject({
        answer: 'answer to d',
      });
      expect(await store.deleteGuarded(deletion('one'), outcome('e'), at())).toBeUndefined();
      expect(await store.findOutcome('d')).toMatchObject({ answer: 'answer to d' });
      expect(await store.findOutcome('e')).toBeUndefined();
    });

    test('that comes often at once, at several programs, has one outcome', async () => {
      const stores = [bench.store, await bench.openAnother()];
      await createGuarded(bench.store, 'one');
      const outcomes = await allAtOnce(20, stores, (store, index) =>
        store.deleteGuarded(deletion('one'), outcome('d', { answer: `${index}` }), at()),
      );
      const answers = outcomes.map((one) => one?.answer);
      expect(new Set(answers).size).toBe(1);
      expect(answers[0]).toBeDefined();
    });

    test('does not happen under the id of a request to create', async () => {
      const { store } = bench;
      await store.createGuarded(guardedPaste('one'), outcome('a'));
      expect(await store.deleteGuarded(deletion('one'), outcome('a'), at())).toMatchObject({
        answer: 'answer to a',
      });
      expect(await store.guardedStatus(status('one'), at())).toBeDefined();
    });
  });
}
