import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fakeTime, settle } from '../../test/support/fake-time.js';
import { scriptedLinks, type ScriptedLink } from '../../test/support/scripted-links.js';
import { createStore } from '../store.js';
import { createConnection } from './connection.js';
import { RECONNECT_SPREAD_MS } from './machine.js';
import { createRequestId } from './request-id.js';
import {
  createTransport,
  MAX_ATTEMPTS,
  MAX_QUEUED,
  REQUEST_DEADLINE_MS,
  type OutgoingRequest,
  type RequestProgress,
} from './transport.js';

const FIRST_TIMEOUT_MS = 10_000;
/** With the moment that sending takes. */
const OVERDUE_MS = FIRST_TIMEOUT_MS + 1;
const FOR_EVER_MS = 24 * 3600 * 1000;

interface Question {
  id: string;
  about: string;
}

/** Answers are JSON too: `{ id?, about }`. */
function ask(about: string): OutgoingRequest<string> {
  const id = createRequestId();
  return {
    id,
    message: encode({ id, about }),
    replySurbs: 20,
    decode(message) {
      const reply = decode(message);
      return reply === undefined ? undefined : { id: reply.id, answer: String(reply.about) };
    },
  };
}

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

function decode(message: Uint8Array): Partial<Question> | undefined {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(message)) as Question;
  } catch {
    return undefined;
  }
}

function setUp({ addresses = ['service'] }: { addresses?: string[] } = {}) {
  const time = fakeTime();
  const sent: (Question & { recipient: string; link: ScriptedLink })[] = [];
  const links = scriptedLinks((message, recipient, link) => {
    const question = decode(message) as Question | undefined;
    if (question === undefined) link.listener.heard(message);
    else sent.push({ ...question, recipient, link });
  });
  const connection = createConnection(links.open, { schedule: time.schedule, random: () => 1 });
  const serviceAddresses = createStore<readonly string[]>(addresses);
  let unanswered = 0;
  const transport = createTransport({
    connection,
    serviceAddresses,
    times: () => ({ firstTimeoutMs: FIRST_TIMEOUT_MS, bytesPerSecond: 1_000_000 }),
    schedule: time.schedule,
    onUnanswered: () => (unanswered += 1),
  });
  connection.start();
  /** The gateway goes, and the page finds the next one. */
  const reconnect = async () => {
    links.last().listener.broken('socket-closed');
    await time.pass(RECONNECT_SPREAD_MS);
    links.last().connect();
  };
  const answer = (question: (typeof sent)[number], reply: Partial<Question> = question) => {
    question.link.listener.heard(encode({ id: reply.id, about: reply.about }));
  };
  return {
    time,
    sent,
    links,
    connection,
    serviceAddresses,
    transport,
    answer,
    reconnect,
    unanswered: () => unanswered,
  };
}

/** What became of a promise, so far. */
function watch<T>(promise: Promise<T>) {
  const outcome: { value?: T; error?: unknown } = {};
  promise.then(
    (value) => (outcome.value = value),
    (error: unknown) => (outcome.error = error),
  );
  return outcome;
}

