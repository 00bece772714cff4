import type { Database, Statement } from 'better-sqlite3';
import type { OpenRow, StatusRow } from '../rows.js';

/** A paste whose time is not over. */
const IS_IN_TIME = `
      (expires_at IS NULL OR expires_at > @now)
      AND (expires_at_block IS NULL OR expires_at_block > @blockHeight)`;

/** A paste that may be given out once it is complete, as far as its views allow. */
const IS_KEPT = `
      ${IS_IN_TIME}
      AND NOT EXISTS (SELECT 1 FROM blocked WHERE blocked.id = pastes.id)`;

const IS_THERE = `is_complete AND ${IS_KEPT}`;

/** Every statement that is run while the service runs. None of them looks through a whole table, but for the list of what is blocked. */
export const SQL = {
  insertPaste: `
    INSERT INTO pastes (id, details, access_hash, delete_hash, bytes, is_complete, created_day,
      expires_at, expires_at_block, expires_in_seconds, max_views, views)
    SELECT @id, @details, @accessHash, @deleteHash, @bytes, @isComplete, @createdDay,
      @expiresAt, @expiresAtBlock, @expiresInSeconds, @maxViews, @views
    WHERE NOT EXISTS (SELECT 1 FROM blocked WHERE id = @id)
    ON CONFLICT (id) DO NOTHING
    RETURNING number`,

  insertChunk: `
    INSERT INTO contents (paste, chunk, hash, content) VALUES (@paste, @index, @hash, @content)
    ON CONFLICT (paste, chunk) DO NOTHING`,

  openBytes: 'SELECT bytes FROM pastes WHERE id = ? AND access_hash IS NULL',

  isBlocked: 'SELECT 1 FROM blocked WHERE id = ?',

  // Whether there is a view left, and taking it, is one statement: nobody can come between.
  takeOpenView: `
    UPDATE pastes SET views = views + 1
    WHERE id = @id AND access_hash IS NULL AND (max_views IS NULL OR views < max_views) AND ${IS_THERE}
    RETURNING number, bytes, details, created_day, expires_at, expires_at_block, max_views, views,
      (SELECT content FROM contents WHERE paste = number AND chunk = 0) AS content`,

  takeGuardedView: `
    UPDATE pastes SET views = views + 1
    WHERE id = @id AND access_hash = @accessHash AND views < max_views AND ${IS_THERE}
    RETURNING number, bytes, expires_at, expires_in_seconds, max_views, views,
      (SELECT content FROM contents WHERE paste = number AND chunk = 0) AS content`,

  readUnlimited: `
    SELECT bytes, expires_at, expires_in_seconds, max_views, views, content
    FROM pastes JOIN contents ON contents.paste = number AND chunk = @index
    WHERE id = @id AND access_hash = @accessHash AND max_views IS NULL AND ${IS_THERE}`,

  guardedStatus: `
    SELECT bytes, expires_at, expires_in_seconds, max_views, views FROM pastes
    WHERE id = @id AND access_hash = @accessHash AND (max_views IS NULL OR views < max_views) AND ${IS_THERE}`,

  // Whether a claim of the last view has timed out, must not depend on when the sweep comes.
  findToDelete: `
    SELECT number, bytes FROM pastes WHERE id = @id AND delete_hash = @deleteHash AND ${IS_KEPT}
      AND (max_views IS NULL OR views < max_views
        OR EXISTS (SELECT 1 FROM claims WHERE paste = number AND ends_at > @now))`,

  insertClaim: `
    INSERT INTO claims (request, digest, paste, view, ends_at, forget_at)
    VALUES (@request, @digest, @paste, @view, @endsAt, @forgetAt)`,

  findClaim: 'SELECT digest, paste FROM claims WHERE request = ?',

  claimedView: `
    SELECT bytes, expires_at, expires_in_seconds, max_views, view AS views,
      (SELECT content FROM contents WHERE contents.paste = number AND chunk = 0) AS content
    FROM claims JOIN pastes ON number = claims.paste
    WHERE request = @request AND ends_at > @now AND ${IS_THERE}`,

  claimedChunk: `
    SELECT content
    FROM claims JOIN pastes ON number = claims.paste JOIN contents ON contents.paste = number AND chunk = @index
    WHERE request = @request AND digest = @digest AND ends_at > @now AND ${IS_THERE}`,

  // When it would have ended, would tell to the minute when the paste was read.
  endClaim: 'UPDATE claims SET paste = NULL, ends_at = forget_at WHERE request = ?',

  findExhausted: `
    SELECT number, bytes FROM pastes
    WHERE number = @paste AND views >= max_views
      AND NOT EXISTS (SELECT 1 FROM claims WHERE paste = number AND ends_at > @now)`,

  claimsDue: `
    SELECT request, paste FROM claims WHERE paste IS NOT NULL AND ends_at <= ?
    ORDER BY ends_at LIMIT ?`,

  insertUpload: `
    INSERT INTO uploads (id, paste, bytes, content_hash, ends_at)
    VALUES (@id, @paste, @bytes, @contentHash, @endsAt)`,

  findUpload: `
    SELECT bytes, content_hash, is_complete,
      (SELECT expires_at - expires_in_seconds FROM pastes WHERE number = paste) AS begun_at
    FROM uploads WHERE id = @id AND ends_at > @now AND (is_complete OR EXISTS (
      SELECT 1 FROM pastes WHERE number = paste AND ${IS_IN_TIME}))`,

  findUnderway: `
    SELECT paste FROM uploads WHERE id = ? AND NOT is_complete AND paste IS NOT NULL`,

  extendUpload: 'UPDATE uploads SET ends_at = @endsAt WHERE id = @id',

  chunkHash: 'SELECT hash FROM contents WHERE paste = ? AND chunk = ?',

  chunkIndexes: 'SELECT chunk FROM contents WHERE paste = ? ORDER BY chunk',

  chunkHashes: `
    SELECT hash FROM uploads JOIN contents ON contents.paste = uploads.paste
    WHERE uploads.id = ? ORDER BY chunk`,

  completeUpload: `
    UPDATE uploads SET is_complete = 1, ends_at = @forgetAt
    WHERE id = @id AND NOT is_complete AND paste IS NOT NULL
    RETURNING paste`,

  completePaste: 'UPDATE pastes SET is_complete = 1 WHERE number = ?',

  uploadsDue: 'SELECT id, is_complete FROM uploads WHERE ends_at <= ? ORDER BY ends_at LIMIT ?',

  dropUpload: 'DELETE FROM uploads WHERE id = ? AND NOT is_complete RETURNING paste',

  forgetUpload: 'DELETE FROM uploads WHERE id = ? AND is_complete',

  insertOutcome: `
    INSERT INTO outcomes (request, digest, answer, forget_at)
    VALUES (@request, @digest, @answer, @forgetAt)`,

  findOutcome: `
    SELECT request, digest, answer, forget_at AS forgetAt FROM outcomes WHERE request = ?`,

  expired: `
    SELECT number, bytes, expires_at IS 0 AS is_doomed FROM pastes
    WHERE expires_at <= ? ORDER BY expires_at LIMIT ?`,

  expiredByBlock: `
    SELECT number, bytes, expires_at IS 0 AS is_doomed FROM pastes
    WHERE expires_at_block <= ? ORDER BY expires_at_block LIMIT ?`,

  // Looks through what an operator has blocked, which is not much. (CROSS: in this order.)
  blockedPastes: `
    SELECT number, bytes, 1 AS is_doomed FROM blocked CROSS JOIN pastes ON pastes.id = blocked.id LIMIT ?`,

  pasteBytes: 'SELECT number, bytes FROM pastes WHERE number = ?',

  /** Its content goes with it. */
  deletePaste: 'DELETE FROM pastes WHERE number = ?',

  /** Nobody is given it any more; the sweep takes it apart. */
  doomPaste: 'UPDATE pastes SET expires_at = 0 WHERE number = ?',

  deleteChunks: `
    DELETE FROM contents WHERE paste = @paste AND chunk IN (
      SELECT chunk FROM contents WHERE paste = @paste ORDER BY chunk LIMIT @limit)`,

  forgetOutcomes: `
    DELETE FROM outcomes WHERE request IN (
      SELECT request FROM outcomes WHERE forget_at <= ? ORDER BY forget_at LIMIT ?)`,

  forgetClaims: `
    DELETE FROM claims WHERE request IN (
      SELECT request FROM claims WHERE forget_at <= ? AND paste IS NULL ORDER BY forget_at LIMIT ?)`,

  countUploads: 'SELECT count(*) FROM uploads WHERE NOT is_complete AND paste IS NOT NULL',

  outstandingBytes: `
    SELECT sum(max(0, bytes - @chunkBytes * (SELECT count(*) FROM contents WHERE contents.paste = uploads.paste)))
    FROM uploads WHERE NOT is_complete AND paste IS NOT NULL`,
};

