import { createHash } from 'node:crypto';
import { AppError, type ErrorCode } from '@pastenym/shared/errors';
import { secureRandom, type RandomBytes } from '@pastenym/shared/random';
import { drawId } from '@pastenym/shared/v2/id';
import { RECORD_BYTES as CHUNK_BYTES } from '@pastenym/shared/v2/records';
import type {
  GuardedView,
  ClaimKey,
  GuardedKey,
  GuardedPasteStore,
  GuardedStatus,
  Moment,
  NewGuardedPaste,
  Outcome,
  Upload,
} from '../store/store.js';
import { CLAIM_SECONDS_PER_CHUNK } from '../limits.js';
import { roundExpiry } from './expiry-steps.js';
import { withNewId } from './open-pastes.js';
import { dayOf, type Present } from './present.js';

export { CHUNK_BYTES };

/** What its author says of a paste. Hashes have 32 bytes. */
export interface GuardedDraft {
  accessHash: Uint8Array;
  deleteHash: Uint8Array;
  /** 0: any number. */
  views: number;
  expiresInSeconds: number;
  /** Of the content, in bytes. */
  size: number;
  /** SHA-256 over the SHA-256 of each chunk. */
  contentHash: Uint8Array;
  /** All of it, where it is a single chunk; else it comes by `putChunk`. */
  content: Uint8Array | undefined;
}

export interface Created {
  pasteId: string;
  /** Seconds since 1970. */
  expiresAt: number;
  /** Where chunks go. */
  uploadId?: string;
}

/** Whether a paste may be stored; if so, stores it. */
export type Admit = (store: () => Promise<Created>) => Promise<Created>;

const atOnce: Admit = (store) => store();

/** A paste as its readers name it. */
export interface Key {
  pasteId: string;
  accessProof: Uint8Array;
}

/**
 * Pastes whose readers show a proof, of which the service has the hash. Requests that change something carry an id: however often one comes, in whatever
 * order, it has one effect.
 *
 * All throw AppError: `not-found` for a paste that is unknown, expired, used up, blocked or not complete, and for a wrong proof: which of these, does not show.
 */
export interface GuardedPastes {
  /**
   * @param admit asked for what is right and new, before it is stored: a request that was answered before is answered again, whatever it is asked for by now
   * @throws AppError `id-reused`, `content-mismatch`, and what `admit` throws
   */
  create(request: string, draft: GuardedDraft, admit?: Admit): Promise<Created>;
  /**
   * @returns which chunks are still missing, the first of them
   * @throws AppError `unknown-upload`, `content-mismatch`
   */
  putChunk(uploadId: string, index: number, content: Uint8Array): Promise<number[]>;
  /**
   * Takes a view, for this request. Of a paste that may be read any number of times there is nothing to take: all that follows needs its proof, and no claim.
   * @throws AppError `not-found`, `id-reused`
   */
  read(request: string, key: Key): Promise<GuardedView>;
  /** @param claim the id of the request that took the view */
  readChunk(claim: string, key: Key, index: number): Promise<Uint8Array>;
  endRead(claim: string, key: Key): Promise<void>;
  /**
   * Also one that is not complete: its author ends the upload.
   * @throws AppError `not-found`, `id-reused`
   */
  remove(request: string, pasteId: string, deleteProof: Uint8Array): Promise<void>;
  status(key: Key): Promise<GuardedStatus>;
}

export interface GuardedPastesOptions {
  store: GuardedPasteStore;
  now: Present;
  random?: RandomBytes;
  /** How long a view that was taken may be read, if it is a single chunk. */
  claimSeconds: number;
  /** How long the outcome of a request is remembered, at least. */
  outcomeSeconds: number;
  /** After so long without a new chunk, an upload is abandoned. */
  uploadSeconds: number;
}

const MAX_MISSING_LISTED = 64;
/** What is remembered of a request shall not tell to the second when it came; and of one that is over, only to a quarter of an hour. */
const CLAIM_STEP_SECONDS = 60;
const FORGETTING_STEP_SECONDS = 900;
/**
 * However its chunks come; up to a day more, since when it began is known as coarsely as expiries are. Without an end, a chunk now and then would hold the
 * room of a large paste for months.
 */
const MAX_UPLOAD_SECONDS = 24 * 3600;

export function createGuardedPastes(options: GuardedPastesOptions): GuardedPastes {
  return new Guarded(options);
}

class Guarded implements GuardedPastes {
  readonly #options: Required<GuardedPastesOptions>;

  constructor(options: GuardedPastesOptions) {
    this.#options = { random: secureRandom, ...options };
  }

