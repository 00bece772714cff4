import type { NewOpenPaste, PasteStore } from './store.js';

/**
 * What an operator does with a store, beside services that run on it or without any. It tells how much there is and of which kind; never what is in a
 * paste, nor anything that would open one.
 */
export interface OperatorStore extends Pick<PasteStore, 'sweep' | 'freeBytes' | 'close'> {
  describe(id: string): Promise<Description>;

  /** Destroys a paste, whatever is reading or writing it. @returns whether it was there */
  remove(id: string): Promise<boolean>;

  /**
   * From now on there is no paste of this id, and none will be created, whether there has been one or not.
   * @param day since 1970, which is kept with it
   * @returns whether there was one, which is destroyed
   */
  block(id: string, day: number): Promise<boolean>;

  /** @returns whether it was blocked */
  unblock(id: string): Promise<boolean>;

  statistics(nowSeconds: number): Promise<Statistics>;

  /** Stores a paste of another service, once: whatever has become of it since, it is not stored again. */
  importOpen(paste: NewOpenPaste): Promise<'stored' | 'known' | 'taken' | 'blocked'>;

  /**
   * Removes what deleted pastes have left behind in files; waits a few seconds for others who keep it from that.
   */
  erase(): Promise<Erasure>;

  /** Gives all room that is not used back to the file system, little by little. */
  compact(): Promise<void>;

  /**
   * Writes a copy of the whole store, as it is at one moment, into a new file that only its owner can read.
   * @throws StartupError if the file is there already, cannot be written, or this store is copied in another way
   */
  backUp(file: string): Promise<void>;

  /** @returns what is wrong with the store, by kind; nothing, if it is well */
  check(): Promise<Fault[]>;
}

/** What has become of what deleted pastes had left behind: it is overwritten; it will be, by a service; or nobody can say when it will be. */
export type Erasure = 'erased' | 'not-yet' | 'cannot';

export interface Description {
  isBlocked: boolean;
  paste: PasteDescription | undefined;
}

export interface PasteDescription {
  kind: 'open' | 'guarded';
  /** Of its content; of an upload, what was announced. */
  bytes: number;
  chunks: number;
  isComplete: boolean;
  /** Days since 1970. */
  createdDay: number;
  expiresAt: number | null;
  expiresAtBlock: number | null;
  maxViews: number | null;
  /** Views taken. */
  views: number;
}

/** Counts, by kind. What is being taken apart does not count. */
export interface Statistics {
  open: number;
  guarded: number;
  /** Of the guarded ones, those that are not complete. */
  uploads: number;
  limitedViews: number;
  expiring: number;
  expiringByBlock: number;
  /** Whose time is over, and which the next sweep takes. */
  due: number;
  /** Of the content of all. */
  bytes: number;
  /** Views that are being read. */
  claims: number;
  outcomes: number;
  blocked: number;
  /** Ids of pastes that were imported, once. */
  imported: number;
  /** What it takes on the disk. */
  storageBytes: number;
}

export interface Fault {
  what: string;
  count: number;
}

/** So that a second import knows a paste by it, and nobody else does: ids of the original have but 48 bits. */
export const IMPORT_DIGEST_BYTES = 16;

/** A paste that is more than what the sweep has not yet taken apart. In both databases' SQL, as all of the following. */
export const IS_WHOLE = 'coalesce(expires_at, 1) > 0';

/** @param parameter what stands for the id */
export const describeSql = (parameter: string) => `
  SELECT CASE WHEN access_hash IS NULL THEN 'open' ELSE 'guarded' END AS kind, bytes,
    (SELECT count(*) FROM contents WHERE paste = number) AS chunks,
    CASE WHEN is_complete THEN 1 ELSE 0 END AS "isComplete", created_day AS "createdDay",
    expires_at AS "expiresAt", expires_at_block AS "expiresAtBlock", max_views AS "maxViews", views
  FROM pastes WHERE id = ${parameter} AND ${IS_WHOLE}`;

export type DescribedRow = Omit<PasteDescription, 'isComplete'> & { isComplete: number };

export const toDescription = (row: DescribedRow): PasteDescription => ({
  ...row,
  isComplete: row.isComplete === 1,
});

export const statisticsSql = (nowSeconds: number) => `
  SELECT
    count(*) FILTER (WHERE access_hash IS NULL) AS open,
    count(*) FILTER (WHERE access_hash IS NOT NULL) AS guarded,
    count(*) FILTER (WHERE NOT is_complete) AS uploads,
    count(*) FILTER (WHERE max_views IS NOT NULL) AS "limitedViews",
    count(*) FILTER (WHERE expires_at IS NOT NULL) AS expiring,
    count(*) FILTER (WHERE expires_at_block IS NOT NULL) AS "expiringByBlock",
    count(*) FILTER (WHERE expires_at <= ${Math.floor(nowSeconds)}) AS due,
    CAST(coalesce(sum(bytes), 0) AS bigint) AS bytes,
    (SELECT count(*) FROM claims WHERE paste IS NOT NULL) AS claims,
    (SELECT count(*) FROM outcomes) AS outcomes,
    (SELECT count(*) FROM blocked) AS blocked,
    (SELECT count(*) FROM imported) AS imported
  FROM pastes WHERE ${IS_WHOLE}`;

const countPastes = (condition: string) =>
  `SELECT count(*) AS count FROM pastes WHERE ${IS_WHOLE} AND ${condition}`;

/** What must never be; each statement counts how often it is. */
export const FAULTS: Readonly<Record<string, string>> = {
  'pastes without their content': countPastes(
    'is_complete AND NOT EXISTS (SELECT 1 FROM contents WHERE paste = number AND chunk = 0)',
  ),
  'pastes whose content is not as long as it should be': countPastes(
    'is_complete AND bytes <> (SELECT coalesce(sum(length(content)), 0) FROM contents WHERE paste = number)',
  ),
  'pastes of which a chunk is missing': countPastes(
    'is_complete AND (SELECT count(*) FROM contents WHERE paste = number) <> (SELECT coalesce(max(chunk), 0) + 1 FROM contents WHERE paste = number)',
  ),
  'contents without their paste': `
    SELECT count(*) AS count FROM contents WHERE NOT EXISTS (SELECT 1 FROM pastes WHERE number = paste)`,
  'pastes whose views are over and that nobody reads': countPastes(
    'views >= max_views AND NOT EXISTS (SELECT 1 FROM claims WHERE paste = number)',
  ),
  'pastes that are blocked': countPastes(
    'EXISTS (SELECT 1 FROM blocked WHERE blocked.id = pastes.id)',
  ),
  'pastes that are not complete and have no upload': countPastes(
    'NOT is_complete AND NOT EXISTS (SELECT 1 FROM uploads WHERE paste = number AND NOT uploads.is_complete)',
  ),
  'uploads that are under way for a paste that is complete': `
    SELECT count(*) AS count FROM uploads JOIN pastes ON number = paste
    WHERE pastes.is_complete AND NOT uploads.is_complete`,
  'guarded pastes without an expiry': countPastes(
    'access_hash IS NOT NULL AND (expires_at IS NULL OR expires_in_seconds IS NULL)',
  ),
  'totals that are wrong': `
    SELECT count(*) AS count FROM (
      SELECT coalesce(sum(pastes), 0) AS pastes, coalesce(sum(bytes), 0) AS bytes FROM totals
    ) AS kept, (
      SELECT count(*) AS pastes, coalesce(sum(bytes), 0) AS bytes FROM pastes
    ) AS counted
    WHERE kept.pastes <> counted.pastes OR kept.bytes <> counted.bytes`,
};
