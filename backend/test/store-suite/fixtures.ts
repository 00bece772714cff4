import { createHash } from 'node:crypto';
import { afterEach, beforeEach } from '@jest/globals';
import type {
  Moment,
  NewChunk,
  NewClaim,
  NewGuardedPaste,
  NewOpenPaste,
  Outcome,
  PasteStore,
  Swept,
} from '../../src/store/store.js';

const CID = 'bafybeie5nqv6kd3qnfjupgvz34woh3oksc3iau6abmyajn7qvtf6d2ho34';
const OTHER_CID = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy';

/** Ids that were blocked, and on which day, when CIDs were still taken as they were spelt; the last one in two ways. */
export const BLOCKED_BEFORE: readonly [id: string, day: number][] = [
  ['8A8Z9nIk', 20_001],
  ['QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG', 20_002],
  ['zb2rhk6GMPQF3hfzwXTaNYFLKomMeC6UXdUt6jZKPpeVirLtV', 20_003],
  [OTHER_CID, 20_004],
];

/** The same in one spelling. */
export const BLOCKED_AFTER: typeof BLOCKED_BEFORE = [
  ['8A8Z9nIk', 20_001],
  [OTHER_CID, 20_004],
  [CID, 20_002],
];

/** A database for one test. */
export interface TestDatabase {
  /** A store on it; several may be open at once. */
  open: () => Promise<PasteStore>;
  /** As an operator does. */
  block: (id: string) => Promise<void>;
  /** When all of its stores are closed. */
  remove: () => Promise<void>;
}

export type OpenTestDatabase = () => Promise<TestDatabase>;

/** What each test finds. */
export interface Bench {
  readonly store: PasteStore;
  readonly database: TestDatabase;
  /** Another store on the same database. The bench closes it. */
  openAnother: () => Promise<PasteStore>;
}

/** Opens a database before each test and removes it after it. */
export function useDatabase(openDatabase: OpenTestDatabase): Bench {
  let database: TestDatabase;
  let stores: PasteStore[];
  const openAnother = async () => {
    const store = await database.open();
    stores.push(store);
    return store;
  };
  beforeEach(async () => {
    database = await openDatabase();
    stores = [];
    await openAnother();
  });
  afterEach(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await database.remove();
  });
  return {
    get store() {
      return stores[0]!;
    },
    get database() {
      return database;
    },
    openAnother,
  };
}

export const NOW = 1_800_000_000;
export const CHUNK_BYTES = 64 * 1024;

export const at = (seconds = NOW, blockHeight?: number): Moment => ({ seconds, blockHeight });

export const sha256 = (data: string | Uint8Array): Buffer =>
  createHash('sha256').update(data).digest();

export const openPaste = (id: string, members: Partial<NewOpenPaste> = {}): NewOpenPaste => ({
  id,
  content: Buffer.from(`content of ${id}`),
  details: undefined,
  maxViews: undefined,
  expiresAt: undefined,
  expiresAtBlock: undefined,
  createdDay: 20_000,
  ...members,
});

export const accessHash = (id: string) => sha256(`access to ${id}`);
export const deleteHash = (id: string) => sha256(`deletion of ${id}`);

export const guardedPaste = (
  id: string,
  members: Partial<NewGuardedPaste> = {},
): NewGuardedPaste => {
  const content = members.content ?? Buffer.from(`content of ${id}`);
  return {
    id,
    accessHash: accessHash(id),
    deleteHash: deleteHash(id),
    bytes: 'uploadId' in content ? 2 * CHUNK_BYTES : content.length,
    content,
    maxViews: 9,
    createdDay: 20_000,
    expiresAt: NOW + 3600,
    expiresInSeconds: 3500,
    ...members,
  };
};

/** The upload of a paste has the paste's id. */
export const upload = (uploadId: string, endsAt = NOW + 600) => ({
  uploadId,
  contentHash: sha256(`whole of ${uploadId}`),
  endsAt,
});

export const chunk = (index: number, text = `chunk ${index}`): NewChunk => ({
  index,
  content: Buffer.from(text),
  hash: sha256(text),
});

export const outcome = (request: string, members: Partial<Outcome> = {}): Outcome => ({
  request,
  digest: sha256(`digest of ${request}`),
  answer: `answer to ${request}`,
  forgetAt: NOW + 7200,
  ...members,
});

export const claim = (request: string, id: string, members: Partial<NewClaim> = {}): NewClaim => ({
  request,
  id,
  digest: sha256(`digest of ${id}`),
  accessHash: accessHash(id),
  endsAt: NOW + 600,
  forgetAt: NOW + 7200,
  ...members,
});

export const deletion = (id: string) => ({ id, deleteHash: deleteHash(id) });
export const status = (id: string) => ({ id, accessHash: accessHash(id) });

/** Creates a guarded paste, under a request of its own. */
export async function createGuarded(
  store: PasteStore,
  id: string,
  members: Partial<NewGuardedPaste> = {},
): Promise<void> {
  await store.createGuarded(guardedPaste(id, members), outcome(`creation of ${id}`));
}

export const isPresent = <T>(value: T | undefined): value is T => value !== undefined;

/** Some of an outcome or a claim, with its bytes as one kind of bytes. */
export const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
export const text = (bytes: Uint8Array | undefined) =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString();

/** Until nothing is left to sweep. @returns what each sweep did */
export async function sweepAll(store: PasteStore, now: Moment): Promise<Swept[]> {
  const sweeps: Swept[] = [];
  for (;;) {
    const swept = await store.sweep(now);
    if (swept.expired + swept.abandoned + swept.other === 0) return sweeps;
    sweeps.push(swept);
  }
}

export const total = (sweeps: readonly Swept[], what: keyof Swept) =>
  sweeps.reduce((sum, swept) => sum + swept[what], 0);

/** Does something as often, all at once, through several stores in turn. */
export const allAtOnce = <T>(
  times: number,
  stores: readonly PasteStore[],
  work: (store: PasteStore, index: number) => Promise<T>,
): Promise<T[]> =>
  Promise.all(
    Array.from({ length: times }, (_, index) => work(stores[index % stores.length]!, index)),
  );
