/**
 * Content stands apart from the small row that each view changes: SQLite writes a changed row as a whole.
 * It is bytes rather than text, since a text may hold NUL, which the text type of other databases cannot.
 */
export const createPastes = `
  CREATE TABLE pastes (
    number      INTEGER PRIMARY KEY,
    id          TEXT    NOT NULL UNIQUE,
    details     TEXT,
    created_day INTEGER NOT NULL,
    expires_at  INTEGER,
    max_views   INTEGER CHECK (max_views > 0),
    views       INTEGER NOT NULL DEFAULT 0 CHECK (views >= 0 AND (max_views IS NULL OR views <= max_views))
  ) STRICT;

  CREATE INDEX pastes_by_expiry ON pastes (expires_at) WHERE expires_at IS NOT NULL;

  CREATE TABLE contents (
    paste   INTEGER PRIMARY KEY REFERENCES pastes (number) ON DELETE CASCADE,
    content BLOB NOT NULL
  ) STRICT;
`;
