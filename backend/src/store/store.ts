/**
 * Where pastes are kept. An implementation decides how; what it promises is the same for all:
 *
 * * what a resolved promise says has been written for good, and outlives a crash of the process and of the machine;
 * * each verb happens wholly or not at all, and those that run at the same time do not see each other's halves;
 * * what is deleted is kept nowhere that the implementation can reach, once `eraseTraces` has resolved; each says what that is.
 *
 * A paste is *open*: whoever has its id may read it; or *guarded*: who reads it shows a proof, of which the store has the hash. A verb for one kind
 * does not see the other. None gives out a paste whose time or views are over, that is not complete, or whose id is blocked; which of
 * these it was, and whether there ever was such a paste, does not show.
 */
export interface PasteStore extends OpenPasteStore, GuardedPasteStore, Upkeep {
  /** Completes what has been asked for, then lets go of everything. */
  close(): Promise<void>;
}

/** An instant, as far as pastes expire by it. */
export interface Moment {
  /** Whole seconds since 1970. */
  seconds: number;
  /** The height of the Bitcoin block chain; undefined where nobody knows, and what expires by it is not given out. */
  blockHeight: number | undefined;
}

export interface OpenPasteStore {
  /** @returns false if the id is taken or blocked; nothing has changed then. */
  createOpen(paste: NewOpenPaste): Promise<boolean>;

  /**
   * How many bytes the content of a paste has, whether it may still be read or not; so that whoever is about to read it can make room.
   * @returns undefined if there is none
   */
  openBytes(id: string): Promise<number | undefined>;

  /** Whether the operator has blocked this id, which may be one of content that is kept elsewhere. */
  isBlocked(id: string): Promise<boolean>;

  /** Takes one view of a paste. With its last view a paste is deleted. However many ask at once, no more views are given than it had. */
  takeOpenView(id: string, now: Moment): Promise<OpenView | undefined>;
}

/** What every paste has. */
interface Paste {
  id: string;
  /** How many views it has; undefined for any number. */
  maxViews: number | undefined;
  /** Days since 1970. */
  createdDay: number;
}

export interface NewOpenPaste extends Paste {
  content: Uint8Array;
  /** What its maker needs in order to hand it out again, in a form of the maker's own. The store does not look inside. */
  details: string | undefined;
  /** The first second at which it is no more; undefined for never. */
  expiresAt: number | undefined;
  /** The first block height at which it is no more; undefined for none. */
  expiresAtBlock: number | undefined;
  /** Views taken before it came here; an import has some. */
  views?: number;
}

export interface OpenView extends Omit<NewOpenPaste, 'id'> {
  /** Views taken so far, with this one. */
  views: number;
}

export interface GuardedPasteStore {
  /**
   * Stores a paste and the outcome of the request that made it, together. A request has one outcome: if this one has another already, or if the
   * id is taken, nothing changes.
   * @returns the request's outcome, the given one or an earlier
   */
  createGuarded(paste: NewGuardedPaste, outcome: Outcome): Promise<Outcome | 'id-taken'>;

  /** Of a request to create or to delete. */
  findOutcome(request: string): Promise<Outcome | undefined>;

  /** @returns undefined if there is none, or it has been abandoned, or the time of its paste was over before it was complete */
  findUpload(id: string, now: Moment): Promise<Upload | undefined>;

  /**
   * Stores a chunk of an upload, and lets the upload live until `endsAt`; unless there is one in its place already: then nothing changes.
   * @returns 'conflict' if another one is there; undefined if there is no such upload, or it is complete
   */
  putChunk(
    uploadId: string,
    chunk: NewChunk,
    endsAt: number,
  ): Promise<'conflict' | UploadProgress | undefined>;

  /** The hash of each chunk of an upload that is there, in the order of the chunks. */
  chunkHashes(uploadId: string): Promise<Uint8Array[]>;

  /** From now on the paste exists. The upload is remembered until `forgetAt`. */
  completeUpload(id: string, forgetAt: number): Promise<void>;

  /**
   * Its paste, too. An upload that is complete stays.
   * @returns whether there was anything to drop
   */
  dropUpload(id: string): Promise<boolean>;

  /**
   * A chunk of a paste that may be read any number of times, and what may be told of it. Nothing is written, so nothing tells that it was read.
   * @returns undefined for a paste that has a number of views
   */
  readUnlimited(paste: GuardedKey, index: number, now: Moment): Promise<GuardedView | undefined>;

