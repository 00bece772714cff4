import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '../errors.js';
import { MAX_MESSAGE_BYTES } from '../limits.js';
import { openEnvelope, sealReply } from './envelope.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (message: Uint8Array) => new TextDecoder().decode(message);
const toBase64 = (message: Uint8Array) => bytes(Buffer.from(message).toString('base64'));

const PING = '{"event":"ping","data":"empty"}';
const HEADER =
  '\u0000\u0000\u0000\u0000\u0000\u0000\u0000.{"mimeType":"application/json","headers":null}';

test.each([
  ['raw', bytes(PING), PING],
  ['base64', toBase64(bytes(PING)), PING],
  ['headed', bytes(HEADER + PING), HEADER + PING],
  ['base64-headed', toBase64(bytes(HEADER + PING)), HEADER + PING],
])(
  'a %s message is opened and answered in the form that its sender reads',
  (form, message, reply) => {
    const envelope = openEnvelope(message);
    expect(envelope).toEqual({ form, text: PING });
    expect(text(sealReply(envelope.form, PING))).toBe(reply);
  },
);

test('metadata of any other length is cut where its length says', () => {
  const metadata = '{"mimeType":"text/plain","headers":null}';
  const message = bytes(
    `\u0000\u0000\u0000\u0000\u0000\u0000\u0000${String.fromCharCode(metadata.length)}${metadata}${PING}`,
  );
  expect(openEnvelope(message)).toEqual({ form: 'headed', text: PING });
});

test.each(['null', 'true', '1234'])(
  '%s is taken for base64, as the original takes it',
  (message) => {
    try {
      expect(openEnvelope(bytes(message)).form).toBe('base64');
    } catch (error) {
      expect(error).toMatchObject({ code: 'bad-message' });
    }
  },
);

test.each([
  ['not UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d)],
  ['a header without an end', Uint8Array.of(0, 0, 0)],
  ['a header longer than the message', Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 200, 1)],
  ['a header of 2^56 bytes', Uint8Array.of(0, 1, 0, 0, 0, 0, 0, 0, 1)],
  ['a byte too many', new Uint8Array(MAX_MESSAGE_BYTES + 1).fill(0x20)],
])('a message with %s is refused', (_, message) => {
  expect(() => openEnvelope(message)).toThrow(expect.objectContaining({ code: 'bad-message' }));
});

test('no bytes make it fail in any other way', () => {
  const hostile = fc.oneof(
    fc.uint8Array(),
    fc.uint8Array().map((b) => Uint8Array.of(0, 0, 0, 0, 0, 0, 0, ...b)),
    fc.uint8Array().map(toBase64),
  );
  fc.assert(
    fc.property(hostile, (message) => {
      try {
        expect(typeof openEnvelope(message).text).toBe('string');
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
      }
    }),
  );
});

test('what is sealed is opened again, in every form', () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.constantFrom('raw' as const, 'headed' as const),
      (value, form) => {
        const json = `{"x":${JSON.stringify(value)}}`;
        expect(openEnvelope(sealReply(form, json))).toEqual({ form, text: json });
      },
    ),
  );
});
