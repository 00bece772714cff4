/**
 * Content stands apart from the small row that each view changes: SQLite writes a changed row as a whole.
 * It is bytes rather than text, since a text may hold NUL, which the text type of other databases cannot.
 *
 * What would otherwise be counted is kept in `totals` by triggers: counting a million rows takes a second in which nobody is answered.
 */
export const createPastes = `
  CREATE TABLE pastes (
    number             INTEGER PRIMARY KEY,
    id                 TEXT    NOT NULL UNIQUE,
    details            TEXT,
    access_hash        BLOB,
    delete_hash        BLOB    CHECK ((delete_hash IS NULL) = (access_hash IS NULL)),
    bytes              INTEGER NOT NULL CHECK (bytes >= 0),
    is_complete        INTEGER NOT NULL DEFAULT 1,
    created_day        INTEGER NOT NULL,
    expires_at         INTEGER,
    expires_at_block   INTEGER,
    expires_in_seconds INTEGER,
    max_views          INTEGER CHECK (max_views > 0),
    views              INTEGER NOT NULL DEFAULT 0 CHECK (views >= 0 AND (max_views IS NULL OR views <= max_views))
  ) STRICT;

  CREATE INDEX pastes_by_expiry ON pastes (expires_at) WHERE expires_at IS NOT NULL;
  CREATE INDEX pastes_by_block ON pastes (expires_at_block) WHERE expires_at_block IS NOT NULL;

  CREATE TABLE contents (
    paste   INTEGER NOT NULL REFERENCES pastes (number) ON DELETE CASCADE,
    chunk   INTEGER NOT NULL CHECK (chunk >= 0),
    hash    BLOB,
    content BLOB    NOT NULL,
    PRIMARY KEY (paste, chunk)
  ) STRICT;

  CREATE TABLE blocked (
    id  TEXT    PRIMARY KEY,
    day INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE totals (
    pastes INTEGER NOT NULL,
    bytes  INTEGER NOT NULL
  ) STRICT;

  INSERT INTO totals VALUES (0, 0);

  CREATE TRIGGER pastes_added AFTER INSERT ON pastes BEGIN
    UPDATE totals SET pastes = pastes + 1, bytes = bytes + NEW.bytes;
  END;

  CREATE TRIGGER pastes_removed AFTER DELETE ON pastes BEGIN
    UPDATE totals SET pastes = pastes - 1, bytes = bytes - OLD.bytes;
  END;
`;
