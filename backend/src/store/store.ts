/**
 * Where pastes are kept. An implementation decides how; what it promises is the same for all:
 *
 * * what a resolved promise says has been written for good, and outlives a crash of the process and of the machine;
 * * each verb happens wholly or not at all, and those that run at the same time do not see each other's halves;
 * * what is deleted is not kept anywhere, once `eraseTraces` has resolved.
 *
 * Times are whole seconds since 1970.
 */
export interface PasteStore {
  /** @returns false if the id is taken; nothing has changed then. */
  createPaste(paste: NewPaste): Promise<boolean>;

  /**
   * How many bytes the content of a paste has, whether it may still be read or not; so that whoever is about to read it can make room.
   * @returns undefined if there is none
   */
  contentBytes(id: string): Promise<number | undefined>;

  /**
   * Takes one view of a paste. With its last view a paste is deleted. However many ask at once, no more views are given than it had.
   * @returns undefined if there is none, or its time or its views are over
   */
  takeView(id: string, now: number): Promise<TakenView | undefined>;

  /**
   * Deletes some of the pastes whose time is over: no more at once than can be deleted without holding up other work.
   * @returns how many; 0 when none is left
   */
  deleteExpired(now: number): Promise<number>;

  /** Removes what deleted pastes have left behind in files. */
  eraseTraces(): Promise<void>;

  /** Completes what has been asked for, then lets go of everything. */
  close(): Promise<void>;
}

interface Paste {
  content: Uint8Array;
  /** What its maker needs in order to hand it out again, in a form of the maker's own. The store does not look inside. */
  details: string | undefined;
  /** How many views it has; undefined for any number. */
  maxViews: number | undefined;
  /** The first second at which it is no more; undefined for never. */
  expiresAt: number | undefined;
  /** Days since 1970. Nothing finer is kept. */
  createdDay: number;
}

export interface NewPaste extends Paste {
  id: string;
}

export interface TakenView extends Paste {
  /** Views taken so far, with this one. */
  views: number;
}
