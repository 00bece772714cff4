import { expect, jest, test } from '@jest/globals';
import pg from 'pg';
import { Connection } from '../src/store/postgres/connection.js';
import { openPostgresOperatorStore } from '../src/store/postgres/operator-store.js';
import { STATEMENTS } from '../src/store/postgres/statements.js';
import {
  allAtOnce,
  at,
  chunk,
  claim,
  createGuarded,
  deletion,
  isPresent,
  NOW,
  openPaste,
  outcome,
  status,
  sweepAll,
  upload,
  useDatabase,
} from './store-suite/fixtures.js';
import { usePostgres } from './store-suite/postgres.js';

/**
 * Requests that really meet: all have begun, and seen the same, before the first goes on. Chance alone, on a machine with few processors, hardly ever
 * brings that about.
 */
jest.setTimeout(60_000);

const postgres = usePostgres();
const bench = useDatabase(postgres.openDatabase);

/** Not more than two stores have connections. */
const MANY = 16;

const countWaiting = async () => {
  const [row] = await postgres.schema.query(`
    SELECT count(*)::integer AS waiting FROM pg_stat_activity
    WHERE application_name = 'pastenym' AND wait_event_type = 'Lock'`);
  return Number(row?.['waiting']);
};

/** Holds a paste up until so many wait for it. @param begin all that is to meet */
async function meet<T>(id: string, begin: () => Promise<T>[]): Promise<T[]> {
  const holder = new pg.Client({ connectionString: postgres.schema.url });
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query('SELECT 1 FROM pastes WHERE id = $1 FOR UPDATE', [id]);
  const begun = begin();
  while ((await countWaiting()) < begun.length);
  await holder.query('COMMIT');
  await holder.end();
  return Promise.all(begun);
}

const twoStores = async () => [bench.store, await bench.openAnother()];

test.each([1, 3])('readers who meet at %i views get so many', async (maxViews) => {
  const stores = await twoStores();
  await createGuarded(bench.store, 'one', { maxViews });
  const views = await meet('one', () =>
    Array.from({ length: MANY }, (_, index) =>
      stores[index % 2]!.claimView(claim(`request${index}`, 'one'), at()),
    ),
  );
  const numbers = views.filter(isPresent).map((view) => (view as { views: number }).views);
  expect(numbers.sort()).toEqual(Array.from({ length: maxViews }, (_, index) => index + 1));
});

test.each([1, 3])('readers who meet at an open paste with %i views get so many', async (n) => {
  const stores = await twoStores();
  await bench.store.createOpen(openPaste('one', { maxViews: n }));
  const views = await meet('one', () =>
    Array.from({ length: MANY }, (_, index) => stores[index % 2]!.takeOpenView('one', at())),
  );
  const numbers = views.filter(isPresent).map(({ views }) => views);
  expect(numbers.sort()).toEqual(Array.from({ length: n }, (_, index) => index + 1));
  expect(await bench.store.usage()).toMatchObject({ pastes: 0 });
});

test.each([1, 5])('copies of one request that meet at %i views take one', async (maxViews) => {
  const stores = await twoStores();
  await createGuarded(bench.store, 'one', { maxViews });
  const views = await meet('one', () =>
    Array.from({ length: MANY }, (_, index) =>
      stores[index % 2]!.claimView(claim('a', 'one'), at()),
    ),
  );
  for (const view of views) expect(view).toMatchObject({ views: 1, maxViews });
  const [row] = await postgres.schema.query("SELECT views FROM pastes WHERE id = 'one'");
  expect(row).toEqual({ views: '1' });
});

test('the ends of all claims, when they meet, destroy the paste', async () => {
  const stores = await twoStores();
  await createGuarded(bench.store, 'one', { maxViews: MANY });
  const claims = Array.from({ length: MANY }, (_, index) => claim(`request${index}`, 'one'));
  for (const one of claims) await bench.store.claimView(one, at());
  await meet('one', () => claims.map((one, index) => stores[index % 2]!.endClaim(one, at())));
  expect(await bench.store.usage()).toEqual({ pastes: 0, bytes: 0, uploads: 0 });
});

