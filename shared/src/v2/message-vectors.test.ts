import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parseBoundedJson } from '../bounded-json.js';
import { AppError } from '../errors.js';
import { events, type EventName } from './messages.js';
import { paddedLength } from './padding.js';
import {
  formatV2Failure,
  formatV2Reply,
  formatV2Request,
  parseReplyData,
  parseV2Reply,
  parseV2Request,
} from './wire.js';

/** The test vectors in shared/vectors/v2-messages.json, which another implementation made. */
interface MessageVector {
  name: string;
  id: string;
  event: EventName;
  data: Record<string, unknown>;
  length: number;
  text?: string;
  sha256?: string;
}

const vectors = JSON.parse(
  readFileSync(new URL('../../vectors/v2-messages.json', import.meta.url), 'utf8'),
) as {
  requests: MessageVector[];
  replies: MessageVector[];
  failures: (Pick<MessageVector, 'name' | 'id' | 'length' | 'text'> & { error: never })[];
  invalidRequests: { name: string; text: string; error: string }[];
  invalidReplies: { name: string; event: EventName; text: string; error: string }[];
};

function stream(length: number): string {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, i) =>
    createHash('sha256')
      .update('pastenym vector')
      .update(Uint8Array.of(i >>> 24, i >>> 16, i >>> 8, i))
      .digest(),
  );
  return Buffer.concat(blocks).subarray(0, length).toString('base64url');
}

/** The data as it stands on the wire. */
const wireData = ({ data }: MessageVector): unknown =>
  JSON.parse(JSON.stringify(data), (_, value: unknown) =>
    typeof value === 'object' && value !== null && 'stream' in value
      ? stream(Number(value.stream))
      : value,
  );

function expectText(text: string, vector: Pick<MessageVector, 'length' | 'text' | 'sha256'>) {
  expect(Buffer.byteLength(text)).toBe(vector.length);
  expect(paddedLength(vector.length)).toBe(vector.length);
  if (vector.text !== undefined) expect(text).toBe(vector.text);
  if (vector.sha256 !== undefined) {
    expect(createHash('sha256').update(text).digest('base64url')).toBe(vector.sha256);
  }
}

test.each(vectors.requests)('a request, $event: $name, is written and read as elsewhere', (it) => {
  const data = events[it.event].request.parse(wireData(it));
  const text = formatV2Request(it.id, it.event, data as never);
  expectText(text, it);
  expect(parseV2Request(parseBoundedJson(text))).toEqual({ id: it.id, event: it.event, data });
});

test.each(vectors.replies)('a reply, $event: $name, is written and read as elsewhere', (it) => {
  const data = events[it.event].reply.parse(wireData(it));
  const text = formatV2Reply(it.id, it.event, data as never);
  expectText(text, it);
  const reply = parseV2Reply(text);
  expect(reply).toMatchObject({ id: it.id, ok: true });
  expect(parseReplyData(it.event, reply?.ok === true ? reply.data : undefined)).toEqual(data);
});

test.each(vectors.failures)('a failure: $name, is written and read as elsewhere', (it) => {
  const text = formatV2Failure(it.id, it.error);
  expectText(text, it);
  expect(parseV2Reply(text)).toMatchObject({ id: it.id, ok: false, error: it.error });
});

test('there are vectors for every event, both ways', () => {
  const names = Object.keys(events).sort();
  for (const list of [vectors.requests, vectors.replies, vectors.invalidReplies]) {
    expect([...new Set(list.map(({ event }) => event))].sort()).toEqual(names);
  }
  const refused = vectors.invalidRequests.map(({ text }) => /"event":"(\w+)"/.exec(text)?.[1]);
  expect(refused).toEqual(expect.arrayContaining(names));
});

test.each(vectors.invalidRequests)('a request with $name is refused', ({ text, error }) => {
  expect(() => parseV2Request(parseBoundedJson(text))).toThrow(
    expect.objectContaining({ code: error }),
  );
});

test.each(vectors.invalidReplies)('$event: a reply with $name is refused', (it) => {
  expect(() => {
    const reply = parseV2Reply(it.text);
    if (reply?.ok !== true) throw new AppError('bad-message');
    parseReplyData(it.event, reply.data);
  }).toThrow(expect.objectContaining({ code: it.error }));
});
