import { randomBytes } from 'node:crypto';
import { expect } from '@jest/globals';
import Database from 'better-sqlite3';
import type { PasteStore } from '../../src/store/store.js';
import type { FaultyNetwork } from './faulty-network.js';
import { CHUNK_BYTES, newId, newPaste, succeed, type Paste } from './v2-client.js';

/** What has happened to all pastes together. */
export interface Books {
  pastes: number;
  abandoned: number;
  deleted: number;
  /** Readers who got the whole paste. */
  served: number;
  /** Readers who found none. */
  refused: number;
  /** Readers from whom it was taken while they read. */
  interrupted: number;
}

export const newBooks = (): Books => ({
  pastes: 0,
  abandoned: 0,
  deleted: 0,
  served: 0,
  refused: 0,
  interrupted: 0,
});

export interface Life {
  network: FaultyNetwork;
  random: () => number;
  books: Books;
}

const EXPIRES_IN_SECONDS = 86_400;

/** One paste from its making to its end, with everybody who has to do with it at the same time; and whether all got what was theirs. */
export async function live({ network, random, books }: Life): Promise<void> {
  const pick = <T>(...from: T[]) => from[Math.floor(random() * from.length)]!;
  const views = pick(0, 1, 1, 1, 2, 3, 5);
  const bytes =
    random() < 0.03
      ? CHUNK_BYTES + pick(1, CHUNK_BYTES, CHUNK_BYTES + 7)
      : 1 + Math.floor(random() * 500);
  const content = Buffer.alloc(bytes, randomBytes(16));
  const paste = newPaste({ content, views, expiresInSeconds: EXPIRES_IN_SECONDS });
  const isAbandoned = paste.chunks.length > 1 && random() < 0.2;
  const pasteId = await create(network, paste, isAbandoned);
  books.pastes++;
  if (isAbandoned) books.abandoned++;

  const readers = pick(1, 2, 4, 6);
  const isDeleted = random() < 0.15;
  const life = { network, paste, pasteId };
  const [outcomes] = await Promise.all([
    Promise.all(Array.from({ length: readers }, () => read(life, random() < 0.8))),
    isDeleted ? remove(life) : undefined,
  ]);
  const count = (what: keyof Books) => outcomes.filter((outcome) => outcome === what).length;
  const [served, refused, interrupted] = [count('served'), count('refused'), count('interrupted')];

  const available = isAbandoned ? 0 : Math.min(readers, views === 0 ? readers : views);
  if (!isDeleted) expect({ served, interrupted }).toEqual({ served: available, interrupted: 0 });
  expect(served + interrupted).toBeLessThanOrEqual(available);
  await expectStatus(life, isDeleted || isAbandoned ? undefined : served);
  if (isDeleted && !isAbandoned) books.deleted++;
  books.served += served;
  books.refused += refused;
  books.interrupted += interrupted;
}

interface Known {
  network: FaultyNetwork;
  paste: Paste;
  pasteId: string;
}

async function create(
  network: FaultyNetwork,
  { request, chunks }: Paste,
  isAbandoned: boolean,
): Promise<string> {
  const { pasteId, uploadId } = await succeed(network.request('createPaste', request));
  if (uploadId === undefined) return pasteId;
  const sent = isAbandoned ? chunks.slice(1) : chunks;
  const put = (content: Buffer) =>
    network.request('putChunk', { uploadId, index: chunks.indexOf(content), content });
  await Promise.all(sent.map((content) => succeed(put(content))));
  return pasteId;
}

async function read(
  { network, paste, pasteId }: Known,
  isAcknowledged: boolean,
): Promise<keyof Books> {
  const key = { pasteId, accessProof: paste.accessProof };
  const claim = newId();
  const first = await network.request('readPaste', key, claim);
  if (!first.ok) {
    expect(first.code).toBe('not-found');
    return 'refused';
  }
  const rest = await Promise.all(
    paste.chunks
      .slice(1)
      .map((_, n) => network.request('readChunk', { ...key, claim, index: n + 1 })),
  );
  const chunks = [first, ...rest].flatMap((answer) => (answer.ok ? [answer.content] : []));
  if (isAcknowledged) await network.request('ackRead', { ...key, claim });
  if (chunks.length < paste.chunks.length) return 'interrupted';
  expect(Buffer.concat(chunks).equals(Buffer.concat(paste.chunks))).toBe(true);
  return 'served';
}

/** Whether there is something to delete depends on who comes first; that there is nothing afterwards does not. */
async function remove({ network, paste, pasteId }: Known): Promise<void> {
  const { deleteProof } = paste;
  const answer = await network.request('deletePaste', { pasteId, deleteProof });
  if (!answer.ok) expect(answer.code).toBe('not-found');
}

/** @param taken views, if there should still be anything */
async function expectStatus({ network, paste, pasteId }: Known, taken: number | undefined) {
  const { accessProof, request } = paste;
  const status = await network.request('pasteStatus', { pasteId, accessProof });
  const isLeft = taken !== undefined && (request.views === 0 || taken < request.views);
  const viewsLeft = request.views === 0 || taken === undefined ? null : request.views - taken;
  expect(status).toMatchObject(isLeft ? { ok: true, viewsLeft } : { code: 'not-found' });
}

/** Past all times that were ever promised, nothing is left. */
export async function expectNothingLeft(
  store: PasteStore,
  databaseFile: string,
  now: number,
): Promise<void> {
  const seconds = Math.floor(now / 1000) + 10 * EXPIRES_IN_SECONDS;
  for (let isMore = true; isMore;) {
    const { expired, abandoned, other } = await store.sweep({ seconds, blockHeight: undefined });
    isMore = expired + abandoned + other > 0;
  }
  const db = new Database(databaseFile, { readonly: true });
  const rows = ['pastes', 'contents', 'uploads', 'claims', 'outcomes'].map((table) => [
    table,
    db.prepare(`SELECT count(*) FROM ${table}`).pluck().get(),
  ]);
  expect(Object.fromEntries(rows)).toEqual({
    pastes: 0,
    contents: 0,
    uploads: 0,
    claims: 0,
    outcomes: 0,
  });
  expect(await store.usage()).toMatchObject({ pastes: 0, bytes: 0, uploads: 0 });
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(db.pragma('foreign_key_check')).toEqual([]);
  db.close();
}
