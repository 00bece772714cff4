import { expect, test } from '@jest/globals';
import { secureRandom } from '@pastenym/shared/random';
import { formatV2Failure, formatV2Reply, parseV2Request } from '@pastenym/shared/v2/wire';
import { createLogger } from '../logger.js';
import { SelfProbe } from './self-probe.js';

const ADDRESS = 'own.address@gateway';
const INFO = {
  version: '1.0.0',
  protocols: [1, 2],
  name: 'Pastenym',
  notice: '',
  limits: { maxPasteBytes: 1, maxViews: 1, minExpirySeconds: 1, maxExpirySeconds: 1 },
  expiriesSeconds: [],
  capabilities: { ipfs: false, blockHeight: false },
  puzzle: { difficulty: 0, challenge: new Uint8Array(32), validForSeconds: 600 },
};
const SOMEBODY_ELSES = 'A'.repeat(22);

/** A probe whose requests go nowhere but into a list. */
function probe({ firstTimeoutMs = 60_000, intervalMs = 60_000 } = {}) {
  const asked: {
    recipient: string;
    request: ReturnType<typeof parseV2Request>;
    replySurbs: number;
  }[] = [];
  const reachable: string[] = [];
  const warnings: string[] = [];
  const time = { elapsedMs: 0 };
  let wake: (() => void) | undefined;
  const it = new SelfProbe({
    sendAnonymous: (recipient, message, replySurbs) => {
      const request = parseV2Request(JSON.parse(Buffer.from(message).toString()));
      asked.push({ recipient, request, replySurbs });
      wake?.();
      return asked.length === 2 ? Promise.reject(new Error('lost')) : Promise.resolve();
    },
    onReachable: (address) => reachable.push(address),
    random: secureRandom,
    log: createLogger('warn', { write: (line) => warnings.push(line) }),
    intervalMs,
    firstTimeoutMs,
    elapsedMs: () => time.elapsedMs,
  });
  const untilAsked = async (times: number) => {
    while (asked.length < times) await new Promise<void>((resolve) => (wake = resolve));
  };
  const answer = (id: string, reply = INFO) =>
    it.take(Buffer.from(formatV2Reply(id, 'info', reply)));
  const lastId = () => asked.at(-1)!.request.id;
  return { it, asked, reachable, warnings, time, untilAsked, answer, lastId };
}

test('it asks its own address for `info`, with reply blocks, and knows the answer by its id', () => {
  const { it, asked, reachable, answer, lastId } = probe();
  it.start(ADDRESS);
  expect(asked).toEqual([
    {
      recipient: ADDRESS,
      request: { id: expect.stringMatching(/^[\w-]{22}$/), event: 'info', data: {} },
      replySurbs: 20,
    },
  ]);
  expect(answer(SOMEBODY_ELSES)).toBe(false);
  expect(reachable).toEqual([]);
  expect(answer(lastId())).toBe(true);
  expect(reachable).toEqual([ADDRESS]);
  expect(answer(lastId())).toBe(false);
  it.stop();
});

test('without an answer it warns and asks again, even if sending fails, and takes an answer that is late', async () => {
  const { it, asked, reachable, warnings, untilAsked, answer } = probe({ firstTimeoutMs: 1 });
  it.start(ADDRESS);
  await untilAsked(4);
  expect(new Set(asked.map(({ request }) => request.id)).size).toBe(1);
  expect(warnings.join()).toContain('does not reach itself');
  answer(asked[0]!.request.id);
  expect(reachable).toEqual([ADDRESS]);
  it.stop();
});

test('answered, it goes on asking, each time anew, but says only once that the service can be reached', async () => {
  const { it, asked, reachable, untilAsked, answer, lastId } = probe({ intervalMs: 1 });
  it.start(ADDRESS);
  for (let times = 1; times <= 5; times++) {
    await untilAsked(times);
    expect(answer(lastId())).toBe(true);
  }
  expect(new Set(asked.map(({ request }) => request.id)).size).toBe(5);
  expect(reachable).toEqual([ADDRESS]);
  it.stop();
});

test('a nym-client that goes deaf later is noticed', async () => {
  const { it, warnings, untilAsked, answer, lastId } = probe({ intervalMs: 1, firstTimeoutMs: 1 });
  it.start(ADDRESS);
  answer(lastId());
  await untilAsked(4);
  expect(warnings.length).toBeGreaterThan(0);
  it.stop();
});

test('it knows how long ago the service last heard itself, also while it is stopped', () => {
  const { it, time, answer, lastId } = probe();
  expect(it.ageSeconds).toBeUndefined();
  time.elapsedMs = 5000;
  it.start(ADDRESS);
  expect(it.ageSeconds).toBeUndefined();
  answer(lastId());
  expect(it.ageSeconds).toBe(0);
  it.stop();
  time.elapsedMs = 12_500;
  expect(it.ageSeconds).toBe(7.5);
});

test('connected again, what it knows holds for the address that it has heard itself at', () => {
  const { it, answer, lastId } = probe();
  it.start(ADDRESS);
  answer(lastId());
  it.start(ADDRESS);
  expect(it.ageSeconds).toBe(0);
  it.start('new.address@gateway');
  expect(it.ageSeconds).toBeUndefined();
  it.start(ADDRESS);
  expect(it.ageSeconds).toBeUndefined();
  it.stop();
});

test('the longest answer of any service is taken, and nothing longer', () => {
  const { it, answer, lastId } = probe();
  it.start(ADDRESS);
  const longest = { ...INFO, name: '€'.repeat(60), notice: '€'.repeat(2000) };
  expect(it.take(Buffer.from(formatV2Reply(lastId(), 'info', INFO) + ' '.repeat(8192)))).toBe(
    false,
  );
  expect(answer(lastId(), longest)).toBe(true);
  it.stop();
});

test('that the service is busy is an answer, too', () => {
  const { it, reachable, lastId } = probe();
  it.start(ADDRESS);
  const busy = { code: 'busy', message: 'The service is busy.' } as const;
  expect(it.take(Buffer.from(formatV2Failure(SOMEBODY_ELSES, busy)))).toBe(false);
  expect(it.take(Buffer.from(formatV2Failure(lastId(), busy)))).toBe(true);
  expect(reachable).toEqual([ADDRESS]);
  it.stop();
});

test('stopped, it neither asks nor answers; started again, it forgets what it asked before', () => {
  const { it, asked, reachable, answer } = probe();
  it.start(ADDRESS);
  it.stop();
  expect(answer(asked[0]!.request.id)).toBe(false);
  it.start('new.address@gateway');
  expect(answer(asked[0]!.request.id)).toBe(false);
  it.stop();
  expect(reachable).toEqual([]);
});

test.each(['', 'hello', '{', '[]', 'null', '"x"', '{"id":5}', 'x'.repeat(10_000)])(
  '%j is no answer',
  (text) => {
    const { it } = probe();
    it.start(ADDRESS);
    expect(it.take(Buffer.from(text))).toBe(false);
    it.stop();
  },
);
