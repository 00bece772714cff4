import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { binaryRequest, binaryResponse, EXAMPLE_ADDRESS } from '../../test/support/arbitraries.js';
import {
  decodeBinaryRequest,
  decodeBinaryResponse,
  encodeBinaryRequest,
  encodeBinaryResponse,
} from './binary.js';
import type { ClientRequest, ServerResponse } from './messages.js';
import { ProtocolError } from './protocol-error.js';

const ADDRESS =
  'b202f5983ab6ad7e78b5237d005ff4887689be9a2341179b05d382cf80f1dade' +
  '3299f6b78e8a0bce4daa9fcca3f93204da56a5d5132ee4d484cec3c9927cb965' +
  '396e13d61e2bc32b6353a31da0c34dcc1545f93bab112ce63d9a2c1d0327a724';
const TAG = '2a'.repeat(16);
const hi = new TextEncoder().encode('hi');
const tag = new Uint8Array(16).fill(0x2a);

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));

function complaintAbout(frame: string): [string, string] {
  try {
    decodeBinaryRequest(bytes(frame));
  } catch (error) {
    if (error instanceof ProtocolError) return [error.kind, error.message];
    throw error;
  }
  throw new Error('understood');
}

test.each<[string, ClientRequest, string]>([
  [
    'Send',
    { type: 'send', recipient: EXAMPLE_ADDRESS, message: hi, connectionId: undefined },
    `00${ADDRESS}000000000000000000000000000000026869`,
  ],
  [
    'SendAnonymous',
    {
      type: 'sendAnonymous',
      recipient: EXAMPLE_ADDRESS,
      message: hi,
      replySurbs: 20,
      connectionId: undefined,
    },
    `0100000014${ADDRESS}000000000000000000000000000000026869`,
  ],
  [
    'Reply',
    { type: 'reply', senderTag: tag, message: hi, connectionId: 7n },
    '022a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a000000000000000700000000000000026869',
  ],
  ['SelfAddress', { type: 'selfAddress' }, '03'],
  ['ClosedConnection', { type: 'closedConnection', connectionId: 7n }, '040000000000000007'],
  ['GetLaneQueueLength', { type: 'getLaneQueueLength', connectionId: 7n }, '050000000000000007'],
])('the request %s has the bytes of the native client', (_, request, frame) => {
  expect(hex(encodeBinaryRequest(request))).toBe(frame);
  expect(decodeBinaryRequest(bytes(frame))).toEqual(request);
});

test.each<[string, ServerResponse, string]>([
  [
    'Received with a tag',
    { type: 'received', message: hi, senderTag: tag },
    `0101${TAG}00000000000000026869`,
  ],
  [
    'Received without a tag',
    { type: 'received', message: hi, senderTag: undefined },
    '010000000000000000026869',
  ],
  ['SelfAddress', { type: 'selfAddress', address: EXAMPLE_ADDRESS }, `02${ADDRESS}`],
  [
    'LaneQueueLength',
    { type: 'laneQueueLength', lane: 7n, queueLength: 12n },
    '030000000000000007000000000000000c',
  ],
  [
    'Error',
    { type: 'error', kind: 'emptyRequest', message: 'no data provided' },
    '000100000000000000106e6f20646174612070726f7669646564',
  ],
])('the response %s has the bytes of the native client', (_, response, frame) => {
  expect(hex(encodeBinaryResponse(response))).toBe(frame);
  expect(decodeBinaryResponse(bytes(frame))).toEqual(response);
});

test('requests come back as they were sent', () => {
  fc.assert(
    fc.property(binaryRequest, (request) => {
      expect(decodeBinaryRequest(encodeBinaryRequest(request))).toEqual(request);
    }),
  );
});

test('responses come back as they were sent', () => {
  fc.assert(
    fc.property(binaryResponse, (response) => {
      expect(decodeBinaryResponse(encodeBinaryResponse(response))).toEqual(response);
    }),
  );
});

test('no bytes make either decoder fail in any other way than it says', () => {
  const start = fc.constantFrom('', '00', '01', '02', '03', '04', '05', `00${ADDRESS}`, '0101');
  fc.assert(
    fc.property(start, fc.uint8Array({ maxLength: 150 }), (head, tail) => {
      for (const decode of [decodeBinaryRequest, decodeBinaryResponse]) {
        try {
          decode(bytes(head + hex(tail)));
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }
    }),
    { numRuns: 1000 },
  );
});

test('a frame cut short or lengthened anywhere is never taken for a whole one', () => {
  fc.assert(
    fc.property(binaryRequest, fc.nat(), (request, at) => {
      if (request.type === 'selfAddress') return; // trailing bytes are tolerated there
      const frame = encodeBinaryRequest(request);
      expect(() => decodeBinaryRequest(frame.subarray(0, at % frame.length))).toThrow(
        ProtocolError,
      );
      expect(() => decodeBinaryRequest(Buffer.concat([frame, hi]))).toThrow(ProtocolError);
    }),
  );
});

test.each([
  ['nothing', '', 'emptyRequest', 'no data provided'],
  ['an unknown tag', '0a', 'unknownRequest', '10 does not correspond to any valid request tag'],
  [
    'a short Send',
    `00${ADDRESS}00`,
    'tooShortRequest',
    "not enough data provided to recover 'send'",
  ],
  [
    'a short SendAnonymous',
    '01',
    'tooShortRequest',
    "not enough data provided to recover 'send_anonymous'",
  ],
  [
    'a Reply that was a SelfAddress before 2022',
    '02',
    'tooShortRequest',
    "not enough data provided to recover 'reply'",
  ],
  [
    'more data than it says',
    `00${ADDRESS}000000000000000000000000000000016869`,
    'malformedRequest',
    'data len has inconsistent length. specified: 1 got: 2',
  ],
  [
    'a length of 2^64 - 1',
    `02${TAG}0000000000000000ffffffffffffffff6869`,
    'malformedRequest',
    'message len has inconsistent length. specified: 18446744073709551615 got: 2',
  ],
  [
    'a short ClosedConnection',
    '04',
    'malformedRequest',
    'The received closed connection has invalid length',
  ],
  [
    'a long GetLaneQueueLength',
    '05000000000000000700',
    'malformedRequest',
    'The received get lane queue lengths has invalid length',
  ],
  [
    'a recipient that is no point of the curve',
    `00${'02'.repeat(32)}${ADDRESS.slice(64)}00000000000000000000000000000000`,
    'malformedRequest',
    "malformed recipient: recipient's identity key is malformed: signature error: Cannot decompress Edwards point",
  ],
])('a request with %s is refused in the words of the native client', (_, frame, kind, message) => {
  expect(complaintAbout(frame)).toEqual([kind, message]);
});

test('the queue length of a nym-client built for 32 bits is understood', () => {
  expect(decodeBinaryResponse(bytes('0300000000000000070000000c'))).toEqual({
    type: 'laneQueueLength',
    lane: 7n,
    queueLength: 12n,
  });
});