  async create(request: string, draft: GuardedDraft, admit: Admit = atOnce): Promise<Created> {
    checkContent(draft);
    const earlier = await this.#options.store.findOutcome(request);
    if (earlier !== undefined) return readCreated(earlier, draft);
    return admit(() => this.#create(request, draft));
  }

  async #create(request: string, draft: GuardedDraft): Promise<Created> {
    const { store, now, random } = this.#options;
    const outcome = await withNewId(random, async (id) => {
      const moment = now();
      const { paste, created } = this.#prepare(id, draft, moment);
      const wanted = this.#outcome(request, digestOfDraft(draft), JSON.stringify(created), moment);
      const stored = await store.createGuarded(paste, wanted);
      return stored === 'id-taken' ? undefined : stored;
    });
    return readCreated(outcome, draft);
  }

  async putChunk(uploadId: string, index: number, content: Uint8Array): Promise<number[]> {
    const { store, now } = this.#options;
    const moment = now();
    const upload = await store.findUpload(uploadId, moment);
    if (upload === undefined) throw new AppError('unknown-upload');
    const length = chunkLength(upload.bytes, index);
    if (length === 0 || content.length !== length) throw mismatch('length');
    if (upload.isComplete) return [];
    const chunk = { index, content, hash: sha256(content) };
    const progress = await store.putChunk(uploadId, chunk, this.#uploadEnd(upload, moment));
    if (progress === 'conflict') throw mismatch('content');
    if (progress === undefined) return this.#checkComplete(uploadId, 'unknown-upload');
    const missing = listMissing(upload.bytes, progress.present);
    return missing.length > 0 ? missing : this.#complete(uploadId, upload);
  }

  #uploadEnd({ begunAt }: Upload, { seconds }: Moment): number {
    const latest = (begunAt ?? seconds) + MAX_UPLOAD_SECONDS;
    return Math.min(seconds + this.#options.uploadSeconds, latest);
  }

  async #complete(uploadId: string, { contentHash }: Upload): Promise<number[]> {
    const { store, now } = this.#options;
    const hashes = await store.chunkHashes(uploadId);
    if (sha256(...hashes).equals(contentHash)) {
      await store.completeUpload(uploadId, this.#forgetAt(now().seconds));
      return this.#checkComplete(uploadId, 'unknown-upload');
    }
    if (await store.dropUpload(uploadId)) throw mismatch('whole');
    return this.#checkComplete(uploadId, 'content-mismatch');
  }

  /** Another copy of the last chunk may have completed an upload meanwhile; and what it completed may be burnt already. */
  async #checkComplete(uploadId: string, otherwise: ErrorCode): Promise<number[]> {
    const { store, now } = this.#options;
    const upload = await store.findUpload(uploadId, now());
    if (upload?.isComplete !== true) throw new AppError(otherwise);
    return [];
  }

  async read(request: string, key: Key): Promise<GuardedView> {
    const { store, now } = this.#options;
    const [paste, moment] = [pasteKey(key), now()];
    const status = await store.guardedStatus(paste, moment);
    if (status !== undefined && status.maxViews === undefined) {
      return found(await store.readUnlimited(paste, 0, moment));
    }
    // If no view is left, only a request that has claimed one finds the paste: its claim ends when it was said to.
    const times = this.#claimTimes(status?.bytes ?? 0, moment);
    const view = await store.claimView({ ...claimKey(request, key), ...paste, ...times }, moment);
    if (view === 'other-request') throw new AppError('id-reused');
    return found(view);
  }