/** Of one row; it is no table that grows. */
export const TOTALS = 'SELECT pastes, bytes FROM totals';

/** SQLite says null where we say undefined, and 0 or 1 for a truth. */
type Value = string | number | Uint8Array | null;
type Named = Record<string, Value>;

export interface PasteRow {
  number: number;
  bytes: number;
}

export type TakenRow = PasteRow & OpenRow;

export type GuardedRow = StatusRow & { content: Buffer };

export interface SweptRow extends PasteRow {
  /** Whether it was gone before, being blocked, or so large that its content had to wait. */
  is_doomed: number;
}

export interface UploadRow {
  bytes: number;
  content_hash: Buffer;
  is_complete: number;
  begun_at: number | null;
}

export interface OutcomeRow {
  request: string;
  digest: Buffer;
  answer: string;
  forgetAt: number;
}

type Rows<Row = unknown> = Statement<unknown[], Row>;
type NamedRows<Row = unknown> = Statement<[Named], Row>;

export interface Statements {
  insertPaste: NamedRows<number>;
  insertChunk: NamedRows;
  openBytes: Rows<number>;
  isBlocked: Rows;
  takeOpenView: NamedRows<TakenRow>;
  takeGuardedView: NamedRows<PasteRow & GuardedRow>;
  readUnlimited: NamedRows<GuardedRow>;
  guardedStatus: NamedRows<StatusRow>;
  findToDelete: NamedRows<PasteRow>;
  insertClaim: NamedRows;
  findClaim: Rows<{ digest: Buffer; paste: number | null }>;
  claimedView: NamedRows<GuardedRow>;
  claimedChunk: NamedRows<Buffer>;
  endClaim: Rows;
  findExhausted: NamedRows<PasteRow>;
  claimsDue: Rows<{ request: string; paste: number }>;
  insertUpload: NamedRows;
  findUpload: NamedRows<UploadRow>;
  findUnderway: Rows<number>;
  extendUpload: NamedRows;
  chunkHash: Rows<Buffer>;
  chunkIndexes: Rows<number>;
  chunkHashes: Rows<Buffer>;
  completeUpload: NamedRows<number>;
  completePaste: Rows;
  uploadsDue: Rows<{ id: string; is_complete: number }>;
  /** Gives its paste, if that is there. */
  dropUpload: Rows<number | null>;
  forgetUpload: Rows;
  insertOutcome: NamedRows;
  findOutcome: Rows<OutcomeRow>;
  expired: Rows<SweptRow>;
  expiredByBlock: Rows<SweptRow>;
  blockedPastes: Rows<SweptRow>;
  pasteBytes: Rows<PasteRow>;
  deletePaste: Rows;
  doomPaste: Rows;
  deleteChunks: NamedRows;
  forgetOutcomes: Rows;
  forgetClaims: Rows;
  countUploads: Rows<number>;
  /** What uploads have announced and not sent; null of none. */
  outstandingBytes: NamedRows<number | null>;
  totals: Rows<{ pastes: number; bytes: number }>;
}

