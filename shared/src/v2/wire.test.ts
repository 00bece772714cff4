import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '../errors.js';
import { encodeBase64Url } from '../base64url.js';
import { events, type EventName, type V2Request } from './messages.js';
import { paddedLength } from './padding.js';
import {
  formatV2Failure,
  formatV2Reply,
  formatV2Request,
  isV2Message,
  parseReplyData,
  parseV2Reply,
  parseV2Request,
  requestIdOf,
} from './wire.js';

const exactly = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const id = exactly(16).map(encodeBase64Url);
const chunk = fc.uint8Array({ minLength: 1, maxLength: 3000 });
const index = fc.integer({ min: 0, max: 4095 });

const data = {
  info: fc.constant({}),
  createPaste: fc.record(
    {
      accessHash: exactly(32),
      deleteHash: exactly(32),
      views: fc.integer({ min: 0, max: 10_000 }),
      expiresInSeconds: fc.integer({ min: 1, max: 86_400 * 366 }),
      size: fc.integer({ min: 1, max: 2 ** 28 }),
      contentHash: exactly(32),
      content: chunk,
      puzzle: fc.record({ challenge: exactly(32), solution: exactly(64) }),
    },
    {
      requiredKeys: [
        'accessHash',
        'deleteHash',
        'views',
        'expiresInSeconds',
        'size',
        'contentHash',
      ],
      noNullPrototype: true,
    },
  ),
  putChunk: fc.record({ uploadId: id, index, content: chunk }),
  readPaste: fc.record({ pasteId: id, accessProof: exactly(32) }),
  readChunk: fc.record({ pasteId: id, accessProof: exactly(32), claim: id, index }),
  ackRead: fc.record({ pasteId: id, accessProof: exactly(32), claim: id }),
  deletePaste: fc.record({ pasteId: id, deleteProof: exactly(32) }),
  pasteStatus: fc.record({ pasteId: id, accessProof: exactly(32) }),
} satisfies Record<EventName, fc.Arbitrary<unknown>>;

const request = fc.oneof(
  ...(Object.keys(events) as EventName[]).map((event) =>
    fc.record({ id, event: fc.constant(event), data: data[event] }),
  ),
) as unknown as fc.Arbitrary<V2Request>;
const format = ({ id, event, data }: V2Request) => formatV2Request(id, event, data as never);

test('every request comes back as it went out, and its length tells only a size class', () => {
  fc.assert(
    fc.property(request, (it) => {
      const text = format(it);
      expect(parseV2Request(JSON.parse(text))).toEqual(it);
      expect(Buffer.byteLength(text)).toBe(paddedLength(Buffer.byteLength(text)));
    }),
  );
});

test('control messages all have the same length', () => {
  fc.assert(
    fc.property(request, request, (a, b) => {
      const isControl = (it: V2Request) => it.event !== 'createPaste' && it.event !== 'putChunk';
      if (isControl(a) && isControl(b)) expect(format(a)).toHaveLength(format(b).length);
    }),
  );
});

test.each([5, null, '', 'x', [1], undefined])(
  'nobody looks at the padding, even if it is %j',
  (pad) => {
    const text = JSON.stringify({ v: 2, id: ID, event: 'info', data: {}, pad });
    expect(parseV2Request(JSON.parse(text))).toEqual({ id: ID, event: 'info', data: {} });
    const reply = parseV2Reply(JSON.stringify({ v: 2, id: ID, ok: true, data: {}, pad }));
    expect(reply).toEqual({ v: 2, id: ID, ok: true, data: {} });
  },
);

test('a success and a failure come back as they went out, and look alike', () => {
  const requestId = encodeBase64Url(new Uint8Array(16));
  const ok = formatV2Reply(requestId, 'ackRead', {});
  const error = { code: 'busy' as const, message: 'The service is busy.', retryAfterMs: 500 };
  const failed = formatV2Failure(requestId, error);
  expect(ok).toHaveLength(failed.length);
  expect(parseV2Reply(ok)).toMatchObject({ id: requestId, ok: true, data: {} });
  expect(parseV2Reply(failed)).toMatchObject({ id: requestId, ok: false, error });
});

test('the data of a reply is read by the schema of its request', () => {
  const reply = {
    size: 5,
    views: 0,
    viewsLeft: null,
    expiresInSeconds: 60,
    expiresAt: 1_800_000_000,
    content: Uint8Array.of(1, 2),
  };
  const text = formatV2Reply(encodeBase64Url(new Uint8Array(16)), 'readPaste', reply);
  const parsed = parseV2Reply(text);
  expect(parsed?.ok === true && parseReplyData('readPaste', parsed.data)).toEqual(reply);
  expect(() => parseReplyData('readPaste', {})).toThrow(
    expect.objectContaining({ code: 'bad-message' }),
  );
});

test('a code that only a newer service knows is an internal error', () => {
  const text = `{"v":2,"id":"AAAAAAAAAAAAAAAAAAAAAA","ok":false,"error":{"code":"from-the-future","message":"x"}}`;
  expect(parseV2Reply(text)).toMatchObject({ ok: false, error: { code: 'internal' } });
});

