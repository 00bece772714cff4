import { MAX_DESTROYED_CHUNKS, MAX_SWEPT_ROWS } from '../../limits.js';

/** A statement as PostgreSQL wants it: with a name, under which each connection prepares it once, and numbered parameters. */
export interface Statement {
  name: string;
  text: string;
  parameters: readonly string[];
}

/** A paste whose time is not over. */
const IS_IN_TIME = `
      (pastes.expires_at IS NULL OR pastes.expires_at > @now)
      AND (pastes.expires_at_block IS NULL OR pastes.expires_at_block > @blockHeight)`;

/** A paste that may be given out once it is complete, as far as its views allow. */
const IS_KEPT = `
      ${IS_IN_TIME}
      AND NOT EXISTS (SELECT 1 FROM blocked WHERE blocked.id = pastes.id)`;

const IS_THERE = `pastes.is_complete AND ${IS_KEPT}`;

const HAS_VIEWS = '(max_views IS NULL OR views < max_views)';

const MAY_BE_DELETED = `
      id = @id AND delete_hash = @deleteHash AND ${IS_KEPT}
      AND (${HAS_VIEWS} OR (SELECT count(*) FROM claims WHERE paste = number AND ends_at > @now) > 0)`;

const IS_FREE = `
      NOT EXISTS (SELECT 1 FROM pastes WHERE id = @id)
      AND NOT EXISTS (SELECT 1 FROM blocked WHERE id = @id)`;

/** Within a statement that has locked some pastes as `paste`, and wants them destroyed if it gets to `gate`. */
export const DESTROY = (gate: string) => `
    burnt AS (
      DELETE FROM pastes USING ${gate}
      WHERE pastes.number = paste.number AND paste.bytes <= @maxBytes
    ), doomed AS (
      UPDATE pastes SET expires_at = 0 FROM ${gate}
      WHERE pastes.number = paste.number AND paste.bytes > @maxBytes
    )`;

const NEW_GUARDED = `
    outcome AS (
      INSERT INTO outcomes (request, digest, answer, forget_at)
      SELECT @request, @digest, @answer, @forgetAt WHERE ${IS_FREE}
      ON CONFLICT (request) DO NOTHING
      RETURNING request
    ), paste AS (
      INSERT INTO pastes (id, access_hash, delete_hash, bytes, is_complete, created_day,
        expires_at, expires_in_seconds, max_views)
      SELECT @id, @accessHash, @deleteHash, @bytes, @isComplete, @createdDay,
        @expiresAt, @expiresInSeconds, @maxViews
      FROM outcome
      RETURNING number
    )`;

/**
 * Every statement that is run while the service runs. None of them looks through a whole table, but for the list of what is blocked.
 *
 * Each is written for `READ COMMITTED` and for other backends that do the same at the same time. All keep to one order: first the row of the paste is
 * locked, then those that belong to it, so that nobody waits in a circle. A statement sees the database as it was when it began, except for rows
 * that it locks, which it sees as they are; so what must not change between a look and a deed hangs on the lock of the paste.
 *
 * Two things keep the database from looking through a table where it has several ways: limits stand in the text, since it plans for a tenth of the
 * table where it does not know them; and the claims of a paste are counted, not asked for with EXISTS, which could become a join with all of them.
 */
