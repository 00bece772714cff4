import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import type { RandomBytes } from '@pastenym/shared/random';
import { sweepAll } from '../../test/store-suite/fixtures.js';
import { openSqliteStore } from '../store/sqlite/sqlite-store.js';
import type { PasteStore } from '../store/store.js';
import {
  CHUNK_BYTES,
  chunkLength,
  countChunks,
  createGuardedPastes,
  type GuardedDraft,
  type GuardedPastes,
  type Key,
} from './guarded-pastes.js';

jest.setTimeout(60_000);

const START = 1_800_000_000;
const CLAIM_SECONDS = 600;
const OUTCOME_SECONDS = 7200;
const UPLOAD_SECONDS = 3600;

let folder: string;
let store: PasteStore;
let pastes: GuardedPastes;
let now: number;

const serve = (random?: RandomBytes) =>
  createGuardedPastes({
    store,
    now: () => ({ seconds: now, blockHeight: undefined }),
    ...(random && { random }),
    claimSeconds: CLAIM_SECONDS,
    outcomeSeconds: OUTCOME_SECONDS,
    uploadSeconds: UPLOAD_SECONDS,
  });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pastenym-guarded-'));
  store = openSqliteStore(join(folder, 'pastes.sqlite'));
  now = START;
  pastes = serve();
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const sha256 = (...parts: Uint8Array[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

const accessProof = Buffer.from('proof of access');
const deleteProof = Buffer.from('proof of deletion');

const chunksOf = (content: Uint8Array) =>
  Array.from({ length: countChunks(content.length) }, (_, index) =>
    content.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES),
  );

/** As its author describes it: in one piece if it is a single chunk. */
const draft = (content: Uint8Array, members: Partial<GuardedDraft> = {}): GuardedDraft => ({
  accessHash: sha256(accessProof),
  deleteHash: sha256(deleteProof),
  views: 1,
  expiresInSeconds: 3600,
  size: content.length,
  contentHash: sha256(...chunksOf(content).map((chunk) => sha256(chunk))),
  content: content.length <= CHUNK_BYTES ? content : undefined,
  ...members,
});

const SMALL = Buffer.from('what is in it');
const LARGE = Buffer.alloc(2 * CHUNK_BYTES + 77, 'a text that is long. ');
const WRONG = Buffer.from('a guess');

const keyOf = ({ pasteId }: { pasteId: string }): Key => ({ pasteId, accessProof });

const createLarge = async (members: Partial<GuardedDraft> = {}) => {
  const created = await pastes.create('create', draft(LARGE, members));
  return { ...created, uploadId: created.uploadId! };
};

const putAll = async (uploadId: string) => {
  for (const [index, chunk] of chunksOf(LARGE).entries()) {
    await pastes.putChunk(uploadId, index, chunk);
  }
};

describe('a request to create', () => {
  test('is answered with an id, and with the expiry in steps', async () => {
    const created = await pastes.create('create', draft(SMALL, { expiresInSeconds: 61 }));
    expect(created.expiresAt).toBe(START + 120);
    expect(created.pasteId).toMatch(/^[\w-]{22}$/);
    const view = await pastes.read('read', keyOf(created));
    expect(Buffer.from(view.chunk).toString()).toBe('what is in it');
    expect(view).toMatchObject({ bytes: SMALL.length, maxViews: 1, views: 1 });
    expect(view).toMatchObject({ expiresAt: START + 120, expiresInSeconds: 61 });
  });

  test('that is sent again has the same answer, also of an upload and also later', async () => {
    for (const content of [SMALL, LARGE]) {
      const request = `create ${content.length}`;
      const created = await pastes.create(request, draft(content));
      now += 1000;
      expect(await pastes.create(request, draft(content))).toEqual(created);
      const refuse = () => Promise.reject(new Error('Nothing more is asked of it.'));
      expect(await pastes.create(request, draft(content), refuse)).toEqual(created);
    }
    expect(await store.usage()).toMatchObject({ pastes: 2 });
  });

  test('under the id of another one is refused', async () => {
    await pastes.create('create', draft(SMALL));
    const others = [
      draft(Buffer.from('something else')),
      draft(SMALL, { views: 2 }),
      draft(SMALL, { expiresInSeconds: 3601 }),
      draft(SMALL, { accessHash: sha256(WRONG) }),
      draft(SMALL, { deleteHash: sha256(WRONG) }),
    ];
    for (const other of others) {
      await expect(pastes.create('create', other)).rejects.toMatchObject({ code: 'id-reused' });
    }
    expect(await store.usage()).toMatchObject({ pastes: 1 });
  });

  test('is stored if it is admitted, and asked for that only if it is right', async () => {
    const refuse = jest.fn(() => Promise.reject(new Error('full')));
    await expect(pastes.create('create', draft(SMALL), refuse)).rejects.toThrow('full');
    expect(await store.findOutcome('create')).toBeUndefined();
    const wrong = pastes.create('create', draft(SMALL, { contentHash: sha256(SMALL) }), refuse);
    await expect(wrong).rejects.toMatchObject({ code: 'content-mismatch' });
    expect(refuse).toHaveBeenCalledTimes(1);
    expect(await pastes.create('create', draft(SMALL))).toMatchObject({
      pasteId: expect.any(String),
    });
  });

  test('draws another id if one is taken', async () => {
    const draws = [1, 1, 2, 3];
    // Each gives an id that begins with a low line, as an id may.
    pastes = serve(() => new Uint8Array(16).fill(draws.shift() ?? 0).fill(0xfc, 0, 1));
    const first = await pastes.create('one', draft(SMALL));
    const second = await pastes.create('two', draft(SMALL));
    expect(second.pasteId).not.toBe(first.pasteId);
  });

  test('allows any number of views where it says 0', async () => {
    const created = await pastes.create('create', draft(SMALL, { views: 0 }));
    for (let reader = 1; reader <= 3; reader++) {
      const view = await pastes.read(`read ${reader}`, keyOf(created));
      expect(view).toMatchObject({ views: 0, maxViews: undefined });
    }
  });

  test('of any number of views: whoever has the proof reads all of it, and has nothing to end', async () => {
    const created = await createLarge({ views: 0 });
    await putAll(created.uploadId);
    const key = keyOf(created);
    const { chunk } = await pastes.read('read', key);
    const rest = [await pastes.readChunk('read', key, 1), await pastes.readChunk('other', key, 2)];
    expect(Buffer.concat([chunk, ...rest]).equals(LARGE)).toBe(true);
    for (const claim of ['read', 'read', 'unknown']) await pastes.endRead(claim, key);
    expect(await pastes.read('read', key)).toMatchObject({ views: 0 });
    const guess = { ...key, accessProof: WRONG };
    const attempts = [
      () => pastes.read('read', guess),
      () => pastes.readChunk('read', guess, 1),
      () => pastes.endRead('read', guess),
      () => pastes.readChunk('read', key, 3),
    ];
    for (const attempt of attempts) {
      await expect(attempt()).rejects.toMatchObject({ code: 'not-found' });
    }
  });

  test.each<[string, GuardedDraft]>([
    ['has another length', draft(SMALL, { size: SMALL.length + 1 })],
    ['has another hash', draft(SMALL, { contentHash: sha256(SMALL) })],
    ['is missing though it is a single chunk', draft(SMALL, { content: undefined })],
    ['came along though it is more than a chunk', draft(LARGE, { content: LARGE })],
    [
      'is said to be larger than what came along',
      draft(SMALL, { size: LARGE.length, content: SMALL }),
    ],
  ])('is refused if its content %s, and nothing is stored', async (_, wrong) => {
    await expect(pastes.create('create', wrong)).rejects.toMatchObject({
      code: 'content-mismatch',
    });
    expect(await store.usage()).toEqual({ pastes: 0, bytes: 0, uploads: 0 });
    expect(await store.findOutcome('create')).toBeUndefined();
  });
});

describe('a large paste', () => {
  test('comes in chunks, in any order, some of them again, and is there when the last has come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([0, 1, 2], { minLength: 3, maxLength: 3 }),
        fc.array(fc.nat({ max: 2 }), { maxLength: 3 }),
        fc.uuid(),
        async (order, again, request) => {
          const created = await pastes.create(request, draft(LARGE));
          const seen = new Set<number>();
          const put = async (index: number) => {
            const missing = await pastes.putChunk(
              created.uploadId!,
              index,
              chunksOf(LARGE)[index]!,
            );
            seen.add(index);
            expect(missing).toEqual([0, 1, 2].filter((other) => !seen.has(other)));
          };
          for (const index of order.slice(0, 2)) await put(index);
          for (const index of again) if (seen.has(index)) await put(index);
          const reading = pastes.status(keyOf(created));
          await expect(reading).rejects.toMatchObject({ code: 'not-found' });
          await put(order[2]!);
          expect(await pastes.status(keyOf(created))).toMatchObject({ bytes: LARGE.length });
        },
      ),
      { numRuns: 12 },
    );
  });

  test('is read chunk by chunk, as long as the view lasts', async () => {
    const created = await createLarge();
    await putAll(created.uploadId);
    const { chunk } = await pastes.read('read', keyOf(created));
    const chunks = [chunk];
    for (const index of [1, 2]) {
      chunks.push(await pastes.readChunk('read', keyOf(created), index));
    }
    expect(Buffer.concat(chunks).equals(LARGE)).toBe(true);
    const beyond = pastes.readChunk('read', keyOf(created), 3);
    await expect(beyond).rejects.toMatchObject({ code: 'not-found' });
    await pastes.endRead('read', keyOf(created));
    const late = pastes.readChunk('read', keyOf(created), 1);
    await expect(late).rejects.toMatchObject({ code: 'not-found' });
  });

  test('tells at most 64 of the chunks that are missing', async () => {
    const content = Buffer.alloc(100 * CHUNK_BYTES);
    const { uploadId } = await pastes.create('create', draft(content));
    const missing = await pastes.putChunk(uploadId!, 1, chunksOf(content)[1]!);
    expect(missing).toEqual([0, ...Array.from({ length: 63 }, (_, index) => index + 2)]);
  });

  test.each([
    ['too short', 0, CHUNK_BYTES - 1],
    ['too long', 2, 78],
    ['empty, beyond the end', 3, 0],
    ['beyond the end', 3, CHUNK_BYTES],
  ])('takes no chunk that is %s', async (_, index, length) => {
    const { uploadId } = await createLarge();
    const put = pastes.putChunk(uploadId, index, Buffer.alloc(length));
    await expect(put).rejects.toMatchObject({ code: 'content-mismatch' });
    expect(await store.chunkHashes(uploadId)).toEqual([]);
  });

  test('takes no other chunk in the place of one, and goes on', async () => {
    const { uploadId } = await createLarge();
    const [first, second] = chunksOf(LARGE);
    await pastes.putChunk(uploadId, 0, first!);
    const put = pastes.putChunk(uploadId, 0, Buffer.alloc(CHUNK_BYTES));
    await expect(put).rejects.toMatchObject({ code: 'content-mismatch' });
    expect(await pastes.putChunk(uploadId, 1, second!)).toEqual([2]);
  });

  test('is gone if its chunks are not what was announced', async () => {
    const created = await createLarge();
    const put = (index: number, byte: number) =>
      pastes.putChunk(
        created.uploadId,
        index,
        Buffer.alloc(chunkLength(LARGE.length, index), byte),
      );
    await put(0, 1);
    await put(1, 1);
    await expect(put(2, 1)).rejects.toMatchObject({ code: 'content-mismatch' });
    await expect(put(2, 1)).rejects.toMatchObject({ code: 'unknown-upload' });
    expect(await store.usage()).toEqual({ pastes: 0, bytes: 0, uploads: 0 });
  });

  test('answers the last chunk again as it did before, even when the paste has been read and burnt', async () => {
    const created = await createLarge();
    await putAll(created.uploadId);
    const last = () => pastes.putChunk(created.uploadId, 2, chunksOf(LARGE)[2]!);
    expect(await last()).toEqual([]);
    await pastes.read('read', keyOf(created));
    await pastes.endRead('read', keyOf(created));
    expect(await last()).toEqual([]);
    now += OUTCOME_SECONDS;
    await expect(last()).rejects.toMatchObject({ code: 'unknown-upload' });
  });

  test('answers two copies of its last chunk alike, that come at once', async () => {
    const created = await createLarge();
    const [first, second, third] = chunksOf(LARGE);
    await pastes.putChunk(created.uploadId, 0, first!);
    await pastes.putChunk(created.uploadId, 1, second!);
    const copies = Array.from({ length: 10 }, () => pastes.putChunk(created.uploadId, 2, third!));
    expect(await Promise.all(copies)).toEqual(copies.map(() => []));
  });

  test('is told to be complete, not wrong, if another copy of the last chunk completed it and it was burnt meanwhile', async () => {
    const created = await createLarge();
    const [first, second, third] = chunksOf(LARGE);
    await pastes.putChunk(created.uploadId, 0, first!);
    await pastes.putChunk(created.uploadId, 1, second!);
    const findHashes = store.chunkHashes.bind(store);
    store.chunkHashes = async (id) => {
      store.chunkHashes = findHashes;
      await pastes.putChunk(created.uploadId, 2, third!); // the other copy
      await pastes.read('read', keyOf(created));
      await pastes.endRead('read', keyOf(created));
      return findHashes(id);
    };
    expect(await pastes.putChunk(created.uploadId, 2, third!)).toEqual([]);
  });

  test('is abandoned when no chunk has come for long, and each chunk gives it more time', async () => {
    const created = await createLarge({ expiresInSeconds: 100_000 });
    const put = (index: number) =>
      pastes.putChunk(created.uploadId, index, chunksOf(LARGE)[index]!);
    for (const index of [0, 1]) {
      now += UPLOAD_SECONDS - 1;
      await put(index);
    }
    now += UPLOAD_SECONDS;
    await expect(put(2)).rejects.toMatchObject({ code: 'unknown-upload' });
  });

  test('is abandoned when it is not complete a day after it began, as far as that is known, however its chunks come', async () => {
    const content = Buffer.alloc(40 * CHUNK_BYTES);
    const expiresInSeconds = 200_000;
    const created = await pastes.create('create', draft(content, { expiresInSeconds }));
    const put = (index: number) => pastes.putChunk(created.uploadId!, index, chunksOf(content)[0]!);
    const end = created.expiresAt - expiresInSeconds + 24 * 3600;
    for (let index = 0; now + 3000 < end; index++) {
      now += 3000;
      await put(index);
    }
    now = end - 1;
    await put(38);
    now = end;
    await expect(put(39)).rejects.toMatchObject({ code: 'unknown-upload' });
    await sweepAll(store, { seconds: now, blockHeight: undefined });
    expect(await store.usage()).toEqual({ pastes: 0, bytes: 0, uploads: 0 });
  });

  test('has no upload that can be guessed or made up', async () => {
    const put = pastes.putChunk('unknown', 0, Buffer.alloc(CHUNK_BYTES));
    await expect(put).rejects.toMatchObject({ code: 'unknown-upload' });
  });
});

