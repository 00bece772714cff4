import Database from 'better-sqlite3';

/** A row as the original writes it; its columns in their order. */
export interface TextsRow {
  text: unknown;
  is_ipfs: unknown;
  url_id: unknown;
  expiration_time: unknown;
  expiration_height: unknown;
  author: unknown;
  encryption_params_b64: unknown;
  num_view: unknown;
  is_private: unknown;
  is_burn: unknown;
  burn_view: unknown;
  created_on: unknown;
  updated_on: unknown;
}

const USUAL: Omit<TextsRow, 'url_id'> = {
  text: 'aGVsbG8=',
  is_ipfs: 0,
  expiration_time: null,
  expiration_height: null,
  author: null,
  encryption_params_b64: null,
  num_view: 0,
  is_private: 1,
  is_burn: 0,
  burn_view: 0,
  created_on: '2024-03-09 00:00:00',
  updated_on: '2024-03-09 00:00:00',
};

/** As Python writes JSON. */
export const pythonBase64 = (json: string) => Buffer.from(json).toString('base64');

/** Writes a database file with the original's schema. */
export function writeOriginalDatabase(
  path: string,
  rows: readonly (Partial<TextsRow> & { url_id: unknown })[],
): void {
  const db = new Database(path);
  db.exec(`
    CREATE TABLE texts (
      id INTEGER NOT NULL, text VARCHAR NOT NULL, is_ipfs BOOLEAN, url_id VARCHAR NOT NULL, expiration_time INTEGER,
      expiration_height INTEGER, author VARCHAR, encryption_params_b64 VARCHAR, num_view INTEGER NOT NULL,
      is_private BOOLEAN, is_burn BOOLEAN, burn_view INTEGER NOT NULL, created_on DATETIME, updated_on DATETIME,
      PRIMARY KEY (id)
    );
    CREATE INDEX ix_texts_url_id ON texts (url_id);
  `);
  const columns = Object.keys({ ...USUAL, url_id: 0 });
  const insert = db.prepare(
    `INSERT INTO texts (${columns.join()}) VALUES (${columns.map((name) => `@${name}`).join()})`,
  );
  db.transaction(() => {
    for (const row of rows) insert.run({ ...USUAL, ...row });
  })();
  db.close();
}