test('what a hostile service says of time, work and itself is bounded', () => {
  const failure = (error: object) =>
    parseV2Reply(JSON.stringify({ v: 2, id: ID, ok: false, error }));
  for (const retryAfterMs of [-1, 0.5, 1e15, '1']) {
    const reply = failure({ code: 'busy', message: 'x', retryAfterMs });
    expect(reply).toMatchObject({ error: { code: 'busy', retryAfterMs: undefined } });
  }
  expect(failure({ code: 'busy', message: 'x'.repeat(10_000) })).toBeUndefined();
  for (const change of [
    { puzzle: { ...info.puzzle, difficulty: 2 ** 32 + 1 } },
    { limits: { ...info.limits, maxPasteBytes: -1 } },
    { limits: { ...info.limits, maxViews: 10_001 } },
  ]) {
    expect(() => parseReplyData('info', { ...info, ...change })).toThrow(
      expect.objectContaining({ code: 'bad-message' }),
    );
  }
  expect(parseReplyData('info', info)).toMatchObject({ name: 'here', limits: info.limits });
});

test('an id of 16 million letters costs no more than a look at its length', () => {
  const endless = 'A'.repeat(16_000_000);
  parseV2Request({ v: 2, id: ID, event: 'readPaste', data: { pasteId: ID, accessProof: HASH } });
  const before = process.cpuUsage();
  expect(requestIdOf({ v: 2, id: endless })).toBeUndefined();
  const json = {
    v: 2,
    id: ID,
    event: 'readPaste',
    data: { pasteId: endless, accessProof: endless },
  };
  expect(() => parseV2Request(json)).toThrow(expect.objectContaining({ code: 'bad-request' }));
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(100);
});

const ID = 'AAAAAAAAAAAAAAAAAAAAAA';
const HASH = encodeBase64Url(new Uint8Array(32));
const info = {
  version: '1',
  protocols: [1, 2],
  name: 'here',
  notice: '',
  limits: { maxPasteBytes: 1000, maxViews: 100, minExpirySeconds: 60, maxExpirySeconds: 3600 },
  expiriesSeconds: [60],
  capabilities: { ipfs: false, blockHeight: false },
  puzzle: { difficulty: 0, challenge: HASH, validForSeconds: 0 },
};
const create = {
  accessHash: HASH,
  deleteHash: HASH,
  views: 1,
  expiresInSeconds: 60,
  size: 1,
  contentHash: HASH,
};

test.each([
  ['no version', { id: ID, event: 'info', data: {} }],
  ['another version', { v: 3, id: ID, event: 'info', data: {} }],
  ['no id', { v: 2, event: 'info', data: {} }],
  ['a short id', { v: 2, id: 'AAAA', event: 'info', data: {} }],
  ['an id with bits to spare', { v: 2, id: 'AAAAAAAAAAAAAAAAAAAAAB', event: 'info', data: {} }],
  ['no data', { v: 2, id: ID, event: 'info' }],
  ['data that are a list', { v: 2, id: ID, event: 'info', data: [] }],
  [
    'a proof that is too short',
    { v: 2, id: ID, event: 'readPaste', data: { pasteId: ID, accessProof: 'AAAA' } },
  ],
  [
    'a proof that is not base64url',
    {
      v: 2,
      id: ID,
      event: 'readPaste',
      data: { pasteId: ID, accessProof: HASH.replace('A', '+') },
    },
  ],
  ...[-1, 0, 0.5, Number.MAX_SAFE_INTEGER + 2, '60', null, true].map(
    (expiresInSeconds): [string, unknown] => [
      `an expiry of ${JSON.stringify(expiresInSeconds)}`,
      { v: 2, id: ID, event: 'createPaste', data: { ...create, expiresInSeconds } },
    ],
  ),
  ...[-1, 0.5, 10_001, '1', null].map((views): [string, unknown] => [
    `${JSON.stringify(views)} views`,
    { v: 2, id: ID, event: 'createPaste', data: { ...create, views } },
  ]),
  ['a size of nothing', { v: 2, id: ID, event: 'createPaste', data: { ...create, size: 0 } }],
  [
    'a chunk that is too large',
    {
      v: 2,
      id: ID,
      event: 'putChunk',
      data: { uploadId: ID, index: 0, content: 'A'.repeat(87_384) },
    },
  ],
  [
    'a chunk of nothing',
    { v: 2, id: ID, event: 'putChunk', data: { uploadId: ID, index: 0, content: '' } },
  ],
  [
    'a negative index',
    { v: 2, id: ID, event: 'putChunk', data: { uploadId: ID, index: -1, content: 'AA' } },
  ],
])('a request with %s is refused', (_, json) => {
  expect(() => parseV2Request(json)).toThrow(expect.objectContaining({ code: 'bad-request' }));
});

test.each(['bogus', 'toString', '__proto__', ''])('the event "%s" is unknown', (event) => {
  expect(() => parseV2Request({ v: 2, id: ID, event, data: {} })).toThrow(
    expect.objectContaining({ code: 'unknown-event' }),
  );
});

test('no JSON makes it fail in any other way', () => {
  const hostile = fc.record(
    {
      v: fc.constantFrom(1, 2),
      id: fc.oneof(id, fc.jsonValue()),
      event: fc.constantFrom(...Object.keys(events)),
      data: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), hostile), (json) => {
      expect(typeof isV2Message(json)).toBe('boolean');
      requestIdOf(json);
      parseV2Reply(JSON.stringify(json));
      try {
        parseV2Request(json);
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
      }
    }),
  );
});