const SQL = {
  createOpen: `
    WITH paste AS (
      INSERT INTO pastes (id, details, bytes, created_day, expires_at, expires_at_block, max_views, views)
      SELECT @id, @details, @bytes, @createdDay, @expiresAt, @expiresAtBlock, @maxViews, @views
      WHERE NOT EXISTS (SELECT 1 FROM blocked WHERE id = @id)
      ON CONFLICT (id) DO NOTHING
      RETURNING number
    )
    INSERT INTO contents (paste, chunk, content) SELECT number, 0, @content FROM paste`,

  openBytes: 'SELECT bytes FROM pastes WHERE id = @id AND access_hash IS NULL',

  isBlocked: 'SELECT 1 FROM blocked WHERE id = @id',

  // Whether there is a view left, taking it, and deleting what has no other, is one statement.
  takeOpenView: `
    WITH paste AS MATERIALIZED (
      SELECT number, bytes, details, created_day, expires_at, expires_at_block, max_views, views + 1 AS views
      FROM pastes WHERE id = @id AND access_hash IS NULL AND ${HAS_VIEWS} AND ${IS_THERE}
      FOR UPDATE
    ), last AS (
      SELECT number FROM paste WHERE views = max_views
    ), counted AS (
      UPDATE pastes SET views = paste.views FROM paste
      WHERE pastes.number = paste.number AND paste.views IS DISTINCT FROM paste.max_views
    ), ${DESTROY('paste JOIN last ON last.number = paste.number')}
    SELECT paste.*, content FROM paste LEFT JOIN contents ON contents.paste = number AND chunk = 0`,

  readUnlimited: `
    SELECT pastes.bytes, expires_at, expires_in_seconds, max_views, views, content
    FROM pastes JOIN contents ON contents.paste = number AND chunk = @index
    WHERE id = @id AND access_hash = @accessHash AND max_views IS NULL AND ${IS_THERE}`,

  // Whether there is a view left, taking it, and claiming it for this request, is one statement; if the request has claimed something before, nothing happens.
  claimView: `
    WITH paste AS MATERIALIZED (
      SELECT number, bytes, expires_at, expires_in_seconds, max_views, views + 1 AS views
      FROM pastes WHERE id = @id AND access_hash = @accessHash AND views < max_views AND ${IS_THERE}
      FOR NO KEY UPDATE
    ), claim AS (
      INSERT INTO claims (request, digest, paste, view, ends_at, forget_at)
      SELECT @request, @digest, number, views, @endsAt, @forgetAt FROM paste
      ON CONFLICT (request) DO NOTHING
      RETURNING claims.paste AS number, view
    ), taken AS (
      UPDATE pastes SET views = claim.view FROM claim WHERE pastes.number = claim.number
      RETURNING pastes.number
    )
    SELECT paste.*, content
    FROM taken JOIN paste USING (number) LEFT JOIN contents ON contents.paste = number AND chunk = 0`,

  findClaimedView: `
    SELECT digest, number, pastes.bytes, pastes.expires_at, expires_in_seconds, max_views, view AS views, content
    FROM claims
      LEFT JOIN pastes ON number = claims.paste AND claims.ends_at > @now AND ${IS_THERE}
      LEFT JOIN contents ON contents.paste = number AND chunk = 0
    WHERE request = @request`,

  guardedStatus: `
    SELECT bytes, expires_at, expires_in_seconds, max_views, views FROM pastes
    WHERE id = @id AND access_hash = @accessHash AND ${HAS_VIEWS} AND ${IS_THERE}`,

  claimedChunk: `
    SELECT content
    FROM claims JOIN pastes ON number = claims.paste JOIN contents ON contents.paste = number AND chunk = @index
    WHERE request = @request AND digest = @digest AND ends_at > @now AND ${IS_THERE}`,

  findClaim: 'SELECT digest, paste FROM claims WHERE request = @request',

  // When it would have ended, would tell to the minute when the paste was read.
  endClaim: 'UPDATE claims SET paste = NULL, ends_at = forget_at WHERE request = @request',

  lockPaste: 'SELECT number FROM pastes WHERE number = @paste FOR UPDATE',

  // After the paste has been locked, by a statement of its own: so it sees all claims that have been made or ended.
  destroyExhausted: `
    WITH paste AS MATERIALIZED (
      SELECT number, bytes FROM pastes
      WHERE number = ANY (@numbers) AND views >= max_views
        AND (SELECT count(*) FROM claims WHERE paste = number AND ends_at > @now) = 0
    ), ${DESTROY('paste')}
    SELECT number FROM paste`,

  // Under all conditions: a lock is written to the disk, and must not tell by the time it takes that there is a paste.
  lockToDelete: `SELECT number FROM pastes WHERE ${MAY_BE_DELETED} FOR UPDATE`,

  // After a statement of its own has waited for whoever had the paste: so it sees a claim of the last view that has just been made.
  deleteGuarded: `
    WITH paste AS MATERIALIZED (
      SELECT number, bytes FROM pastes WHERE ${MAY_BE_DELETED} FOR UPDATE
    ), outcome AS (
      INSERT INTO outcomes (request, digest, answer, forget_at)
      SELECT @request, @digest, @answer, @forgetAt FROM paste
      ON CONFLICT (request) DO NOTHING
      RETURNING request
    ), ${DESTROY('paste CROSS JOIN outcome')}
    SELECT request FROM outcome`,

  // If another request draws the same id just now, the database refuses one of them, with all that it did.
  createGuarded: `
    WITH ${NEW_GUARDED}
    INSERT INTO contents (paste, chunk, content) SELECT number, 0, @content FROM paste`,

  createUpload: `
    WITH ${NEW_GUARDED}
    INSERT INTO uploads (id, paste, bytes, content_hash, ends_at)
    SELECT @uploadId, number, @bytes, @contentHash, @endsAt FROM paste`,

  findOutcome: `
    SELECT request, digest, answer, forget_at AS "forgetAt" FROM outcomes WHERE request = @request`,

  findUpload: `
    SELECT uploads.bytes, content_hash, uploads.is_complete,
      pastes.expires_at - pastes.expires_in_seconds AS begun_at
    FROM uploads LEFT JOIN pastes ON number = paste AND ${IS_IN_TIME}
    WHERE uploads.id = @id AND ends_at > @now AND (uploads.is_complete OR number IS NOT NULL)`,

  putChunk: `
    WITH paste AS MATERIALIZED (
      SELECT number FROM pastes
      WHERE number = (SELECT paste FROM uploads WHERE id = @id) AND NOT is_complete
      FOR KEY SHARE
    ), upload AS MATERIALIZED (
      SELECT number FROM uploads JOIN paste ON uploads.paste = paste.number
      WHERE id = @id AND NOT is_complete
      FOR NO KEY UPDATE OF uploads
    ), added AS (
      INSERT INTO contents (paste, chunk, hash, content) SELECT number, @index, @hash, @content FROM upload
      ON CONFLICT (paste, chunk) DO NOTHING
      RETURNING contents.paste
    ), extended AS (
      UPDATE uploads SET ends_at = @endsAt FROM added WHERE id = @id AND uploads.paste = added.paste
    )
    SELECT number FROM upload`,

  // In a statement of its own, after putChunk's: of two chunks that come at once, the later one sees both.
  chunksPresent: `
    SELECT string_agg(chunk::text, ',' ORDER BY chunk) AS present,
      coalesce(bool_or(chunk = @index AND hash = @hash), false) AS "isThere"
    FROM contents WHERE paste = @paste`,

  chunkHashes: `
    SELECT hash FROM uploads JOIN contents ON contents.paste = uploads.paste
    WHERE uploads.id = @id ORDER BY chunk`,

  completeUpload: `
    WITH paste AS (
      UPDATE pastes SET is_complete = true
      WHERE number = (SELECT paste FROM uploads WHERE id = @id) AND NOT is_complete
      RETURNING number
    )
    UPDATE uploads SET is_complete = true, ends_at = @forgetAt FROM paste
    WHERE id = @id AND uploads.paste = paste.number`,

  dropUpload: `
    WITH paste AS MATERIALIZED (
      SELECT number, bytes FROM pastes
      WHERE number = (SELECT paste FROM uploads WHERE id = @id) AND NOT is_complete
      FOR UPDATE
    ), upload AS (
      DELETE FROM uploads USING paste WHERE id = @id AND uploads.paste = paste.number
    ), ${DESTROY('paste')}
    SELECT number FROM paste`,

  expired: `
    SELECT number, bytes, expires_at IS NOT DISTINCT FROM 0 AS "isDoomed" FROM pastes
    WHERE expires_at <= @now ORDER BY expires_at LIMIT ${MAX_SWEPT_ROWS} FOR UPDATE SKIP LOCKED`,

  expiredByBlock: `
    SELECT number, bytes, expires_at IS NOT DISTINCT FROM 0 AS "isDoomed" FROM pastes
    WHERE expires_at_block <= @blockHeight ORDER BY expires_at_block LIMIT ${MAX_SWEPT_ROWS} FOR UPDATE SKIP LOCKED`,

  // One whose creation had begun before its id was blocked, and ended afterwards, is there. (As an array: so that pastes are looked up, whatever the
  // database thinks of how many are blocked.)
  blockedPastes: `
    SELECT number, bytes, true AS "isDoomed" FROM pastes
    WHERE id = ANY (ARRAY (SELECT id FROM blocked)) LIMIT ${MAX_SWEPT_ROWS} FOR UPDATE SKIP LOCKED`,

  /** Their content goes with them. */
  deletePastes: 'DELETE FROM pastes WHERE number = ANY (@numbers)',

  /** Nobody is given it any more, without some of its content, should a clock be set back. */
  doomPastes: 'UPDATE pastes SET expires_at = 0 WHERE number = ANY (@numbers)',

  deleteChunks: `
    DELETE FROM contents WHERE paste = @paste AND chunk IN (
      SELECT chunk FROM contents WHERE paste = @paste ORDER BY chunk LIMIT ${MAX_DESTROYED_CHUNKS})`,

  lockAbandoned: `
    SELECT uploads.id FROM uploads JOIN pastes ON number = paste
    WHERE ends_at <= @now AND NOT uploads.is_complete
    ORDER BY ends_at LIMIT ${MAX_SWEPT_ROWS} FOR UPDATE OF pastes SKIP LOCKED`,

  // A chunk may have come before the lock: then it is not abandoned.
  dropAbandoned: `
    WITH upload AS (
      DELETE FROM uploads WHERE id = ANY (@ids) AND ends_at <= @now AND NOT is_complete
      RETURNING paste
    ), paste AS MATERIALIZED (
      SELECT number, bytes FROM pastes WHERE number IN (SELECT paste FROM upload)
    ), ${DESTROY('paste')}
    SELECT number FROM paste`,

  lockDueClaims: `
    SELECT request, number FROM claims JOIN pastes ON number = paste
    WHERE paste IS NOT NULL AND ends_at <= @now
    ORDER BY ends_at LIMIT ${MAX_SWEPT_ROWS} FOR UPDATE OF pastes SKIP LOCKED`,

  endClaims: 'UPDATE claims SET paste = NULL, ends_at = forget_at WHERE request = ANY (@requests)',

  forgetUploads: `
    DELETE FROM uploads WHERE id IN (
      SELECT id FROM uploads WHERE ends_at <= @now AND (is_complete OR paste IS NULL)
      ORDER BY ends_at LIMIT ${MAX_SWEPT_ROWS} FOR UPDATE SKIP LOCKED)`,

  forgetOutcomes: `
    DELETE FROM outcomes WHERE request IN (
      SELECT request FROM outcomes WHERE forget_at <= @now
      ORDER BY forget_at LIMIT ${MAX_SWEPT_ROWS} FOR UPDATE SKIP LOCKED)`,

  forgetClaims: `
    DELETE FROM claims WHERE request IN (
      SELECT request FROM claims WHERE forget_at <= @now AND paste IS NULL
      ORDER BY forget_at LIMIT ${MAX_SWEPT_ROWS} FOR UPDATE SKIP LOCKED)`,

  usage: `
    SELECT coalesce(sum(pastes), 0)::bigint AS pastes, coalesce(sum(bytes), 0)::bigint AS bytes,
      (SELECT count(*) FROM uploads WHERE NOT is_complete AND paste IS NOT NULL) AS uploads
    FROM totals`,
};