describe('a request to read', () => {
  test('takes one view, however often it is sent, until it is acknowledged', async () => {
    const created = await pastes.create('create', draft(SMALL));
    const view = await pastes.read('read', keyOf(created));
    expect(await pastes.read('read', keyOf(created))).toEqual(view);
    const other = pastes.read('another', keyOf(created));
    await expect(other).rejects.toMatchObject({ code: 'not-found' });
    await pastes.endRead('read', keyOf(created));
    await pastes.endRead('read', keyOf(created));
    const late = pastes.read('read', keyOf(created));
    await expect(late).rejects.toMatchObject({ code: 'not-found' });
    expect(await store.usage()).toMatchObject({ pastes: 0 });
  });

  test('of a large paste may take longer, by five seconds for each further chunk, up to a whole minute', async () => {
    now = START + 55;
    const created = await createLarge({ views: 1, expiresInSeconds: 100_000 });
    await putAll(created.uploadId);
    await pastes.read('read', keyOf(created));
    // Two more chunks: from 0:55 on, it is a minute more than what a single chunk has.
    now = START + CLAIM_SECONDS + 119;
    await pastes.read('read', keyOf(created));
    expect(await pastes.readChunk('read', keyOf(created), 2)).toHaveLength(77);
    now += 1;
    const late = pastes.readChunk('read', keyOf(created), 2);
    await expect(late).rejects.toMatchObject({ code: 'not-found' });
  });

  test('ends by itself', async () => {
    const created = await pastes.create('create', draft(SMALL));
    await pastes.read('read', keyOf(created));
    now += CLAIM_SECONDS - 1;
    await pastes.read('read', keyOf(created));
    now += 1;
    const late = pastes.read('read', keyOf(created));
    await expect(late).rejects.toMatchObject({ code: 'not-found' });
  });

  test('needs the proof, and so does all that follows', async () => {
    const created = await pastes.create('create', draft(SMALL));
    const guess = { ...keyOf(created), accessProof: WRONG };
    await expect(pastes.read('guess', guess)).rejects.toMatchObject({ code: 'not-found' });
    await expect(pastes.status(guess)).rejects.toMatchObject({ code: 'not-found' });
    await pastes.read('read', keyOf(created));
    await expect(pastes.read('read', guess)).rejects.toMatchObject({ code: 'id-reused' });
    await expect(pastes.readChunk('read', guess, 0)).rejects.toMatchObject({ code: 'not-found' });
    await expect(pastes.endRead('read', guess)).rejects.toMatchObject({ code: 'not-found' });
    expect(await pastes.readChunk('read', keyOf(created), 0)).toBeDefined();
  });

  test('under the id of another one is refused, and takes nothing', async () => {
    const one = await pastes.create('one', draft(SMALL));
    const two = await pastes.create('two', draft(SMALL));
    await pastes.read('read', keyOf(one));
    const other = pastes.read('read', keyOf(two));
    await expect(other).rejects.toMatchObject({ code: 'id-reused' });
    expect(await pastes.status(keyOf(two))).toMatchObject({ views: 0 });
  });

  test('finds nothing once the time of the paste is over', async () => {
    const created = await pastes.create('create', draft(SMALL, { views: 5 }));
    now = created.expiresAt - 1;
    await pastes.read('read', keyOf(created));
    now = created.expiresAt;
    for (const request of ['read', 'another']) {
      const late = pastes.read(request, keyOf(created));
      await expect(late).rejects.toMatchObject({ code: 'not-found' });
    }
  });
});

