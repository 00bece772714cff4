import type { Database, Statement } from 'better-sqlite3';

/** Every statement that is run while the service runs. None of them looks through a whole table. */
export const SQL = {
  insertPaste: `
    INSERT INTO pastes (id, details, created_day, expires_at, max_views)
    VALUES (@id, @details, @createdDay, @expiresAt, @maxViews)
    ON CONFLICT (id) DO NOTHING
    RETURNING number`,

  insertContent: 'INSERT INTO contents (paste, content) VALUES (?, ?)',

  contentBytes: 'SELECT length(content) FROM pastes JOIN contents ON paste = number WHERE id = ?',

  // Whether there is a view left, and taking it, is one statement: nobody can come between.
  takeView: `
    UPDATE pastes SET views = views + 1
    WHERE id = ?
      AND (expires_at IS NULL OR expires_at > ?)
      AND (max_views IS NULL OR views < max_views)
    RETURNING number, details, created_day, expires_at, max_views, views,
      (SELECT content FROM contents WHERE paste = number) AS content`,

  expired: `
    SELECT number, length(content) AS bytes
    FROM pastes JOIN contents ON paste = number
    WHERE expires_at <= ? ORDER BY expires_at LIMIT ?`,

  deletePaste: 'DELETE FROM pastes WHERE number = ?',
};

export interface ViewRow {
  number: number;
  content: Buffer;
  details: string | null;
  created_day: number;
  expires_at: number | null;
  max_views: number | null;
  views: number;
}

export interface ExpiredRow {
  number: number;
  bytes: number;
}

/** A row to be written: SQLite says null where we say undefined. */
export type NewRow = Record<
  'id' | 'details' | 'createdDay' | 'expiresAt' | 'maxViews',
  string | number | null
>;

export interface Statements {
  /** Gives the paste's number; nothing if the id is taken. */
  insertPaste: Statement<[NewRow], number>;
  insertContent: Statement<[number, Uint8Array]>;
  contentBytes: Statement<[string], number>;
  takeView: Statement<[id: string, now: number], ViewRow>;
  expired: Statement<[now: number, limit: number], ExpiredRow>;
  /** Its content goes with it. */
  deletePaste: Statement<[number]>;
}

export function prepareStatements(db: Database): Statements {
  return {
    insertPaste: db.prepare<[NewRow], number>(SQL.insertPaste).pluck(),
    insertContent: db.prepare<[number, Uint8Array]>(SQL.insertContent),
    contentBytes: db.prepare<[string], number>(SQL.contentBytes).pluck(),
    takeView: db.prepare<[string, number], ViewRow>(SQL.takeView),
    expired: db.prepare<[number, number], ExpiredRow>(SQL.expired),
    deletePaste: db.prepare<[number]>(SQL.deletePaste),
  };
}