/** Each parameter is of one type wherever it stands, and says so, rather than leaving the database to guess. */
const TYPES: Readonly<Record<string, string>> = {
  ...{ id: 'text', request: 'text', uploadId: 'text', ids: 'text[]', requests: 'text[]' },
  ...{ accessHash: 'bytea', deleteHash: 'bytea', contentHash: 'bytea', hash: 'bytea' },
  ...{ details: 'bytea', digest: 'bytea', answer: 'bytea', content: 'bytea' },
  ...{ bytes: 'bigint', maxBytes: 'bigint', views: 'bigint', maxViews: 'bigint', index: 'bigint' },
  ...{ now: 'bigint', expiresAt: 'bigint', endsAt: 'bigint', forgetAt: 'bigint' },
  ...{ blockHeight: 'bigint', expiresAtBlock: 'bigint', expiresInSeconds: 'bigint' },
  ...{
    day: 'bigint',
    createdDay: 'bigint',
    paste: 'bigint',
    numbers: 'bigint[]',
    isComplete: 'boolean',
  },
};

/** @param name under which a connection prepares it; the same for the same text */
export function toStatement(name: string, sql: string): Statement {
  const parameters: string[] = [];
  const text = sql.replace(/@(\w+)/g, (_, parameter: string) => {
    if (!parameters.includes(parameter)) parameters.push(parameter);
    return `$${parameters.indexOf(parameter) + 1}::${TYPES[parameter] ?? 'unknown'}`;
  });
  return { name, text, parameters };
}

// Object.entries keeps the names, but not in the types.
export const STATEMENTS = Object.fromEntries(
  Object.entries(SQL).map(([name, sql]) => [name, toStatement(name, sql)]),
) as Readonly<Record<keyof typeof SQL, Statement>>;
