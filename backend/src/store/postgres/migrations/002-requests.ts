/** What is remembered of requests, as in SQLite. */
export const createRequests = `
  CREATE TABLE outcomes (
    request   text   COLLATE "C" PRIMARY KEY,
    digest    bytea  NOT NULL,
    answer    bytea  NOT NULL,
    forget_at bigint NOT NULL
  );

  CREATE INDEX outcomes_by_end ON outcomes (forget_at);

  CREATE TABLE claims (
    request   text   COLLATE "C" PRIMARY KEY,
    digest    bytea  NOT NULL,
    paste     bigint REFERENCES pastes (number) ON DELETE SET NULL,
    view      bigint NOT NULL,
    ends_at   bigint NOT NULL,
    forget_at bigint NOT NULL
  );

  CREATE INDEX claims_by_paste ON claims (paste) WHERE paste IS NOT NULL;
  CREATE INDEX claims_by_end ON claims (ends_at) WHERE paste IS NOT NULL;
  CREATE INDEX claims_by_forgetting ON claims (forget_at) WHERE paste IS NULL;

  CREATE TABLE uploads (
    id           text    COLLATE "C" PRIMARY KEY,
    paste        bigint  REFERENCES pastes (number) ON DELETE SET NULL,
    bytes        bigint  NOT NULL,
    content_hash bytea   NOT NULL,
    is_complete  boolean NOT NULL DEFAULT false,
    ends_at      bigint  NOT NULL
  );

  CREATE INDEX uploads_by_paste ON uploads (paste) WHERE paste IS NOT NULL;
  CREATE INDEX uploads_by_end ON uploads (ends_at);
  CREATE INDEX uploads_underway ON uploads (paste) WHERE NOT is_complete AND paste IS NOT NULL;
`;
