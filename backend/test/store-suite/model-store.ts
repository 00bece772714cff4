import type {
  GuardedStatus,
  Moment,
  NewChunk,
  NewClaim,
  NewGuardedPaste,
  NewOpenPaste,
  Outcome,
  Usage,
} from '../../src/store/store.js';

interface ModelPaste {
  id: string;
  accessHash: Uint8Array | undefined;
  deleteHash: Uint8Array | undefined;
  bytes: number;
  views: number;
  maxViews: number;
  expiresAt: number;
  expiresInSeconds: number;
  isComplete: boolean;
  chunks: Map<number, Uint8Array>;
}

interface ModelClaim {
  paste: ModelPaste | undefined;
  digest: Uint8Array;
  view: number;
  endsAt: number;
  forgetAt: number;
}

interface ModelUpload {
  paste: ModelPaste | undefined;
  bytes: number;
  isComplete: boolean;
  endsAt: number;
}

const areEqual = (a: Uint8Array | undefined, b: Uint8Array) =>
  a !== undefined && Buffer.compare(a, b) === 0;

/** The store does not look whether an upload that is completed has all of its chunks. */
const firstChunk = (paste: ModelPaste) => paste.chunks.get(0) ?? null;

function statusOf(paste: ModelPaste): GuardedStatus {
  const { bytes, maxViews, views, expiresAt, expiresInSeconds } = paste;
  return { bytes, maxViews, views, expiresAt, expiresInSeconds };
}

/** What a store of small pastes is to do, in the plainest words: maps, one thing after the other, no disk. */
export class ModelStore {
  readonly #pastes = new Map<string, ModelPaste>();
  readonly #outcomes = new Map<string, Outcome>();
  readonly #claims = new Map<string, ModelClaim>();
  readonly #uploads = new Map<string, ModelUpload>();
  readonly #blocked = new Set<string>();

  block(id: string): void {
    this.#blocked.add(id);
  }

