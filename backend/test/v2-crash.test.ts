import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { openSqliteStore } from '../src/store/sqlite/sqlite-store.js';
import { FaultyNetwork, seededRandom } from './support/faulty-network.js';
import { expectNothingLeft, live, newBooks } from './support/paste-life.js';
import { ScriptedNymClient } from './support/scripted-nym-client.js';
import { buildService, startService, type ServiceProcess } from './support/service-process.js';

const BUILD_TIMEOUT_MS = 120_000;

jest.setTimeout(180_000);

const KILLS = 10;

let folder: string;
let nym: ScriptedNymClient;
let current: ServiceProcess;

beforeAll(buildService, BUILD_TIMEOUT_MS);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pastenym-crash-'));
  nym = await ScriptedNymClient.listen();
});

afterEach(async () => {
  current.child.kill('SIGKILL');
  await current.ended;
  await nym.close();
  rmSync(folder, { recursive: true });
});

const databaseFile = () => join(folder, 'pastes.sqlite');

async function start(): Promise<void> {
  current = startService({
    NYM_CLIENT_URL: nym.url,
    DATABASE_URL: `file:${databaseFile()}`,
    LOG_LEVEL: 'warn',
  });
  await current.ready;
}

/** The service, killed after so many messages that nobody knows beforehand; what it was asked then, is never answered. */
class MortalService {
  readonly #random: () => number;
  readonly #unanswered = new Set<(nothing: undefined) => void>();
  #restarting: Promise<void> | undefined;
  #messagesToLive: number;
  kills = 0;

  constructor(random: () => number) {
    this.#random = random;
    this.#messagesToLive = this.#drawLife();
  }

  async ask(message: string): Promise<string | undefined> {
    if (this.#restarting !== undefined) {
      await this.#restarting;
      return undefined;
    }
    const answered = nym.ask(message);
    answered.catch(() => undefined); // Of one who is dead, nobody expects an answer.
    this.#messagesToLive--;
    if (this.#messagesToLive <= 0 && this.kills < KILLS) this.#restarting = this.#restart();
    return this.#orNothing(answered);
  }

  async #orNothing(answered: Promise<string>): Promise<string | undefined> {
    let giveUp: ((nothing: undefined) => void) | undefined;
    const nothing = new Promise<undefined>((resolve) => (giveUp = resolve));
    this.#unanswered.add(giveUp!);
    try {
      return await Promise.race([answered, nothing]);
    } finally {
      this.#unanswered.delete(giveUp!);
    }
  }

  async #restart(): Promise<void> {
    this.kills++;
    current.child.kill('SIGKILL');
    expect(await current.ended).toBe('SIGKILL');
    for (const giveUp of this.#unanswered) giveUp(undefined);
    await start();
    this.#messagesToLive = this.#drawLife();
    this.#restarting = undefined;
  }

  #drawLife(): number {
    return 20 + Math.floor(this.#random() * 300);
  }
}

test('killed ten times at any moment of its work, the service loses nothing that it has acknowledged, gives no view twice, and keeps nothing too long', async () => {
  await start();
  const random = seededRandom(7);
  const books = newBooks();
  const service = new MortalService(random);
  while (service.kills < KILLS) {
    const network = new FaultyNetwork({ random, ask: (message) => service.ask(message) });
    const lives = Array.from({ length: 40 }, () => live({ network, random, books }));
    await Promise.all([...lives, network.run()]);
  }
  process.stdout.write(`${service.kills} kills: ${JSON.stringify(books)}\n`);

  current.child.kill('SIGTERM');
  expect(await current.ended).toBe(0);
  const store = openSqliteStore(databaseFile());
  await expectNothingLeft(store, databaseFile(), Date.now());
  await store.close();
});
