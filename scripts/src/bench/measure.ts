import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { pace, saturate, type Figures } from './load.js';
import type { NymClientStandIn } from './nym-client-stand-in.js';
import {
  ackV2,
  createV1,
  createV2,
  expectAnswer,
  idOfV1,
  keyOfV2,
  readV1,
  readV2,
  type ReadV2,
} from './requests.js';

export const PASTE_BYTES = 4096;
/** Requests under way at the same time, where as much is asked for as can be answered. */
export const CONCURRENCY = 32;
/** Requests a second, of each kind. */
export interface Rates {
  creates: number;
  reads: number;
}

const REQUESTS = 20_000;
const PACED_SECONDS = 5;
const WARM_UP_REQUESTS = 3000;

/** One kind of request: as many a second as can be, and how long each takes at the rate that is asked for. */
export interface Measured {
  what: string;
  pacedPerSecond: number;
  most: Figures;
  paced: Figures;
}

/** How one kind of request is driven: the requests, and what is done with each answer. */
interface Kind<T> {
  what: string;
  perSecond: number;
  ask: (item: T) => Promise<unknown>;
}

const many = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

/** Each kind of request that creates or reads, on a service that is warm. */
export async function measureService(nym: NymClientStandIn, rates: Rates): Promise<Measured[]> {
  await warmUp(nym);
  const v1 = await measureV1(nym, rates);
  const v2 = await measureV2(nym, rates);
  return [...v1, ...v2, await measureClaims(nym, rates)];
}

async function warmUp(nym: NymClientStandIn): Promise<void> {
  const requests = many(WARM_UP_REQUESTS, () => createV1(PASTE_BYTES));
  const ids: string[] = [];
  await saturate(requests, CONCURRENCY, async (one) => ids.push(idOfV1(await nym.ask(one))));
  await saturate(ids, CONCURRENCY, (id) => nym.ask(readV1(id)));
  const claims = await storeV2(nym, WARM_UP_REQUESTS, 1);
  await saturate(claims, CONCURRENCY, ({ request }) => nym.ask(request));
  await saturate(claims, CONCURRENCY, (claim) => nym.ask(ackV2(claim)));
}

async function measureV1(nym: NymClientStandIn, rates: Rates): Promise<Measured[]> {
  const ids: string[] = [];
  const create = await measure(
    {
      what: 'create, version 1',
      perSecond: rates.creates,
      ask: async (request: Buffer) => ids.push(idOfV1(await nym.ask(request))),
    },
    (count) => many(count, () => createV1(PASTE_BYTES)),
  );
  const read = await measure(
    {
      what: 'read, version 1',
      perSecond: rates.reads,
      ask: async (request: Buffer) => {
        expectAnswer(await nym.ask(request));
      },
    },
    (count) => repeat(ids, count).map(readV1),
  );
  return [create, read];
}

async function measureV2(nym: NymClientStandIn, rates: Rates): Promise<Measured[]> {
  const reads: ReadV2[] = [];
  const create = await measure(
    {
      what: 'create, version 2',
      perSecond: rates.creates,
      ask: async (paste: ReturnType<typeof createV2>) =>
        reads.push(readV2(keyOfV2(paste, await nym.ask(paste.create)))),
    },
    (count) => many(count, () => createV2(PASTE_BYTES)),
  );
  const read = await measure(
    { what: 'read, version 2', perSecond: rates.reads, ask: asker(nym) },
    (count) => repeat(reads, count),
  );
  return [create, read];
}

/** A view of a paste that has a number of them is claimed, which is written: it is asked for at the pace of what is written. */
async function measureClaims(nym: NymClientStandIn, rates: Rates): Promise<Measured> {
  const claims = await storeV2(nym, REQUESTS + rates.creates * PACED_SECONDS, 1);
  const kind = { what: 'claim a last view, version 2', perSecond: rates.creates, ask: asker(nym) };
  return measure(kind, taker(claims));
}

const asker =
  (nym: NymClientStandIn) =>
  async ({ request }: ReadV2) => {
    expectAnswer(await nym.ask(request));
  };

async function storeV2(nym: NymClientStandIn, count: number, views: number): Promise<ReadV2[]> {
  const reads: ReadV2[] = [];
  const pastes = many(count, () => createV2(PASTE_BYTES, views));
  await saturate(pastes, CONCURRENCY, async (paste) =>
    reads.push(readV2(keyOfV2(paste, await nym.ask(paste.create)))),
  );
  return reads;
}

/** What is left of making requests, a hundred megabytes, would hold this process up for 70 ms at some time, and be taken for the service's. */
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** First as much as can be, then at the rate that is asked for. */
async function measure<T>(
  { what, perSecond, ask }: Kind<T>,
  make: (count: number) => T[],
): Promise<Measured> {
  const asMany = make(REQUESTS);
  collectGarbage();
  const most = await saturate(asMany, CONCURRENCY, ask);
  const evenly = make(perSecond * PACED_SECONDS);
  collectGarbage();
  const paced = await pace(evenly, perSecond, ask);
  return { what, pacedPerSecond: perSecond, most, paced };
}

const repeat = <T>(items: readonly T[], count: number): T[] =>
  Array.from({ length: count }, (_, index) => items[index % items.length]).filter(
    (item) => item !== undefined,
  );

/** Gives each item once. */
function taker<T>(items: readonly T[]): (count: number) => T[] {
  let taken = 0;
  return (count) => items.slice(taken, (taken += count));
}