export function prepareStatements(db: Database): Statements {
  const rows = <Row>(sql: string): Rows<Row> => db.prepare(sql);
  const named = <Row>(sql: string): NamedRows<Row> => db.prepare(sql);
  const values = <Value>(sql: string): Rows<Value> => rows<Value>(sql).pluck();
  const namedValues = <Value>(sql: string): NamedRows<Value> => named<Value>(sql).pluck();
  return {
    insertPaste: namedValues<number>(SQL.insertPaste),
    insertChunk: named(SQL.insertChunk),
    openBytes: values<number>(SQL.openBytes),
    isBlocked: rows(SQL.isBlocked),
    takeOpenView: named<TakenRow>(SQL.takeOpenView),
    takeGuardedView: named<PasteRow & GuardedRow>(SQL.takeGuardedView),
    readUnlimited: named<GuardedRow>(SQL.readUnlimited),
    guardedStatus: named<StatusRow>(SQL.guardedStatus),
    findToDelete: named<PasteRow>(SQL.findToDelete),
    insertClaim: named(SQL.insertClaim),
    findClaim: rows<{ digest: Buffer; paste: number | null }>(SQL.findClaim),
    claimedView: named<GuardedRow>(SQL.claimedView),
    claimedChunk: namedValues<Buffer>(SQL.claimedChunk),
    endClaim: rows(SQL.endClaim),
    findExhausted: named<PasteRow>(SQL.findExhausted),
    claimsDue: rows<{ request: string; paste: number }>(SQL.claimsDue),
    insertUpload: named(SQL.insertUpload),
    findUpload: named<UploadRow>(SQL.findUpload),
    findUnderway: values<number>(SQL.findUnderway),
    extendUpload: named(SQL.extendUpload),
    chunkHash: values<Buffer>(SQL.chunkHash),
    chunkIndexes: values<number>(SQL.chunkIndexes),
    chunkHashes: values<Buffer>(SQL.chunkHashes),
    completeUpload: namedValues<number>(SQL.completeUpload),
    completePaste: rows(SQL.completePaste),
    uploadsDue: rows<{ id: string; is_complete: number }>(SQL.uploadsDue),
    dropUpload: values<number | null>(SQL.dropUpload),
    forgetUpload: rows(SQL.forgetUpload),
    insertOutcome: named(SQL.insertOutcome),
    findOutcome: rows<OutcomeRow>(SQL.findOutcome),
    expired: rows<SweptRow>(SQL.expired),
    expiredByBlock: rows<SweptRow>(SQL.expiredByBlock),
    blockedPastes: rows<SweptRow>(SQL.blockedPastes),
    pasteBytes: rows<PasteRow>(SQL.pasteBytes),
    deletePaste: rows(SQL.deletePaste),
    doomPaste: rows(SQL.doomPaste),
    deleteChunks: named(SQL.deleteChunks),
    forgetOutcomes: rows(SQL.forgetOutcomes),
    forgetClaims: rows(SQL.forgetClaims),
    countUploads: values<number>(SQL.countUploads),
    outstandingBytes: namedValues<number | null>(SQL.outstandingBytes),
    totals: rows<{ pastes: number; bytes: number }>(TOTALS),
  };
}
