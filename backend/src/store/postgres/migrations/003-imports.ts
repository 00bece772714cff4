/** By what a paste that was imported is known, as in SQLite. */
export const createImports = `
  CREATE TABLE imported (
    digest bytea PRIMARY KEY
  );
`;
