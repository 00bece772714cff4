/**
 * By what a paste that was imported is known, so that a second import does not bring back what has been read, has expired or was removed since: the first
 * bytes of its id's SHA-256.
 */
export const createImports = `
  CREATE TABLE imported (
    digest BLOB PRIMARY KEY
  ) STRICT, WITHOUT ROWID;
`;
