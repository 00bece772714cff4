import { expect, test } from '@jest/globals';
import { base58 } from '@scure/base';
import fc from 'fast-check';
import {
  EXAMPLE_ADDRESS,
  EXAMPLE_ADDRESS_TEXT,
  jsonRequest,
  jsonResponse,
} from '../../test/support/arbitraries.js';
import {
  decodeJsonRequest,
  decodeJsonResponse,
  encodeJsonRequest,
  encodeJsonResponse,
} from './json.js';
import { ProtocolError } from './protocol-error.js';

const TAG = new Uint8Array(16).fill(0x2a);
const TAG_TEXT = '6CzGHguLGCk1f416kwDZB7';
const [IDENTITY, ENCRYPTION, GATEWAY] = EXAMPLE_ADDRESS_TEXT.split(/[.@]/) as [
  string,
  string,
  string,
];

/** What the nym-client answers to a text frame that it cannot understand. */
function answerTo(frame: string): string {
  try {
    decodeJsonRequest(Buffer.from(frame));
  } catch (error) {
    if (error instanceof ProtocolError) {
      return encodeJsonResponse({ type: 'error', kind: error.kind, message: error.message });
    }
    throw error;
  }
  return 'understood';
}

const complaint = (message: string) =>
  JSON.stringify({ type: 'error', message: `malformed request:${message}` });

const sendTo = (recipient: string) => JSON.stringify({ type: 'send', recipient, message: 'hi' });

const replyTo = (senderTag: string) => JSON.stringify({ type: 'reply', senderTag, message: 'hi' });

const anonymous = (replySurbs: string) =>
  `{"type":"sendAnonymous","recipient":"${EXAMPLE_ADDRESS_TEXT}","message":"","replySurbs":${replySurbs}}`;

test('requests come back as they were sent', () => {
  fc.assert(
    fc.property(jsonRequest, (request) => {
      expect(decodeJsonRequest(Buffer.from(encodeJsonRequest(request)))).toEqual(request);
    }),
  );
});

test('responses come back as they were sent', () => {
  fc.assert(
    fc.property(jsonResponse, (response) => {
      expect(decodeJsonResponse(Buffer.from(encodeJsonResponse(response)))).toEqual(response);
    }),
  );
});

