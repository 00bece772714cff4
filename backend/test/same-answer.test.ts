import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { EventName, RequestData } from '@pastenym/shared/v2/messages';
import { formatV2Request } from '@pastenym/shared/v2/wire';
import Database from 'better-sqlite3';
import { runService, type RunningService } from './support/running-service.js';
import { createCall, newId, newPaste, store, succeed, type Call } from './support/v2-client.js';

jest.setTimeout(120_000);

/** Of each kind, so many are asked for, interleaved. */
const SAMPLES = 1000;
/** What a difference of medians may be on a machine that does other things as well. A disk that waits for a commit takes 100 times longer. */
const MOST_RATIO = 1.5;

interface Key {
  pasteId: string;
  accessProof: Buffer;
  deleteProof: Buffer;
}

let service: RunningService;
let call: Call;
let keys: Record<'unknown' | 'wrong proof' | 'expired' | 'burnt' | 'blocked' | 'incomplete', Key>;

beforeAll(async () => {
  // Nothing is swept, so that what has expired is still there.
  service = await runService({ env: { SWEEP_INTERVAL_SECONDS: '86400' } });
  call = createCall((message) => service.nym.ask(message));
  await Promise.all(Array.from({ length: 500 }, () => store(call, newPaste())));
  const kept = await keep({});
  const expired = await keep({ expiresInSeconds: 60 });
  const burnt = await keep({ views: 1 });
  const claim = newId();
  await succeed(call('readPaste', burnt, claim));
  await succeed(call('ackRead', { ...burnt, claim }));
  service.time.now += 120_000;
  keys = {
    unknown: { ...kept, pasteId: newId() },
    'wrong proof': { ...kept, accessProof: randomBytes(32), deleteProof: randomBytes(32) },
    expired,
    burnt,
    blocked: await block(),
    incomplete: await begin(),
  };
});

afterAll(() => service.stop());

async function keep(options: Parameters<typeof newPaste>[0]): Promise<Key> {
  const paste = newPaste(options);
  const pasteId = await store(call, paste);
  return { pasteId, accessProof: paste.accessProof, deleteProof: paste.deleteProof };
}

async function block(): Promise<Key> {
  const blocked = await keep({});
  const db = new Database(service.databaseFile);
  db.prepare('INSERT INTO blocked (id, day) VALUES (?, 20000)').run(blocked.pasteId);
  db.close();
  return blocked;
}

async function begin(): Promise<Key> {
  const { request, accessProof, deleteProof } = newPaste({ content: randomBytes(100_000) });
  const { pasteId } = await succeed(call('createPaste', request));
  return { pasteId, accessProof, deleteProof };
}

type Guarded = 'readPaste' | 'readChunk' | 'ackRead' | 'pasteStatus' | 'deletePaste';

const data: { [E in Guarded]: (key: Key) => RequestData<E> } = {
  readPaste: (key) => key,
  pasteStatus: (key) => key,
  deletePaste: (key) => key,
  readChunk: (key) => ({ ...key, claim: newId(), index: 0 }),
  ackRead: (key) => ({ ...key, claim: newId() }),
};

const request = (event: Guarded, key: Key, id: string) =>
  formatV2Request<EventName>(id, event, data[event](key));

describe.each(Object.keys(data) as Guarded[])('%s', (event) => {
  test('answers the same, to the byte, for a paste that is unknown, of another proof, expired, burnt, blocked or not complete', async () => {
    const answers = await Promise.all(
      Object.values(keys).map(async (key) => {
        const id = newId();
        return (await service.nym.ask(request(event, key, id))).replace(id, 'ID');
      }),
    );
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('"code":"not-found"');
  });

  test('takes as long for each of them', async () => {
    const medians = await measure(event);
    const [fastest, slowest] = [Math.min(...medians.values()), Math.max(...medians.values())];
    const list = Array.from(medians, ([kind, us]) => `${kind} ${us.toFixed(0)} µs`).join(', ');
    process.stdout.write(`${event}: ${list}\n`);
    expect(slowest / fastest).toBeLessThan(MOST_RATIO);
  });
});

/** In microseconds, from the message to the answer, inside of the service. */
async function measure(event: Guarded): Promise<Map<string, number>> {
  const inbox = service.context.createInbox();
  const took = new Map(Object.keys(keys).map((kind) => [kind, [] as number[]]));
  for (let n = 0; n < SAMPLES; n++) {
    for (const [kind, key] of shuffled(Object.entries(keys))) {
      const message = Buffer.from(request(event, key, newId()));
      took.get(kind)?.push(await time(inbox, message));
    }
  }
  await inbox.close(1000);
  return new Map(Array.from(took, ([kind, times]) => [kind, median(times)]));
}

type Inbox = ReturnType<RunningService['context']['createInbox']>;

function time(inbox: Inbox, message: Buffer): Promise<number> {
  return new Promise((resolve) => {
    const begun = process.hrtime.bigint();
    const reply = () => {
      resolve(Number(process.hrtime.bigint() - begun) / 1000);
      return Promise.resolve();
    };
    inbox.deliver({ message, reply });
  });
}

function shuffled<T>(items: T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

const median = (values: number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