test('copies of one request to delete that meet have one outcome', async () => {
  const stores = await twoStores();
  await createGuarded(bench.store, 'one');
  const outcomes = await meet('one', () =>
    Array.from({ length: MANY }, (_, index) =>
      stores[index % 2]!.deleteGuarded(deletion('one'), outcome('d', { answer: `${index}` }), at()),
    ),
  );
  expect(new Set(outcomes.map((one) => one?.answer)).size).toBe(1);
  expect(outcomes[0]).toBeDefined();
});

test('a reader and a request to delete that meet: either the view was taken before, or there is none', async () => {
  for (let round = 0; round < 4; round++) {
    const id = `paste${round}`;
    await createGuarded(bench.store, id, { maxViews: 1 });
    const verbs = [
      () => bench.store.claimView(claim(`c${round}`, id), at()),
      () => bench.store.deleteGuarded(deletion(id), outcome(`d${round}`), at()),
    ];
    if (round % 2 === 1) verbs.reverse();
    await meet(id, () => verbs.map((verb) => verb() as Promise<unknown>));
    expect(await bench.store.claimedChunk(claim(`c${round}`, id), 0, at())).toBeUndefined();
  }
  expect(await bench.store.usage()).toMatchObject({ pastes: 0 });
});

test('what completes an upload, drops it and adds to it, when they meet, ends in one way', async () => {
  for (let round = 0; round < 6; round++) {
    const [id, uploadId] = [`paste${round}`, `upload${round}`];
    const { store } = bench;
    await createGuarded(store, id, { content: upload(uploadId) });
    await store.putChunk(uploadId, chunk(0), NOW + 600);
    const verbs: (() => Promise<unknown>)[] = [
      () => store.dropUpload(uploadId),
      () => store.completeUpload(uploadId, NOW + 7200),
      () => store.completeUpload(uploadId, NOW + 7200),
      () => store.putChunk(uploadId, chunk(1), NOW + 600),
    ];
    verbs.push(...verbs.splice(0, round % verbs.length));
    const results = await meet(id, () => verbs.map((verb) => verb()));
    const isDropped = results.includes(true);
    expect((await store.guardedStatus(status(id), at())) === undefined).toBe(isDropped);
    expect((await store.findUpload(uploadId, at()))?.isComplete).toBe(isDropped ? undefined : true);
    expect(await store.usage()).toMatchObject({ uploads: 0 });
  }
});

test('a paste whose creation had begun before its id was blocked, and ended afterwards, is never given out, and swept', async () => {
  const operator = await openPostgresOperatorStore(postgres.schema.url);
  const connection = new Connection(postgres.schema.url);
  await connection.transaction(async ({ run }) => {
    const paste = { bytes: 7, createdDay: 0, views: 0, content: Buffer.from('content') };
    expect(await run(STATEMENTS.createOpen, { id: 'one', ...paste })).toMatchObject({ count: 1 });
    expect(await operator.block('one', 20_000)).toBe(false);
  });
  await connection.close();
  expect(await bench.store.takeOpenView('one', at())).toBeUndefined();
  expect(await bench.store.usage()).toMatchObject({ pastes: 1 });
  await sweepAll(bench.store, at());
  expect(await bench.store.usage()).toMatchObject({ pastes: 0 });
  expect(await operator.check()).toEqual([]);
  await operator.close();
});

test('the sweep does not wait for a paste that is held up, and takes it the next time', async () => {
  const stores = await twoStores();
  await createGuarded(bench.store, 'one', { expiresAt: NOW });
  const holder = new pg.Client({ connectionString: postgres.schema.url });
  await holder.connect();
  await holder.query("BEGIN; SELECT 1 FROM pastes WHERE id = 'one' FOR UPDATE");
  const swept = await allAtOnce(4, stores, (store) => store.sweep(at()));
  expect(swept.map(({ expired }) => expired)).toEqual([0, 0, 0, 0]);
  await holder.query('COMMIT');
  await holder.end();
  expect(await bench.store.sweep(at())).toMatchObject({ expired: 1 });
});
