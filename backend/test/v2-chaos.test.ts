import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { FaultyNetwork, seededRandom } from './support/faulty-network.js';
import { expectNothingLeft, live, newBooks } from './support/paste-life.js';
import { NOW, runService, type RunningService } from './support/running-service.js';

jest.setTimeout(180_000);

let service: RunningService;

beforeEach(async () => {
  service = await runService();
});

afterEach(() => service.stop());

/** So many pastes live at the same time, over one network. */
const AT_ONCE = 50;

async function liveMany(pastes: number, ask: (message: string) => Promise<string | undefined>) {
  const books = newBooks();
  let delivered = 0;
  for (let seed = 1; books.pastes < pastes; seed++) {
    const random = seededRandom(seed);
    const network = new FaultyNetwork({ random, ask });
    const lives = Promise.all(
      Array.from({ length: AT_ONCE }, () => live({ network, random, books })),
    ).catch((cause: unknown) => {
      throw new Error(`With seed ${seed}, the books do not balance.`, { cause });
    });
    await Promise.all([lives, network.run()]);
    delivered += network.delivered;
  }
  process.stdout.write(`${delivered} messages: ${JSON.stringify(books)}\n`);
  return books;
}

test('whatever the network loses, repeats and turns round, the books balance, and in the end nothing is left', async () => {
  const inbox = service.context.createInbox();
  const ask = (message: string) =>
    new Promise<string>((resolve) => {
      const reply = (answer: Uint8Array) => {
        resolve(Buffer.from(answer).toString());
        return Promise.resolve();
      };
      inbox.deliver({ message: Buffer.from(message), reply });
    });
  const books = await liveMany(2000, ask);
  for (const count of Object.values(books)) expect(count).toBeGreaterThan(0);
  await inbox.close(1000);
  expect(service.context.counters.failed).toBe(0);
  await expectNothingLeft(service.context.store, service.databaseFile, NOW);
});

test('through a real websocket, too', async () => {
  await liveMany(300, (message) => service.nym.ask(message));
  expect(service.context.counters.failed).toBe(0);
  await expectNothingLeft(service.context.store, service.databaseFile, NOW);
});
