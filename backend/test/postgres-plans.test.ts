import { beforeAll, expect, jest, test } from '@jest/globals';
import { STATEMENTS } from '../src/store/postgres/statements.js';
import { usePostgres } from './store-suite/postgres.js';

/** How PostgreSQL goes about our statements in a database that is not small, with nothing set that would push it. */
jest.setTimeout(120_000);

const PASTES = 50_000;

/** A service's after some weeks: of each kind of paste some, of which few are due. */
const FILL = `
  ALTER TABLE pastes DISABLE TRIGGER USER;
  INSERT INTO pastes (id, access_hash, delete_hash, bytes, is_complete, created_day, expires_at, expires_at_block,
    expires_in_seconds, max_views)
  SELECT md5(n::text), CASE WHEN n % 2 = 0 THEN sha256(n::text::bytea) END, CASE WHEN n % 2 = 0 THEN sha256(n::text::bytea) END,
    20, n % 1000 > 0, 20000, 1000000 + n, CASE WHEN n % 10 = 1 THEN 800000 + n END, 1000, CASE WHEN n % 3 = 0 THEN 5 END
  FROM generate_series(1, ${PASTES}) AS n;
  INSERT INTO contents (paste, chunk, content) SELECT number, chunk, '12345' FROM pastes, generate_series(0, 1) AS chunk;
  INSERT INTO claims (request, digest, paste, view, ends_at, forget_at)
  SELECT md5(n::text), 'x', CASE WHEN n % 20 = 0 THEN n END, 1, 1000000 + n, 1000000 + n FROM generate_series(1, ${PASTES}) AS n;
  INSERT INTO uploads (id, paste, bytes, content_hash, is_complete, ends_at)
  SELECT md5(n::text), CASE WHEN n % 2 = 0 THEN n END, 20, 'x', n % 1000 > 0, 1000000 + n FROM generate_series(1, ${PASTES}) AS n;
  INSERT INTO outcomes (request, digest, answer, forget_at)
  SELECT md5(n::text), 'x', 'y', 1000000 + n FROM generate_series(1, ${PASTES}) AS n;
  INSERT INTO blocked SELECT md5((-n)::text), 20000 FROM generate_series(1, 200) AS n`;

/** Tables and indexes with few rows, however many pastes there are. */
const SMALL = ['totals', 'blocked', 'uploads_underway'];

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Index Cond'?: string;
  Plans?: Plan[];
}

const postgres = usePostgres();

beforeAll(() => postgres.schema.query(FILL));

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

/** With plans that hold for any parameters, as those of prepared statements do in the end. */
async function explain(sql: string): Promise<Plan[]> {
  const rows = await postgres.schema.query(`EXPLAIN (GENERIC_PLAN, FORMAT JSON) ${sql}`);
  // In this form it is documented to come.
  const plans = rows as { 'QUERY PLAN': [{ Plan: Plan }] }[];
  return plans.flatMap((row) => nodesOf(row['QUERY PLAN'][0].Plan));
}

const isSmall = (node: Plan) =>
  [node['Relation Name'], node['Index Name']].some((name) => SMALL.includes(name ?? ''));

/** What reads a table from one end to the other, be it by way of an index. */
function isWhole(node: Plan): boolean {
  if (isSmall(node)) return false;
  if (node['Node Type'] === 'Seq Scan') return true;
  if (node['Node Type'] === 'Limit') return nodesOf(node).some(isLargeSort);
  return node['Index Name'] !== undefined && node['Index Cond'] === undefined;
}

/** Below a limit: all that is due is read, in order to take the first of it. */
const isLargeSort = (node: Plan) =>
  node['Node Type'].includes('Sort') && !nodesOf(node).some(isSmall);

const describeNode = (node: Plan) =>
  [node['Node Type'], node['Relation Name'], node['Index Name']].filter(Boolean).join(' ');

test.each([
  ['not counted yet', 'SELECT 1'],
  ['counted', 'ANALYZE'],
])('no statement looks through a whole table whose rows the server has %s', async (_, prepare) => {
  await postgres.schema.query(prepare);
  const found: string[] = [];
  for (const { name, text } of Object.values(STATEMENTS)) {
    const nodes = await explain(text);
    found.push(...nodes.filter(isWhole).map((node) => `${name}: ${describeNode(node)}`));
  }
  expect(found).toEqual([]);
});

test('the test would notice', async () => {
  const seen = async (sql: string) => (await explain(sql)).some(isWhole);
  expect(await seen('SELECT * FROM contents WHERE hash = $1')).toBe(true);
  expect(await seen('SELECT count(*) FROM outcomes WHERE request IS DISTINCT FROM $1')).toBe(true);
  expect(await seen('SELECT * FROM claims WHERE forget_at > $1 ORDER BY digest LIMIT 1')).toBe(
    true,
  );
  expect(await seen('SELECT * FROM pastes WHERE id = $1')).toBe(false);
});
