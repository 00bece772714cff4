import { createHash } from 'node:crypto';
import type { PoolClient } from 'pg';
import { MAX_DESTROYED_BYTES } from '../../limits.js';
import { StartupError } from '../../startup-error.js';
import {
  describeSql,
  FAULTS,
  IMPORT_DIGEST_BYTES,
  IS_WHOLE,
  statisticsSql,
  toDescription,
  type DescribedRow,
  type Fault,
  type OperatorStore,
  type Statistics,
} from '../operator-store.js';
import type { NewOpenPaste } from '../store.js';
import type { Connection, Runner } from './connection.js';
import { insertOpen } from './open-pastes.js';
import { openConnection } from './postgres-store.js';
import { DESTROY, toStatement } from './statements.js';
import { createUpkeep } from './upkeep.js';

const REMOVE = toStatement(
  'operatorRemove',
  `WITH paste AS MATERIALIZED (
     SELECT number, bytes FROM pastes WHERE id = @id AND ${IS_WHOLE} FOR UPDATE
   ), ${DESTROY('paste')}
   SELECT number FROM paste`,
);
const BLOCK = toStatement(
  'operatorBlock',
  'INSERT INTO blocked (id, day) VALUES (@id, @day) ON CONFLICT DO NOTHING',
);
const UNBLOCK = toStatement('operatorUnblock', 'DELETE FROM blocked WHERE id = @id');
const FIND_BLOCKED = toStatement('operatorFindBlocked', 'SELECT 1 FROM blocked WHERE id = @id');
const REMEMBER_IMPORT = toStatement(
  'operatorRememberImport',
  'INSERT INTO imported (digest) VALUES (@digest) ON CONFLICT DO NOTHING',
);
const FORGET_IMPORT = toStatement(
  'operatorForgetImport',
  'DELETE FROM imported WHERE digest = @digest',
);

const SAY_HOW = 'A PostgreSQL database is copied with its own tools, while services run on it:';
const PG_DUMP = 'pg_dump --format=custom --file=FILE "$DATABASE_URL"';

/**
 * The operator's side of pastes in a PostgreSQL database.
 * @param mayCreate makes its tables where there are none
 * @throws StartupError
 */
export async function openPostgresOperatorStore(
  url: string,
  { mayCreate = false } = {},
): Promise<OperatorStore> {
  const connection = await openConnection(url, mayCreate ? 'empty' : 'none');
  const upkeep = createUpkeep(connection);
  const vacuum = async () => {
    connection.hasTraces = true;
    await upkeep.eraseTraces();
  };
  return {
    ...createLookups(connection),
    ...createRemovals(connection),
    sweep: (now) => upkeep.sweep(now),
    freeBytes: () => upkeep.freeBytes(),
    importOpen: (paste) => importOnce(connection, paste),
    /** It frees the room, and has no way to overwrite what stands there. */
    async erase() {
      await vacuum();
      return 'cannot';
    },
    compact: vacuum,
    backUp: () => Promise.reject(new StartupError([SAY_HOW, PG_DUMP])),
    close: () => connection.close(),
  };
}

type Lookups = Pick<OperatorStore, 'describe' | 'statistics' | 'check'>;

function createLookups(connection: Connection): Lookups {
  const patiently = <T>(work: (client: PoolClient) => Promise<T>) =>
    connection.use((client) => inOneMoment(client, work));
  return {
    async describe(id) {
      const { rows } = await patiently((client) =>
        client.query<DescribedRow>(describeSql('$1'), [id]),
      );
      const { count } = await connection.run(FIND_BLOCKED, { id });
      return { isBlocked: count > 0, paste: rows[0] && toDescription(rows[0]) };
    },

    statistics: (nowSeconds) =>
      patiently(async (client) => {
        const { rows } = await client.query<Omit<Statistics, 'storageBytes'>>(
          statisticsSql(nowSeconds),
        );
        const size = await client.query<{ storageBytes: number }>(STORAGE);
        // Each gives one row, whatever there is.
        return { ...rows[0], ...size.rows[0] } as Statistics;
      }),

    check: () => patiently(findFaults),
  };
}

const STORAGE = `
  SELECT coalesce(sum(pg_total_relation_size(format('%I.%I', schemaname, tablename)::regclass)), 0)::bigint
    AS "storageBytes"
  FROM pg_tables WHERE schemaname = current_schema()`;

/** All statements see the same moment, and may take long. */
async function inOneMoment<T>(
  client: PoolClient,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  await client.query('SET LOCAL statement_timeout = 0');
  const result = await work(client);
  await client.query('COMMIT');
  return result;
}

async function findFaults(client: PoolClient): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (const [what, sql] of Object.entries(FAULTS)) {
    const { rows } = await client.query<{ count: number }>(sql);
    const count = rows[0]?.count ?? 0;
    if (count > 0) faults.push({ what, count });
  }
  return faults;
}

type Removals = Pick<OperatorStore, 'remove' | 'block' | 'unblock'>;

function createRemovals(connection: Connection): Removals {
  const remove = async (runner: Runner, id: string) => {
    const { rows } = await runner.run(REMOVE, { id, maxBytes: MAX_DESTROYED_BYTES });
    connection.hasTraces = true;
    return rows.length > 0;
  };
  return {
    remove: (id) => remove(connection, id),

    async block(id, day) {
      // Committed before the paste is looked for: whatever begins to be created from here on is refused. What had begun before, and is not there yet, the sweep finds.
      await connection.run(BLOCK, { id, day });
      return remove(connection, id);
    },

    async unblock(id) {
      const { count } = await connection.run(UNBLOCK, { id });
      return count > 0;
    },
  };
}

const digestOf = (id: string) =>
  createHash('sha256').update(id).digest().subarray(0, IMPORT_DIGEST_BYTES);

/** What is remembered and what is stored are committed together; nobody else who imports the same comes between. */
async function importOnce(connection: Connection, paste: NewOpenPaste) {
  const blocked = await connection.run(FIND_BLOCKED, { id: paste.id });
  if (blocked.count > 0) return 'blocked';
  const digest = digestOf(paste.id);
  return connection.transaction(async (runner) => {
    const known = await runner.run(REMEMBER_IMPORT, { digest });
    if (known.count === 0) return 'known';
    if (await insertOpen(runner, paste)) return 'stored';
    await runner.run(FORGET_IMPORT, { digest });
    return 'taken';
  });
}