test('no bytes make either decoder fail in any other way than it says', () => {
  const hostile = fc.oneof(
    fc.uint8Array(),
    fc.json().map((s) => new TextEncoder().encode(s)),
  );
  fc.assert(
    fc.property(hostile, (frame) => {
      for (const decode of [decodeJsonRequest, decodeJsonResponse]) {
        try {
          decode(frame);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }
    }),
  );
});

test.each([
  ['nothing', '', 'EOF while parsing a value at line 1 column 0'],
  ['a word', 'hello', 'expected value at line 1 column 1'],
  ['an open brace', '{', 'EOF while parsing an object at line 1 column 1'],
  ['an empty object', '{}', 'missing field `type` at line 1 column 2'],
  [
    'a number',
    '42',
    'invalid type: integer `42`, expected internally tagged enum ClientRequestText at line 1 column 2',
  ],
  [
    'an unknown type',
    '{"type":"foo"}',
    'unknown variant `foo`, expected one of `send`, `sendAnonymous`, `reply`, `selfAddress` at line 1 column 13',
  ],
  [
    'a number as type',
    '{"type":5}',
    'invalid type: integer `5`, expected variant identifier at line 1 column 9',
  ],
  [
    'two objects in one frame',
    '{"type":"selfAddress"}{"type":"selfAddress"}',
    'trailing characters at line 1 column 23',
  ],
  [
    'a raw newline in a string',
    '{"type":"send","message":"a\nb"}',
    'control character (\\u0000-\\u001F) found while parsing a string at line 2 column 0',
  ],
  ['no recipient', '{"type":"send","message":"x"}', 'missing field `recipient`'],
  [
    'no replySurbs',
    `{"type":"sendAnonymous","recipient":"${EXAMPLE_ADDRESS_TEXT}","message":"x"}`,
    'missing field `replySurbs`',
  ],
  ['an object as message', '{"type":"send","message":{}}', 'invalid type: map, expected a string'],
  ['null as message', '{"type":"send","message":null}', 'invalid type: null, expected a string'],
  [
    'a number as message',
    '{"type":"send","message":5}',
    'invalid type: integer `5`, expected a string',
  ],
  ['text as replySurbs', anonymous('"5"'), 'invalid type: string "5", expected u32'],
  ['negative replySurbs', anonymous('-1'), 'invalid value: integer `-1`, expected u32'],
  [
    'too many replySurbs',
    anonymous('4294967296'),
    'invalid value: integer `4294967296`, expected u32',
  ],
  [
    'a fraction as replySurbs',
    anonymous('5.5'),
    'invalid type: floating point `5.5`, expected u32',
  ],
  [
    'the reply of before 2022',
    '{"type":"reply","message":"x","replySurb":"y"}',
    'missing field `senderTag`',
  ],
  ['a repeated field', '{"type":"send","message":"a","message":"b"}', 'duplicate field `message`'],
  [
    'an address without a gateway',
    sendTo(`${IDENTITY}.${ENCRYPTION}`),
    "recipient is malformed - the string address does not contain exactly a single '@' character ",
  ],
  [
    'an address with two gateways',
    sendTo(`${EXAMPLE_ADDRESS_TEXT}@${GATEWAY}`),
    "recipient is malformed - the string address does not contain exactly a single '@' character ",
  ],
  [
    'an address of before 2020',
    sendTo(`${IDENTITY}@${GATEWAY}`),
    "recipient is malformed - the string address does not contain exactly a single '.' character ",
  ],
  [
    'an identity that is not base58',
    sendTo(`Cytl${IDENTITY.slice(4)}.${ENCRYPTION}@${GATEWAY}`),
    "recipient's identity key is malformed: the base58 representation of the public key was malformed - provided string contained invalid character 'l' at byte 3",
  ],
  [
    'a newline after the address',
    sendTo(`${EXAMPLE_ADDRESS_TEXT}\n`),
    "recipient gateway's identity key is malformed: the base58 representation of the public key was malformed - provided string contained invalid character '\\n' at byte 44",
  ],
  [
    'an identity of 31 bytes',
    sendTo(`${base58.encode(EXAMPLE_ADDRESS.identity.slice(1))}.${ENCRYPTION}@${GATEWAY}`),
    "recipient's identity key is malformed: could not convert slice to array",
  ],
  [
    'an identity that is no point of the curve',
    sendTo(`${base58.encode(new Uint8Array(32).fill(2))}.${ENCRYPTION}@${GATEWAY}`),
    "recipient's identity key is malformed: signature error: Cannot decompress Edwards point",
  ],
  [
    'an encryption key of 33 bytes',
    sendTo(`${IDENTITY}.${base58.encode(new Uint8Array(33).fill(9))}@${GATEWAY}`),
    "recipient's encryption key is malformed: received public key of invalid size. Got: 33, expected: 32",
  ],
  [
    'a gateway that is no point of the curve',
    sendTo(`${IDENTITY}.${ENCRYPTION}@${base58.encode(new Uint8Array(32).fill(2))}`),
    "recipient gateway's identity key is malformed: signature error: Cannot decompress Edwards point",
  ],
  [
    'a tag that is not base58',
    replyTo('0abc'),
    "Failed to decode the base58-encoded string - provided string contained invalid character '0' at byte 0",
  ],
  [
    'a tag of 15 bytes',
    replyTo(base58.encode(TAG.slice(1))),
    'Decoded AnonymousSenderTag has invalid length. Expected 16, but got 15',
  ],
])('a frame with %s is answered in the words of the native client', (_, frame, message) => {
  expect(answerTo(frame)).toBe(complaint(message));
});

test('wrong types are complained of before wrong addresses', () => {
  expect(answerTo('{"type":"send","recipient":"nowhere","message":5}')).toContain(
    'expected a string',
  );
});

test('an address of a million letters is refused in a moment', () => {
  const start = process.cpuUsage();
  expect(answerTo(sendTo(`${IDENTITY}.${'z'.repeat(1_000_000)}@${GATEWAY}`))).toContain('Got: ');
  expect(process.cpuUsage(start).user).toBeLessThan(1_000_000);
});

test('a connectionId keeps 64 bits, may be null, and may be 0', () => {
  const withId = (id: string) =>
    decodeJsonRequest(
      Buffer.from(`{"type":"reply","senderTag":"${TAG_TEXT}","message":"","connectionId":${id}}`),
    );
  expect(withId('18446744073709551615')).toHaveProperty('connectionId', 2n ** 64n - 1n);
  expect(withId('0')).toHaveProperty('connectionId', 0n);
  expect(withId('null')).toHaveProperty('connectionId', undefined);
});

test('responses have exactly the bytes of the native client', () => {
  const received = { type: 'received', message: Buffer.from('hello') } as const;
  expect(encodeJsonResponse({ ...received, senderTag: undefined })).toBe(
    '{"type":"received","message":"hello","senderTag":null}',
  );
  expect(encodeJsonResponse({ ...received, senderTag: TAG })).toBe(
    `{"type":"received","message":"hello","senderTag":"${TAG_TEXT}"}`,
  );
  expect(encodeJsonResponse({ type: 'selfAddress', address: EXAMPLE_ADDRESS })).toBe(
    `{"type":"selfAddress","address":"${EXAMPLE_ADDRESS_TEXT}"}`,
  );
  expect(encodeJsonResponse({ type: 'laneQueueLength', lane: 7n, queueLength: 12n })).toBe(
    '{"type":"laneQueueLength","lane":7,"queue_length":12}',
  );
});

test.each([
  [
    'escapes control characters only',
    'a"\\\u0001\u001f\n/é\u2028\u007f',
    'a\\"\\\\\\u0001\\u001f\\n/é\u2028\u007f',
  ],
  ['keeps a byte order mark', '\ufeffx', '\ufeffx'],
])('text in a response %s', (_, text, written) => {
  const message = new TextEncoder().encode(text);
  expect(encodeJsonResponse({ type: 'received', message, senderTag: undefined })).toBe(
    `{"type":"received","message":"${written}","senderTag":null}`,
  );
});

test('bytes that are not UTF-8 become replacement characters, one for each ill-formed sequence', () => {
  const message = Uint8Array.of(0x61, 0xff, 0xe2, 0x82, 0x62, 0xf0, 0x9f, 0x98, 0xc0, 0xaf);
  expect(encodeJsonResponse({ type: 'received', message, senderTag: undefined })).toBe(
    '{"type":"received","message":"a\ufffd\ufffdb\ufffd\ufffd\ufffd","senderTag":null}',
  );
});

test('a message that is not UTF-8 cannot be asked for as JSON', () => {
  const message = Uint8Array.of(0xff);
  expect(() => encodeJsonRequest({ type: 'reply', senderTag: TAG, message })).toThrow(
    expect.objectContaining({ code: 'bad-message' }),
  );
});