describe('a request', () => {
  test('goes to the service with an id of 128 random bits, and its answer comes back', async () => {
    const { sent, links, transport, answer } = setUp();
    links.last().connect();
    const outcome = watch(transport.request(ask('a')));
    expect(sent).toMatchObject([{ about: 'a', recipient: 'service' }]);
    expect(sent[0]!.id).toMatch(/^[A-Za-z0-9_-]{22}$/);
    answer(sent[0]!);
    await settle();
    expect(outcome).toEqual({ value: 'a' });
  });

  test('says where it is, from the queue to the answer', async () => {
    const { links, transport, time, sent, answer } = setUp();
    const seen: RequestProgress[] = [];
    void transport.request(ask('a'), { onProgress: (progress) => seen.push(progress) });
    links.last().connect();
    await time.pass(OVERDUE_MS);
    answer(sent[1]!);
    expect(seen.filter((p, at) => JSON.stringify(p) !== JSON.stringify(seen[at - 1]))).toEqual([
      { stage: 'queued', waitingFor: 'connection' },
      { stage: 'sending', attempt: 1, isAgain: false },
      { stage: 'waiting', attempt: 1, isAgain: false },
      { stage: 'sending', attempt: 2, isAgain: true },
      { stage: 'waiting', attempt: 2, isAgain: true },
      { stage: 'answered' },
    ]);
  });

  test('waits for the service as long as nobody knows where it is', () => {
    const { links, sent, transport, serviceAddresses } = setUp({ addresses: [] });
    links.last().connect();
    const seen: RequestProgress[] = [];
    void transport.request(ask('a'), { onProgress: (progress) => seen.push(progress) });
    expect(seen.at(-1)).toEqual({ stage: 'queued', waitingFor: 'service' });
    serviceAddresses.set(['there']);
    expect(sent).toMatchObject([{ about: 'a', recipient: 'there' }]);
  });

  test('is sent again, as it was, after growing time-outs, and then given up', async () => {
    const { time, sent, links, transport, unanswered } = setUp();
    links.last().connect();
    const outcome = watch(transport.request(ask('a')));
    const times: number[] = [];
    while (outcome.error === undefined) {
      const before = sent.length;
      await time.pass(1000);
      if (sent.length > before) times.push(time.now() / 1000);
    }
    expect(times).toEqual([11, 31, 71]);
    expect(sent).toHaveLength(MAX_ATTEMPTS);
    expect(new Set(sent.map(({ id }) => id)).size).toBe(1);
    expect(outcome.error).toMatchObject({ code: 'timed-out' });
    expect(unanswered()).toBe(1);
  });

  test('does not lose an attempt to a link that breaks, however many of them do', async () => {
    const { sent, links, transport, answer, reconnect } = setUp();
    links.last().connect();
    const outcome = watch(transport.request(ask('a')));
    for (let broken = 0; broken < 2 * MAX_ATTEMPTS; broken += 1) await reconnect();
    expect(outcome).toEqual({});
    expect(sent).toHaveLength(2 * MAX_ATTEMPTS + 1);
    answer(sent.at(-1)!);
    await settle();
    expect(outcome).toEqual({ value: 'a' });
  });

  test('begins its last attempt anew on another link, with all of its time', async () => {
    const { time, sent, links, transport, answer, reconnect } = setUp();
    links.last().connect();
    const outcome = watch(transport.request(ask('a')));
    await time.pass((1 + 2 + 4) * OVERDUE_MS);
    expect(sent).toHaveLength(MAX_ATTEMPTS);
    await time.pass(8 * FIRST_TIMEOUT_MS - 1000);
    await reconnect();
    await time.pass(8 * FIRST_TIMEOUT_MS - 1000);
    expect(sent).toHaveLength(MAX_ATTEMPTS + 1);
    answer(sent.at(-1)!);
    await settle();
    expect(outcome).toEqual({ value: 'a' });
  });

  test('is given up before the service forgets what it has answered, whatever its links do', async () => {
    const { time, sent, links, transport, reconnect } = setUp();
    links.last().connect();
    const outcome = watch(transport.request(ask('a')));
    while (outcome.error === undefined) {
      await time.pass(FIRST_TIMEOUT_MS / 2);
      await reconnect();
    }
    expect(outcome.error).toMatchObject({ code: 'timed-out' });
    expect(time.now()).toBeGreaterThanOrEqual(REQUEST_DEADLINE_MS);
    expect(time.now()).toBeLessThan(600_000);
    const copies = sent.length;
    await time.pass(FOR_EVER_MS);
    expect(sent).toHaveLength(copies);
  });

  test('waits for its first link for as long as that takes', async () => {
    const { time, sent, links, transport } = setUp();
    watch(transport.request(ask('a')));
    await time.pass(FOR_EVER_MS);
    links.last().connect();
    expect(sent).toHaveLength(1);
  });

  test('that was given up can be made again, and is the same to the service', async () => {
    const { time, sent, links, transport, answer } = setUp();
    links.last().connect();
    const request = ask('a');
    watch(transport.request(request));
    await time.pass(FOR_EVER_MS);
    links.last().connect();
    const outcome = watch(transport.request(request));
    expect(sent).toHaveLength(MAX_ATTEMPTS + 1);
    expect(new Set(sent.map(({ id }) => id)).size).toBe(1);
    answer(sent.at(-1)!);
    await settle();
    expect(outcome).toEqual({ value: 'a' });
  });

  test('that is long gets the time that sending takes', async () => {
    const { time, sent, links, transport } = setUp();
    links.last().connect();
    watch(transport.request(ask('x'.repeat(5_000_000))));
    await time.pass(FIRST_TIMEOUT_MS + 4900);
    expect(sent).toHaveLength(1);
    await time.pass(200);
    expect(sent).toHaveLength(2);
  });

  test('goes to the next address after two copies without an answer', async () => {
    const { time, sent, links, transport } = setUp({ addresses: ['one', 'two'] });
    links.last().connect();
    watch(transport.request(ask('a')));
    await time.pass(FOR_EVER_MS);
    expect(sent.map(({ recipient }) => recipient)).toEqual(['one', 'one', 'two', 'two']);
  });

  test('is sent again at once when the connection has been rebuilt', async () => {
    const { time, sent, links, transport } = setUp();
    links.last().connect();
    void transport.request(ask('a'));
    links.last().listener.broken('socket-closed');
    await time.pass(RECONNECT_SPREAD_MS);
    links.last().connect();
    expect(sent).toHaveLength(2);
    expect(sent[1]).toMatchObject({ id: sent[0]!.id, about: 'a' });
    expect(sent[1]!.link).not.toBe(sent[0]!.link);
  });

  test('that is overdue makes the connection prove itself', async () => {
    const { time, links, transport } = setUp();
    links.last().connect();
    watch(transport.request(ask('a')));
    const heartbeats = () => links.last().sent.filter((s) => s.recipient === 'client-1').length;
    expect(heartbeats()).toBe(1);
    await time.pass(OVERDUE_MS);
    expect(heartbeats()).toBe(2);
  });

  test('that is cancelled in the queue is never sent', async () => {
    const { sent, links, transport, answer } = setUp();
    links.last().connect();
    const controller = new AbortController();
    void transport.request(ask('a'));
    const outcome = watch(transport.request(ask('b'), { signal: controller.signal }));
    controller.abort(new Error('not needed'));
    answer(sent[0]!);
    await settle();
    expect(outcome.error).toMatchObject({ message: 'not needed' });
    expect(sent).toMatchObject([{ about: 'a' }]);
  });

  test('that is cancelled before it is made is not made', async () => {
    const { transport } = setUp();
    await expect(transport.request(ask('a'), { signal: AbortSignal.abort() })).rejects.toThrow();
  });

  test('is refused when too many wait', async () => {
    const { transport } = setUp();
    for (let count = 0; count <= MAX_QUEUED; count += 1) watch(transport.request(ask('a')));
    await expect(transport.request(ask('b'))).rejects.toMatchObject({ code: 'queue-full' });
  });
});