  /**
   * Takes a view of a paste that has a number of them, for one request, once, however often that request comes; it is told the same each time. The claim gives access to the content until it ends: by `endClaim`, or
   * when its time is over; with the last claim of the last view the content is destroyed.
   * @returns 'other-request' if a request of this id has claimed something else
   */
  claimView(claim: NewClaim, now: Moment): Promise<GuardedView | 'other-request' | undefined>;

  /** A chunk of what a claim gives access to, as long as it does. */
  claimedChunk(claim: ClaimKey, index: number, now: Moment): Promise<Uint8Array | undefined>;

  /** @returns whether there is such a claim, ended or not */
  endClaim(claim: ClaimKey, now: Moment): Promise<boolean>;

  /**
   * A paste whose last view is still being read can be deleted, too, and one whose upload is under way, which is unknown from then on.
   * @returns the request's outcome, the given one or an earlier; undefined if there is no such paste
   */
  deleteGuarded(
    paste: { id: string; deleteHash: Uint8Array },
    outcome: Outcome,
    now: Moment,
  ): Promise<Outcome | undefined>;

  guardedStatus(paste: GuardedKey, now: Moment): Promise<GuardedStatus | undefined>;
}

export interface NewGuardedPaste extends Paste {
  accessHash: Uint8Array;
  deleteHash: Uint8Array;
  /** Of the content as a whole. */
  bytes: number;
  expiresAt: number;
  /** What its maker asked for, in seconds; it is repeated to readers. */
  expiresInSeconds: number;
  /** All of it, or the upload by which it will come. */
  content: Uint8Array | { uploadId: string; contentHash: Uint8Array; endsAt: number };
}

/** How a request ended that must not happen twice. */
export interface Outcome {
  /** The request's id. */
  request: string;
  /** Of what was asked for: another request under the same id has another. */
  digest: Uint8Array;
  /** For whoever asks again. The store does not look inside. */
  answer: string;
  /** The second from which on it may be forgotten. */
  forgetAt: number;
}

export interface Upload {
  /** Of the paste as a whole. */
  bytes: number;
  contentHash: Uint8Array;
  isComplete: boolean;
  /** In seconds since 1970; rounded up as the expiry of its paste was, which tells it. Undefined if the paste has gone. */
  begunAt: number | undefined;
}

export interface NewChunk {
  index: number;
  content: Uint8Array;
  hash: Uint8Array;
}

export interface UploadProgress {
  /** The indexes of the chunks that are there, ascending. */
  present: number[];
}

/** What opens a guarded paste. */
export interface GuardedKey {
  id: string;
  accessHash: Uint8Array;
}

export interface ClaimKey {
  /** The id of the request that made the claim. */
  request: string;
  /** Of the paste's id and access hash: only who could read the paste can make it. */
  digest: Uint8Array;
}

export interface NewClaim extends ClaimKey, GuardedKey {
  /** The first second at which it has ended by itself. */
  endsAt: number;
  /** The second from which on it may be forgotten; until then a late copy of the request gets nothing new. */
  forgetAt: number;
}

/** What may be told of a guarded paste to whoever has its proof. */
export interface GuardedStatus {
  bytes: number;
  maxViews: number | undefined;
  /** Views taken so far; 0 for any number. */
  views: number;
  expiresAt: number;
  expiresInSeconds: number;
}

export interface GuardedView extends GuardedStatus {
  chunk: Uint8Array;
}

export interface Upkeep {
  /**
   * Deletes some of what is over: pastes, uploads that were abandoned, claims, outcomes; and of what is blocked. No more at once than can be deleted without holding up other
   * work.
   * @returns all 0 when nothing is left
   */
  sweep(now: Moment): Promise<Swept>;

  /**
   * Removes what deleted pastes have left behind in files, and gives some of their room back.
   * @param stop from then on nothing that may take long is begun or waited for
   * @returns whether nothing is left of what was deleted before; if not, it is tried again the next time
   */
  eraseTraces(stop?: AbortSignal): Promise<boolean>;

  /** How full the store is, by its own account. */
  usage(): Promise<Usage>;

  /** What the disk has left that the store is on, in bytes, beside what uploads have announced and not sent; undefined where the store cannot know. */
  freeBytes(): Promise<number | undefined>;
}

export interface Swept {
  /** Pastes whose time was over. */
  expired: number;
  /** Uploads that were never completed. */
  abandoned: number;
  /** What else was due. */
  other: number;
}

export interface Usage {
  pastes: number;
  /** Of their content; of uploads, all that was announced. */
  bytes: number;
  /** That are not complete. */
  uploads: number;
}