  #claimTimes(bytes: number, { seconds }: Moment) {
    const furtherChunks = Math.max(0, countChunks(bytes) - 1);
    const forChunks = furtherChunks * CLAIM_SECONDS_PER_CHUNK;
    const { claimSeconds, outcomeSeconds } = this.#options;
    const endsAt = roundUp(seconds + claimSeconds + forChunks, CLAIM_STEP_SECONDS);
    const forgetAt = Math.max(endsAt, seconds + outcomeSeconds);
    return { endsAt, forgetAt: roundUp(forgetAt, FORGETTING_STEP_SECONDS) };
  }

  async readChunk(claim: string, key: Key, index: number): Promise<Uint8Array> {
    const { store, now } = this.#options;
    const moment = now();
    const unlimited = await store.readUnlimited(pasteKey(key), index, moment);
    if (unlimited !== undefined) return unlimited.chunk;
    return found(await store.claimedChunk(claimKey(claim, key), index, moment));
  }

  async endRead(claim: string, key: Key): Promise<void> {
    const { store, now } = this.#options;
    const moment = now();
    const status = await store.guardedStatus(pasteKey(key), moment);
    if (status !== undefined && status.maxViews === undefined) return;
    const isKnown = await store.endClaim(claimKey(claim, key), moment);
    if (!isKnown) throw new AppError('not-found');
  }

  async remove(request: string, pasteId: string, deleteProof: Uint8Array): Promise<void> {
    const { store, now } = this.#options;
    const deleteHash = sha256(deleteProof);
    const digest = sha256(Buffer.from(`delete ${pasteId} `), deleteHash);
    const moment = now();
    const wanted = this.#outcome(request, digest, '', moment);
    const outcome = found(await store.deleteGuarded({ id: pasteId, deleteHash }, wanted, moment));
    checkDigest(outcome, digest);
  }

  async status(key: Key): Promise<GuardedStatus> {
    const { store, now } = this.#options;
    return found(await store.guardedStatus(pasteKey(key), now()));
  }

  #prepare(id: string, draft: GuardedDraft, now: Moment) {
    const expiresAt = roundExpiry(now.seconds, draft.expiresInSeconds);
    const upload = draft.content === undefined ? this.#newUpload(draft, now) : undefined;
    const paste: NewGuardedPaste = {
      id,
      accessHash: draft.accessHash,
      deleteHash: draft.deleteHash,
      bytes: draft.size,
      maxViews: draft.views === 0 ? undefined : draft.views,
      createdDay: dayOf(now),
      expiresAt,
      expiresInSeconds: draft.expiresInSeconds,
      content: draft.content ?? upload ?? new Uint8Array(0),
    };
    const created: Created = {
      pasteId: id,
      expiresAt,
      ...(upload && { uploadId: upload.uploadId }),
    };
    return { paste, created };
  }

  #newUpload({ contentHash }: GuardedDraft, { seconds }: Moment) {
    const { random, uploadSeconds } = this.#options;
    return { uploadId: drawId(random), contentHash, endsAt: seconds + uploadSeconds };
  }

  #outcome(request: string, digest: Uint8Array, answer: string, { seconds }: Moment): Outcome {
    return { request, digest, answer, forgetAt: this.#forgetAt(seconds) };
  }

  #forgetAt(seconds: number): number {
    return roundUp(seconds + this.#options.outcomeSeconds, FORGETTING_STEP_SECONDS);
  }
}

/** Of a paste of `bytes`; 0 beyond its end. All chunks but the last have the same length. */
export function chunkLength(bytes: number, index: number): number {
  return Math.max(0, Math.min(CHUNK_BYTES, bytes - index * CHUNK_BYTES));
}

const roundUp = (value: number, step: number) => Math.ceil(value / step) * step;

export const countChunks = (bytes: number) => Math.ceil(bytes / CHUNK_BYTES);

function listMissing(bytes: number, present: readonly number[]): number[] {
  const there = new Set(present);
  const missing: number[] = [];
  for (let i = 0; i < countChunks(bytes) && missing.length < MAX_MISSING_LISTED; i++) {
    if (!there.has(i)) missing.push(i);
  }
  return missing;
}

/** A single chunk comes along with the request, and fits to what the request says of it. More chunks do not. */
function checkContent({ content, size, contentHash }: GuardedDraft): void {
  const isSingle = size <= CHUNK_BYTES;
  if (content === undefined && !isSingle) return;
  if (!isSingle || content?.length !== size) throw mismatch('length');
  if (!sha256(sha256(content)).equals(contentHash)) throw mismatch('whole');
}

const MISMATCHES = {
  length: 'Its length does not fit to what was announced.',
  content: 'This chunk has come before, with other content.',
  whole: 'Its hash does not fit to what was announced.',
} as const;

const mismatch = (what: keyof typeof MISMATCHES) =>
  new AppError('content-mismatch', { detail: MISMATCHES[what] });

function digestOfDraft(draft: GuardedDraft): Buffer {
  const { accessHash, deleteHash, contentHash, views, expiresInSeconds, size } = draft;
  const numbers = Buffer.from(`create ${views} ${expiresInSeconds} ${size} `);
  return sha256(numbers, accessHash, deleteHash, contentHash);
}

function readCreated(outcome: Outcome, draft: GuardedDraft): Created {
  checkDigest(outcome, digestOfDraft(draft));
  // It was written by `create`.
  return JSON.parse(outcome.answer) as Created;
}

function checkDigest(outcome: Outcome, digest: Buffer): void {
  if (!digest.equals(outcome.digest)) throw new AppError('id-reused');
}

const pasteKey = ({ pasteId, accessProof }: Key): GuardedKey => ({
  id: pasteId,
  accessHash: sha256(accessProof),
});

const claimKey = (request: string, { pasteId, accessProof }: Key): ClaimKey => ({
  request,
  digest: sha256(Buffer.from(`read ${pasteId} `), sha256(accessProof)),
});

function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new AppError('not-found');
  return value;
}
