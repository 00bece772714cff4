import Database, { type Database as DatabaseHandle } from 'better-sqlite3';
import { describeError } from '../describe-error.js';
import { StartupError } from '../startup-error.js';

/** A row of the original's database, by its number there. */
export interface OriginalRow {
  number: number;
  /** For `readRow`. */
  value: unknown;
}

export interface OriginalDatabase {
  /** All rows, the oldest first, each read when it is asked for. */
  rows: () => Iterable<OriginalRow>;
  close: () => void;
}

/** What a row must have, whichever version wrote it. */
const NEEDED = ['url_id', 'text', 'num_view', 'created_on'];

/**
 * Opens the original's `data.db`, which is not changed.
 * @throws StartupError if it is none
 */
export function openOriginalDatabase(file: string): OriginalDatabase {
  let db: DatabaseHandle | undefined;
  try {
    db = new Database(file, { readonly: true, fileMustExist: true });
    db.pragma('trusted_schema = OFF');
    checkColumns(db);
    const next = db.prepare<[number], { number: number }>(
      'SELECT *, CAST(text AS BLOB) AS text, rowid AS number FROM texts WHERE rowid > ? ORDER BY rowid LIMIT 1',
    );
    return { rows: () => readRows(next), close: () => db?.close() };
  } catch (cause) {
    db?.close();
    throw explain(file, cause);
  }
}

function checkColumns(db: DatabaseHandle): void {
  const columns = db.prepare("SELECT name FROM pragma_table_info('texts')").pluck().all();
  const missing = NEEDED.filter((name) => !columns.includes(name));
  if (missing.length === 0) return;
  const what = columns.length === 0 ? 'no table "texts"' : `no column ${missing.join(', ')}`;
  throw new StartupError([`It is no database of the original Pastenym: there is ${what}.`]);
}

/**
 * One statement per row: nothing is locked between them, and no more than one text is in memory.
 * @throws StartupError where the file is damaged
 */
function* readRows(next: Database.Statement<[number], { number: number }>): Iterable<OriginalRow> {
  let number = -Number.MAX_SAFE_INTEGER;
  for (;;) {
    const value = readNext(next, number);
    if (value === undefined) return;
    ({ number } = value);
    yield { number, value };
  }
}

function readNext(next: Database.Statement<[number], { number: number }>, after: number) {
  let value;
  try {
    value = next.get(after);
  } catch (cause) {
    const { message = 'it is damaged' } = describeError(cause);
    throw new StartupError([`The file cannot be read any further: ${message}.`], { cause });
  }
  // A table that is made so that it never ends.
  if (value !== undefined && !(value.number > after)) {
    throw new StartupError(['The file cannot be read any further: its rows have no order.']);
  }
  return value;
}

function explain(file: string, cause: unknown): StartupError {
  if (cause instanceof StartupError) return cause;
  const { message = 'It cannot be opened.' } = describeError(cause);
  return new StartupError([`The database ${file}: ${message}`], { cause });
}
