import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '../../src/config.js';
import { createContext, type Context, type Overrides } from '../../src/context.js';
import { createLogger } from '../../src/logger.js';
import { Service } from '../../src/service.js';
import { ScriptedNymClient } from './scripted-nym-client.js';

/** 2026-11-22T12:34:56Z */
export const NOW = 1_795_350_896_000;

export interface RunningService {
  /** The first of its nym-clients, which mostly is the only one. */
  nym: ScriptedNymClient;
  nyms: ScriptedNymClient[];
  service: Service;
  context: Context;
  /** The service's time, which stands still unless it is moved. */
  time: { now: number };
  folder: string;
  databaseFile: string;
  /** All that was logged, at level trace. */
  log: () => string;
  /** How many times the service has said that it is ready. */
  readyTimes: () => number;
  stop: () => Promise<void>;
}

/** The service in this process, on a database file and behind scripted nym-clients, with a clock that stands still. */
export async function runService({
  env = {},
  overrides = {},
  nymClients = 1,
}: {
  env?: Record<string, string>;
  overrides?: Overrides;
  nymClients?: number;
} = {}): Promise<RunningService> {
  const folder = mkdtempSync(join(tmpdir(), 'pastenym-service-'));
  const databaseFile = join(folder, 'pastes.sqlite');
  const nyms = await Promise.all(
    Array.from({ length: nymClients }, () => ScriptedNymClient.listen()),
  );
  const [nym] = nyms;
  if (nym === undefined) throw new Error('It takes at least one nym-client.');
  const lines: string[] = [];
  const time = { now: NOW };
  let readyTimes = 0;
  const config = readConfig({
    NYM_CLIENT_URL: nyms.map(({ url }) => url).join(','),
    DATABASE_URL: `file:${databaseFile}`,
    ...env,
  });
  const log = createLogger('trace', { write: (line) => lines.push(line) });
  const context = await createContext(config, { log, clock: () => time.now, ...overrides });
  const service = new Service(context, { onReady: () => readyTimes++ });
  const running = {
    service,
    nym,
    nyms,
    context,
    time,
    folder,
    databaseFile,
    log: () => lines.join(''),
    readyTimes: () => readyTimes,
    stop: async () => {
      await service.stop();
      await Promise.all(nyms.map((it) => it.close()));
      rmSync(folder, { recursive: true });
    },
  };
  await until(() => readyTimes === nymClients);
  return running;
}

const PATIENCE_MS = 20_000;

/** Waits for a condition of which no event tells. */
export async function until(condition: () => boolean): Promise<void> {
  const givenUp = Date.now() + PATIENCE_MS;
  while (!condition()) {
    if (Date.now() > givenUp) throw new Error(`It did not come true: ${condition.toString()}`);
    await sleep(5);
  }
}
