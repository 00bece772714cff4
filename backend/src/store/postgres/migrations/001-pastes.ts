/**
 * The tables are those of SQLite (`../../sqlite/migrations/`), with these differences:
 *
 * * What the store does not look inside is bytes rather than text: a text may hold NUL, which PostgreSQL's cannot. Content is not compressed, since ciphertext
 *   cannot be.
 * * The totals are spread over rows, one per connection more or less, and are written last in a transaction, so that nobody waits for anybody's.
 */
export const createPastes = `
  CREATE TABLE pastes (
    number             bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id                 text    COLLATE "C" NOT NULL UNIQUE,
    details            bytea,
    access_hash        bytea,
    delete_hash        bytea   CHECK ((delete_hash IS NULL) = (access_hash IS NULL)),
    bytes              bigint  NOT NULL CHECK (bytes >= 0),
    is_complete        boolean NOT NULL DEFAULT true,
    created_day        bigint  NOT NULL,
    expires_at         bigint,
    expires_at_block   bigint,
    expires_in_seconds bigint,
    max_views          bigint  CHECK (max_views > 0),
    views              bigint  NOT NULL DEFAULT 0 CHECK (views >= 0 AND (max_views IS NULL OR views <= max_views))
  ) WITH (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.02);

  CREATE INDEX pastes_by_expiry ON pastes (expires_at) WHERE expires_at IS NOT NULL;
  CREATE INDEX pastes_by_block ON pastes (expires_at_block) WHERE expires_at_block IS NOT NULL;

  CREATE TABLE contents (
    paste   bigint NOT NULL REFERENCES pastes (number) ON DELETE CASCADE,
    chunk   bigint NOT NULL CHECK (chunk >= 0),
    hash    bytea,
    content bytea  NOT NULL,
    PRIMARY KEY (paste, chunk)
  ) WITH (autovacuum_vacuum_scale_factor = 0.02, toast.autovacuum_vacuum_scale_factor = 0.02);

  ALTER TABLE contents ALTER COLUMN content SET STORAGE EXTERNAL;

  CREATE TABLE blocked (
    id  text   COLLATE "C" PRIMARY KEY,
    day bigint NOT NULL
  );

  CREATE TABLE totals (
    slot   integer PRIMARY KEY,
    pastes bigint  NOT NULL DEFAULT 0,
    bytes  bigint  NOT NULL DEFAULT 0
  ) WITH (fillfactor = 20);

  INSERT INTO totals (slot) SELECT generate_series(0, 63);

  CREATE FUNCTION count_paste() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    UPDATE totals SET
      pastes = pastes + CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END,
      bytes = bytes + CASE TG_OP WHEN 'INSERT' THEN NEW.bytes ELSE -OLD.bytes END
    WHERE slot = pg_backend_pid() % 64;
    RETURN NULL;
  END
  $$;

  CREATE CONSTRAINT TRIGGER pastes_counted AFTER INSERT OR DELETE ON pastes
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_paste();
`;
