/**
 * What is remembered of requests, so that one that is sent again has one effect. A claim (of the paste's `view`th view) loses its paste when it ends and is forgotten later; an upload
 * is abandoned at `ends_at` or, once it is complete, forgotten.
 */
export const createRequests = `
  CREATE TABLE outcomes (
    request   TEXT    PRIMARY KEY,
    digest    BLOB    NOT NULL,
    answer    TEXT    NOT NULL,
    forget_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE INDEX outcomes_by_end ON outcomes (forget_at);

  CREATE TABLE claims (
    request   TEXT    PRIMARY KEY,
    digest    BLOB    NOT NULL,
    paste     INTEGER REFERENCES pastes (number) ON DELETE SET NULL,
    view      INTEGER NOT NULL,
    ends_at   INTEGER NOT NULL,
    forget_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE INDEX claims_by_paste ON claims (paste) WHERE paste IS NOT NULL;
  CREATE INDEX claims_by_end ON claims (ends_at) WHERE paste IS NOT NULL;
  CREATE INDEX claims_by_forgetting ON claims (forget_at) WHERE paste IS NULL;

  CREATE TABLE uploads (
    id           TEXT    PRIMARY KEY,
    paste        INTEGER REFERENCES pastes (number) ON DELETE SET NULL,
    bytes        INTEGER NOT NULL,
    content_hash BLOB    NOT NULL,
    is_complete  INTEGER NOT NULL DEFAULT 0,
    ends_at      INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE INDEX uploads_by_paste ON uploads (paste) WHERE paste IS NOT NULL;
  CREATE INDEX uploads_by_end ON uploads (ends_at);
  CREATE INDEX uploads_underway ON uploads (paste) WHERE NOT is_complete AND paste IS NOT NULL;
`;