  createOpen({ id, content, maxViews, expiresAt }: NewOpenPaste): boolean {
    if (this.#pastes.has(id) || this.#blocked.has(id)) return false;
    this.#pastes.set(id, {
      ...{ id, views: 0, isComplete: true, bytes: content.length, expiresInSeconds: 0 },
      ...{ accessHash: undefined, deleteHash: undefined, chunks: new Map([[0, content]]) },
      ...{ maxViews: maxViews ?? Infinity, expiresAt: expiresAt ?? Infinity },
    });
    return true;
  }

  takeOpenView(id: string, { seconds }: Moment) {
    const paste = this.#find(id, seconds);
    if (paste === undefined || paste.accessHash !== undefined) return undefined;
    paste.views++;
    if (paste.views === paste.maxViews) this.#delete(paste);
    return { content: firstChunk(paste), views: paste.views };
  }

  createGuarded(paste: NewGuardedPaste, outcome: Outcome): Outcome | 'id-taken' {
    const earlier = this.#outcomes.get(outcome.request);
    if (earlier !== undefined) return earlier;
    if (this.#pastes.has(paste.id) || this.#blocked.has(paste.id)) return 'id-taken';
    this.#outcomes.set(outcome.request, outcome);
    this.#insert(paste);
    return outcome;
  }

  #insert({ content, maxViews, ...rest }: NewGuardedPaste): void {
    const isComplete = !('uploadId' in content);
    const chunks = new Map(isComplete ? [[0, content]] : []);
    const paste = { ...rest, maxViews: maxViews ?? Infinity, views: 0, isComplete, chunks };
    this.#pastes.set(paste.id, paste);
    if (isComplete) return;
    const { uploadId, endsAt } = content;
    this.#uploads.set(uploadId, { paste, bytes: paste.bytes, isComplete: false, endsAt });
  }

  findOutcome(request: string): Outcome | undefined {
    return this.#outcomes.get(request);
  }

  findUpload(id: string, { seconds }: Moment) {
    const upload = this.#uploads.get(id);
    if (upload === undefined || upload.endsAt <= seconds) return undefined;
    const { paste, bytes, isComplete } = upload;
    if (!isComplete && (paste === undefined || paste.expiresAt <= seconds)) return undefined;
    return { bytes, isComplete };
  }

  putChunk(uploadId: string, { index, content }: NewChunk, endsAt: number) {
    const upload = this.#uploads.get(uploadId);
    if (upload?.paste === undefined || upload.isComplete) return undefined;
    const { chunks } = upload.paste;
    if (!chunks.has(index)) {
      chunks.set(index, content);
      upload.endsAt = endsAt;
    }
    if (!areEqual(chunks.get(index), content)) return 'conflict';
    return { present: Array.from(chunks.keys()).sort((a, b) => a - b) };
  }

  completeUpload(id: string, forgetAt: number): void {
    const upload = this.#uploads.get(id);
    if (upload?.paste === undefined || upload.isComplete) return;
    upload.paste.isComplete = true;
    upload.isComplete = true;
    upload.endsAt = forgetAt;
  }

  dropUpload(id: string): boolean {
    const upload = this.#uploads.get(id);
    if (upload === undefined || upload.isComplete) return false;
    this.#uploads.delete(id);
    if (upload.paste === undefined) return false;
    this.#delete(upload.paste);
    return true;
  }

  readUnlimited(
    { id, accessHash }: { id: string; accessHash: Uint8Array },
    index: number,
    { seconds }: Moment,
  ) {
    const paste = this.#find(id, seconds);
    const chunk = paste?.chunks.get(index);
    if (!areEqual(paste?.accessHash, accessHash) || chunk === undefined) return undefined;
    return paste?.maxViews === Infinity ? { ...statusOf(paste), chunk } : undefined;
  }

  claimView(claim: NewClaim, { seconds }: Moment) {
    const earlier = this.#claims.get(claim.request);
    if (earlier !== undefined) {
      if (!areEqual(claim.digest, earlier.digest)) return 'other-request';
      return this.#isOpen(earlier, seconds) ? this.#view(earlier) : undefined;
    }
    const paste = this.#find(claim.id, seconds);
    if (!areEqual(paste?.accessHash, claim.accessHash) || paste === undefined) return undefined;
    if (paste.maxViews === Infinity) return undefined;
    const { digest, endsAt, forgetAt } = claim;
    const taken = { paste, digest, view: ++paste.views, endsAt, forgetAt };
    this.#claims.set(claim.request, taken);
    return this.#view(taken);
  }

  #view({ paste, view }: ModelClaim) {
    return paste && { ...statusOf(paste), views: view, chunk: firstChunk(paste) };
  }

  claimedChunk({ request, digest }: NewClaim, index: number, { seconds }: Moment) {
    const claim = this.#claims.get(request);
    if (claim === undefined || !areEqual(claim.digest, digest)) return undefined;
    return this.#isOpen(claim, seconds) ? claim.paste?.chunks.get(index) : undefined;
  }

  endClaim({ request, digest }: NewClaim, { seconds }: Moment): boolean {
    const claim = this.#claims.get(request);
    if (claim === undefined || !areEqual(claim.digest, digest)) return false;
    this.#settle(claim, seconds);
    return true;
  }

  deleteGuarded(
    { id, deleteHash }: { id: string; deleteHash: Uint8Array },
    outcome: Outcome,
    { seconds }: Moment,
  ) {
    const earlier = this.#outcomes.get(outcome.request);
    if (earlier !== undefined) return earlier;
    const paste = this.#pastes.get(id);
    if (paste === undefined || !this.#isKept(paste, seconds)) return undefined;
    if (!areEqual(paste.deleteHash, deleteHash)) return undefined;
    const claims = Array.from(this.#claims.values()).filter((claim) => claim.paste === paste);
    const isOver = !claims.some((claim) => claim.endsAt > seconds);
    if (paste.views >= paste.maxViews && isOver) return undefined;
    this.#delete(paste);
    this.#outcomes.set(outcome.request, outcome);
    return outcome;
  }

  guardedStatus(id: string, accessHash: Uint8Array, { seconds }: Moment) {
    const paste = this.#find(id, seconds);
    return areEqual(paste?.accessHash, accessHash) && paste ? statusOf(paste) : undefined;
  }

  /** All that is due. */
  sweep({ seconds }: Moment): void {
    for (const paste of this.#pastes.values()) {
      if (paste.expiresAt <= seconds || this.#blocked.has(paste.id)) this.#delete(paste);
    }
    for (const [id, upload] of this.#uploads) {
      if (upload.endsAt > seconds) continue;
      if (!this.dropUpload(id)) this.#uploads.delete(id);
    }
    for (const claim of this.#claims.values()) {
      if (claim.endsAt <= seconds) this.#settle(claim, seconds);
    }
    for (const [request, { forgetAt }] of this.#outcomes) {
      if (forgetAt <= seconds) this.#outcomes.delete(request);
    }
    for (const [request, { paste, forgetAt }] of this.#claims) {
      if (paste === undefined && forgetAt <= seconds) this.#claims.delete(request);
    }
  }

  usage(): Usage {
    const pastes = Array.from(this.#pastes.values());
    return {
      pastes: pastes.length,
      bytes: pastes.reduce((sum, paste) => sum + paste.bytes, 0),
      uploads: pastes.filter((paste) => !paste.isComplete).length,
    };
  }

  #isKept({ id, expiresAt }: ModelPaste, seconds: number): boolean {
    return expiresAt > seconds && !this.#blocked.has(id);
  }

  #isThere(paste: ModelPaste, seconds: number): boolean {
    return paste.isComplete && this.#isKept(paste, seconds);
  }

  #find(id: string, seconds: number): ModelPaste | undefined {
    const paste = this.#pastes.get(id);
    if (paste === undefined || !this.#isThere(paste, seconds)) return undefined;
    return paste.views < paste.maxViews ? paste : undefined;
  }

  #isOpen({ paste, endsAt }: ModelClaim, seconds: number): boolean {
    return paste !== undefined && endsAt > seconds && this.#isThere(paste, seconds);
  }

  #settle(claim: ModelClaim, seconds: number): void {
    const { paste } = claim;
    claim.paste = undefined;
    if (paste === undefined || paste.views < paste.maxViews) return;
    const claims = Array.from(this.#claims.values()).filter((other) => other.paste === paste);
    if (!claims.some(({ endsAt }) => endsAt > seconds)) this.#delete(paste);
  }

  #delete(paste: ModelPaste): void {
    this.#pastes.delete(paste.id);
    for (const holder of [...this.#claims.values(), ...this.#uploads.values()]) {
      if (holder.paste === paste) holder.paste = undefined;
    }
  }
}