describe('answers', () => {
  test('are taken by their id: those to other requests and those that are none are dropped', async () => {
    const { sent, links, transport, answer } = setUp();
    links.last().connect();
    const outcome = watch(transport.request(ask('a')));
    answer(sent[0]!, { id: 'somebody else', about: 'wrong' });
    links.last().listener.heard(Uint8Array.of(0xff, 0x00));
    await settle();
    expect(outcome).toEqual({});
    answer(sent[0]!);
    await settle();
    expect(outcome).toEqual({ value: 'a' });
  });

  test('let the next request begin: there is one at a time', async () => {
    const { sent, links, transport, answer } = setUp();
    links.last().connect();
    const seen: RequestProgress[] = [];
    watch(transport.request(ask('a')));
    watch(transport.request(ask('b'), { onProgress: (progress) => seen.push(progress) }));
    expect(sent).toMatchObject([{ about: 'a' }]);
    expect(seen).toEqual([{ stage: 'queued', waitingFor: 'turn' }]);
    answer(sent[0]!);
    await settle();
    expect(sent).toMatchObject([{ about: 'a' }, { about: 'b' }]);
    expect(links.links).toHaveLength(1);
  });

  test('without an id are taken for the request under way, and the next one gets a new identity', async () => {
    const { sent, links, transport, answer } = setUp();
    links.last().connect();
    const first = watch(transport.request(ask('a')));
    answer(sent[0]!, { about: 'no' });
    const second = watch(transport.request(ask('b')));
    await settle();
    expect(first).toEqual({ value: 'no' });
    expect(sent).toHaveLength(1);
    expect(links.links.map(({ closed }) => closed)).toEqual([true, false]);
    links.last().connect();
    // Once more what the first request was told, late and twice: it came to a client that is no more.
    answer(sent[0]!, { about: 'no' });
    answer(sent[1]!);
    await settle();
    expect(second).toEqual({ value: 'b' });
  });

  test.each([
    [
      'was sent twice',
      async (s: ReturnType<typeof setUp>) => {
        const outcome = watch(s.transport.request(ask('a')));
        await s.time.pass(OVERDUE_MS);
        s.answer(s.sent[1]!);
        await settle();
        expect(outcome).toEqual({ value: 'a' });
      },
    ],
    [
      'was given up',
      async (s: ReturnType<typeof setUp>) => {
        watch(s.transport.request(ask('a')));
        await s.time.pass(FOR_EVER_MS);
      },
    ],
    [
      'was cancelled',
      async (s: ReturnType<typeof setUp>) => {
        const controller = new AbortController();
        watch(s.transport.request(ask('a'), { signal: controller.signal }));
        controller.abort();
        await settle();
      },
    ],
  ])('that may still come for a request that %s do not reach the next one', async (_, before) => {
    const s = setUp();
    s.links.last().connect();
    await before(s);
    const old = s.links.links[0]!;
    expect(old.closed).toBe(true);
    s.links.last().connect();
    const outcome = watch(s.transport.request(ask('b')));
    old.listener.heard(encode({ about: 'late' }));
    await settle();
    expect(outcome).toEqual({});
    s.answer(s.sent.at(-1)!);
    await settle();
    expect(outcome).toEqual({ value: 'b' });
  });
});

