/**
 * What the service can do: requests a second through a real websocket from this process to the service's, and how long each takes, with few pastes stored
 * and with many; on SQLite and on PostgreSQL. Beside it, what SQLite does on this disk by itself.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drive, type Figures } from './load.js';
import { NymClientStandIn } from './nym-client-stand-in.js';
import { fillSqlite } from './fill-sqlite.js';
import { withPostgres } from './postgres.js';
import { measureRawSqlite } from './raw-sqlite.js';
import {
  ackV2,
  createV1,
  createV2,
  expectAnswer,
  idOfV1,
  keyOfV2,
  readV1,
  readV2,
  type KeyV2,
} from './requests.js';
import { ServiceProcess } from './service-process.js';

const PASTE_BYTES = 4096;
const REQUESTS = 20_000;
const WARM_UP_REQUESTS = 2000;
/** Requests under way at the same time. */
const CONCURRENCY = 32;
const MANY_PASTES = 1_000_000;
const EXPIRED_PASTES = 100_000;
const MEGABYTE = 1e6;

const print = (line: string) => process.stdout.write(`${line}\n`);

function report(what: string, figures: Figures): void {
  const { perSecond, medianMs, p99Ms, maxMs } = figures;
  const times = `median ${medianMs.toFixed(1)}, p99 ${p99Ms.toFixed(1)}, max ${maxMs.toFixed(0)} ms`;
  print(`${what.padEnd(44)}${perSecond.toFixed(0).padStart(7)}/s   ${times}`);
}

const reportRate = (what: string, perSecond: number) => {
  print(`${what.padEnd(44)}${perSecond.toFixed(0).padStart(7)}/s`);
};

const many = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

async function measureV1(nym: NymClientStandIn, count: number) {
  const ids: string[] = [];
  const creates = await drive(
    many(count, () => createV1(PASTE_BYTES)),
    CONCURRENCY,
    async (request) => ids.push(idOfV1(await nym.ask(request))),
  );
  const reads = await drive(ids.map(readV1), CONCURRENCY, async (request) => {
    expectAnswer(await nym.ask(request));
  });
  return { creates, reads };
}

async function measureV2(nym: NymClientStandIn, count: number) {
  const keys: KeyV2[] = [];
  const creates = await drive(
    many(count, () => createV2(PASTE_BYTES)),
    CONCURRENCY,
    async (paste) => keys.push(keyOfV2(paste, await nym.ask(paste.create))),
  );
  const claims = keys.map(readV2);
  const reads = await drive(claims, CONCURRENCY, async ({ request }) => {
    expectAnswer(await nym.ask(request));
  });
  const acks = await drive(claims.map(ackV2), CONCURRENCY, async (request) => {
    expectAnswer(await nym.ask(request));
  });
  return { creates, reads, acks };
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
    return await use(nym, service);
  } finally {
    await service.stop();
    await nym.close();
  }
}

const measureService = (what: string, databaseUrl: string) =>
  withService(databaseUrl, async (nym, service) => {
    await measureV1(nym, WARM_UP_REQUESTS);
    const v1 = await measureV1(nym, REQUESTS);
    report(`${what}: create, version 1`, v1.creates);
    report(`${what}: read, version 1`, v1.reads);
    await measureV2(nym, WARM_UP_REQUESTS);
    const v2 = await measureV2(nym, REQUESTS);
    report(`${what}: create, version 2`, v2.creates);
    report(`${what}: read, version 2`, v2.reads);
    report(`${what}: end a read, version 2`, v2.acks);
    const memory = service.peakMemoryBytes() / MEGABYTE;
    print(`${`${what}: memory, at its most`.padEnd(44)}${memory.toFixed(0).padStart(7)} MB`);
  });

/** From its start on the service deletes what has expired, and answers meanwhile. */
const measurePurge = (databaseUrl: string) =>
  withService(databaseUrl, async (nym) => {
    const requests = many(REQUESTS, () => createV1(PASTE_BYTES));
    const creates = await drive(requests, CONCURRENCY, (request) => nym.ask(request));
    report(`while ${EXPIRED_PASTES} are deleted: create, version 1`, creates);
  });

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pastenym-bench-'));
  const fileUrl = (name: string) => `file:${join(folder, name)}`;
  print(`the service, pastes of ${PASTE_BYTES} bytes, ${CONCURRENCY} requests under way`);
  try {
    const raw = measureRawSqlite(join(folder, 'raw.sqlite'), PASTE_BYTES);
    reportRate('SQLite by itself, 32 inserts a commit', raw.inserts);
    reportRate('SQLite by itself, select by key', raw.selects);
    await measureService('few stored', fileUrl('few.sqlite'));
    await withService(fileUrl('many.sqlite'), () => Promise.resolve()); // makes the tables
    fillSqlite(join(folder, 'many.sqlite'), MANY_PASTES, EXPIRED_PASTES);
    await measurePurge(fileUrl('many.sqlite'));
    await measureService('a million stored', fileUrl('many.sqlite'));
    await withPostgres((url) => measureService('PostgreSQL', url));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

await main();