describe('a request to remove', () => {
  test('needs its own proof', async () => {
    const { pasteId } = await pastes.create('create', draft(SMALL));
    for (const proof of [WRONG, accessProof]) {
      const remove = pastes.remove('remove', pasteId, proof);
      await expect(remove).rejects.toMatchObject({ code: 'not-found' });
    }
    expect(await pastes.status({ pasteId, accessProof })).toMatchObject({ views: 0 });
  });

  test('has one effect and the same answer, however often it is sent; another one finds nothing', async () => {
    const { pasteId } = await pastes.create('create', draft(SMALL));
    await pastes.remove('remove', pasteId, deleteProof);
    await pastes.remove('remove', pasteId, deleteProof);
    const another = pastes.remove('another', pasteId, deleteProof);
    await expect(another).rejects.toMatchObject({ code: 'not-found' });
    const reading = pastes.read('read', { pasteId, accessProof });
    await expect(reading).rejects.toMatchObject({ code: 'not-found' });
  });

  test('under the id of another one is refused', async () => {
    const one = await pastes.create('one', draft(SMALL));
    const two = await pastes.create('two', draft(SMALL));
    await pastes.remove('remove', one.pasteId, deleteProof);
    for (const request of ['remove', 'one']) {
      const remove = pastes.remove(request, two.pasteId, deleteProof);
      await expect(remove).rejects.toMatchObject({ code: 'id-reused' });
    }
    expect(await pastes.status(keyOf(two))).toBeDefined();
  });
});