/** What the mixnet does to one message that is sent, and to the answers that it gets. */
interface Fate {
  isLost: boolean;
  /** Whether the answers carry the request's id. */
  carriesId: boolean;
  /** One answer, or a repeated one, or none. */
  answerDelaysMs: number[];
}

describe('over a mixnet that loses, repeats, delays and reorders', () => {
  const fate: fc.Arbitrary<Fate> = fc.record({
    isLost: fc.boolean(),
    carriesId: fc.boolean(),
    answerDelaysMs: fc.array(fc.integer({ min: 0, max: 60_000 }), { maxLength: 3 }),
  });
  const plan = fc.record({
    requests: fc.array(
      fc.record({
        afterMs: fc.integer({ min: 0, max: 30_000 }),
        cancelAfterMs: fc.option(fc.integer({ min: 0, max: 60_000 }), { nil: undefined }),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    fates: fc.array(fate, { minLength: 1, maxLength: 12 }),
    breaksAtMs: fc.array(fc.integer({ min: 0, max: 120_000 }), { maxLength: 3 }),
  });

  test('nobody ever gets the answer to another request, and every request ends', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async ({ requests, fates, breaksAtMs }) => {
        const time = fakeTime();
        let messages = 0;
        const links = scriptedLinks((message, _recipient, link) => {
          const question = decode(message) as Question | undefined;
          if (question === undefined) {
            time.schedule(100, () => {
              link.listener.heard(message);
            });
            return;
          }
          const { isLost, carriesId, answerDelaysMs } = fates[messages++ % fates.length]!;
          if (isLost) return;
          const reply = encode(carriesId ? question : { about: question.about });
          for (const delayMs of answerDelaysMs) {
            // To whom a link is closed, nothing comes any more.
            time.schedule(delayMs, () => {
              if (!link.closed) link.listener.heard(reply);
            });
          }
        });
        const connection = createConnection(
          (listener) => {
            const link = links.open(listener);
            const scripted = links.last();
            time.schedule(500, () => {
              if (!scripted.closed) scripted.connect();
            });
            return link;
          },
          { schedule: time.schedule, random: () => 1 },
        );
        const transport = createTransport({
          connection,
          serviceAddresses: createStore<readonly string[]>(['service']),
          times: () => ({ firstTimeoutMs: FIRST_TIMEOUT_MS, bytesPerSecond: 1_000_000 }),
          schedule: time.schedule,
        });
        connection.start();
        for (const atMs of breaksAtMs) {
          time.schedule(atMs, () => {
            links.last().listener.broken('socket-closed');
          });
        }
        const outcomes: ReturnType<typeof watch<string>>[] = [];
        requests.forEach(({ afterMs, cancelAfterMs }, index) => {
          time.schedule(afterMs, () => {
            const controller = new AbortController();
            const request = transport.request(ask(String(index)), { signal: controller.signal });
            outcomes[index] = watch(request);
            if (cancelAfterMs !== undefined)
              time.schedule(cancelAfterMs, () => {
                controller.abort();
              });
          });
        });
        await time.pass(3600 * 1000);
        requests.forEach((_, index) => {
          const { value, error } = outcomes[index]!;
          expect(error !== undefined || value === String(index)).toBe(true);
        });
        connection.stop();
      }),
      { numRuns: 150 },
    );
  });
});
