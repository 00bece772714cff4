import pg from 'pg';
import { toAppError } from '../to-app-error.js';
import { isFull, isPassing } from './passing-errors.js';
import type { Statement } from './statements.js';

/** Connections of one backend. As many requests are answered at the same time; others wait for one of them. */
const MAX_CONNECTIONS = 10;
/** How long a request waits for a connection, be it that all are in use or that the server does not answer. */
const CONNECT_TIMEOUT_MS = 5000;
/** How long the server may take for a statement, waiting for locks included. */
const STATEMENT_TIMEOUT_MS = 10_000;
/** After this the connection is taken for dead. */
const ANSWER_TIMEOUT_MS = 15_000;
const IDLE_TIMEOUT_MS = 60_000;

/** What the verbs rely on, whatever the server's or the role's defaults are: a commit has reached the disk when it returns (and those of standbys, where
 * the server is set up to wait for them), and locks are seen through. */
const SESSION = `
  SELECT set_config('statement_timeout', '${STATEMENT_TIMEOUT_MS}', false),
    set_config('idle_in_transaction_session_timeout', '${STATEMENT_TIMEOUT_MS}', false),
    set_config('default_transaction_isolation', 'read committed', false),
    CASE WHEN current_setting('synchronous_commit') IN ('off', 'local')
      THEN set_config('synchronous_commit', 'on', false) END`;

type Value =
  string | number | boolean | Uint8Array | null | undefined | readonly (string | number)[];
export type Named = Readonly<Record<string, Value>>;

export interface Answer<Row> {
  rows: Row[];
  /** Of rows that were changed. */
  count: number;
}

/** Runs statements, each of which sees what was committed before it. */
export interface Runner {
  run: <Row extends object>(statement: Statement, values: Named) => Promise<Answer<Row>>;
}

/**
 * What the verbs of the store share: a few connections to one database. When the server is away, requests fail with `busy`, which says that they may be
 * sent again; when it is back, they are answered.
 */
export class Connection implements Runner {
  /** Of what was deleted, something may still stand in files; a process that was killed may have left some. */
  hasTraces = true;
  readonly #pool: pg.Pool;
  readonly #running = new Set<Promise<unknown>>();

  /** @param url with a password, perhaps: nothing of it goes into an error */
  constructor(url: string) {
    this.#pool = new pg.Pool({
      connectionString: url,
      max: MAX_CONNECTIONS,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      idleTimeoutMillis: IDLE_TIMEOUT_MS,
      keepAlive: true,
      application_name: 'pastenym',
      types: { getTypeParser },
    });
    // A connection that breaks while nobody uses it is replaced when somebody does; whoever uses one that breaks hears of it by their query.
    this.#pool.on('error', () => undefined);
    this.#pool.on('connect', (client) => {
      client.on('error', () => undefined);
    });
  }

  run<Row extends object>(statement: Statement, values: Named): Promise<Answer<Row>> {
    return this.use((client) => run<Row>(client, statement, values));
  }

  /** All that `work` runs happens, or nothing. */
  transaction<T>(work: (runner: Runner) => Promise<T>): Promise<T> {
    return this.use(async (client) => {
      await client.query(withTimeout({ text: 'BEGIN' }));
      const result = await work({
        run: <Row extends object>(statement: Statement, values: Named) =>
          run<Row>(client, statement, values),
      });
      await client.query(withTimeout({ text: 'COMMIT' }));
      return result;
    });
  }

  /**
   * Lends a connection. One on which something has failed is closed, which undoes what it had begun.
   * @throws AppError `busy` where it may succeed later; `store-full`
   */
  use<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    return this.#track(this.#use(work));
  }

  /**
   * Lends a connection for statements that may take long. Nobody else gets it afterwards: with its time-out, statements would be run on whose
   * answer nobody waits any more.
   * @param timeoutMs for each statement; 0 for none
   */
  useForLong<T>(timeoutMs: number, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const workForLong = async (client: pg.PoolClient) => {
      await client.query(withTimeout({ text: `SET statement_timeout = ${timeoutMs}` }));
      return work(client);
    };
    return this.#track(this.#use(workForLong, { isLast: true }));
  }

  #track<T>(running: Promise<T>): Promise<T> {
    this.#running.add(running);
    const forget = () => this.#running.delete(running);
    running.then(forget, forget);
    return running;
  }

  async #use<T>(work: (client: pg.PoolClient) => Promise<T>, { isLast = false } = {}): Promise<T> {
    let client: pg.PoolClient | undefined;
    let isReusable = false;
    try {
      client = await this.#pool.connect();
      await prepareSession(client);
      const result = await work(client);
      isReusable = !isLast;
      return result;
    } catch (cause) {
      throw toAppError(cause, { isFull, isPassing });
    } finally {
      client?.release(!isReusable);
    }
  }

  async close(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
    await this.#pool.end();
  }
}

const prepared = new WeakSet<pg.PoolClient>();

async function prepareSession(client: pg.PoolClient): Promise<void> {
  if (prepared.has(client)) return;
  await client.query(withTimeout({ text: SESSION }));
  prepared.add(client);
}

async function run<Row extends object>(
  client: pg.PoolClient,
  { name, text, parameters }: Statement,
  values: Named,
): Promise<Answer<Row>> {
  const query = { name, text, values: parameters.map((parameter) => values[parameter] ?? null) };
  const { rows, rowCount } = await client.query<Row>(withTimeout(query));
  return { rows, count: rowCount ?? 0 };
}

/** `pg` knows this option of a query, its types do not. */
export const withTimeout = <Query extends pg.QueryConfig>(
  query: Query,
  timeoutMs = ANSWER_TIMEOUT_MS,
) => ({ ...query, query_timeout: timeoutMs });

/** Numbers of 64 bits as numbers: none of ours is beyond 2^53. */
const getTypeParser: typeof pg.types.getTypeParser = (oid, format): unknown =>
  oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format);