test('nothing that is kept of requests tells to the second when they came', async () => {
  now = START + 17;
  const created = await pastes.create('create', draft(SMALL, { views: 3 }));
  const large = await pastes.create('large', draft(LARGE));
  await pastes.read('read', keyOf(created));
  await pastes.read('ended', keyOf(created));
  await pastes.endRead('ended', keyOf(created));
  await putAll(large.uploadId!);
  const db = new Database(join(folder, 'pastes.sqlite'));
  const values = (sql: string) => db.prepare<[], number>(sql).pluck().all();
  const quarters = values('SELECT forget_at FROM outcomes UNION ALL SELECT forget_at FROM claims');
  const ends = values('SELECT ends_at FROM claims UNION ALL SELECT ends_at FROM uploads');
  db.close();
  expect(quarters.map((at) => at % 900)).toEqual([0, 0, 0, 0]);
  expect(ends.map((at) => at % 60)).toEqual([0, 0, 0]);
  expect(Math.min(...quarters, ...ends)).toBeGreaterThanOrEqual(now + CLAIM_SECONDS);
});

test('the status counts no view', async () => {
  const created = await pastes.create('create', draft(SMALL, { views: 2 }));
  for (let i = 0; i < 3; i++) {
    expect(await pastes.status(keyOf(created))).toMatchObject({ views: 0, maxViews: 2 });
  }
  await pastes.read('read', keyOf(created));
  expect(await pastes.status(keyOf(created))).toMatchObject({ views: 1 });
});

test('the chunks of a paste are as long together as the paste, and all but the last as long as can be', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50_000_000 }), (bytes) => {
      const lengths = Array.from({ length: countChunks(bytes) }, (_, i) => chunkLength(bytes, i));
      expect(lengths.reduce((sum, length) => sum + length)).toBe(bytes);
      expect(new Set(lengths.slice(0, -1)).size).toBeLessThanOrEqual(1);
      expect(Math.min(...lengths)).toBeGreaterThan(0);
      expect(chunkLength(bytes, lengths.length)).toBe(0);
    }),
  );
});
