import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseControlMessage } from './control-messages.js';
import { ProtocolError } from './protocol-error.js';

const parse = (text: string): unknown => parseControlMessage(Buffer.from(text));

test('members that are not known are ignored, as a real gateway ignores them', () => {
  expect(parse('{"type":"supportedProtocol","more":[1]}')).toEqual({ type: 'supportedProtocol' });
});

test.each([
  ['', 'not JSON'],
  ['{', 'not JSON'],
  ['null', 'malformed'],
  ['[]', 'malformed'],
  ['7', 'malformed'],
  ['{}', 'malformed at "type"'],
  ['{"type":"nothing"}', 'malformed at "type"'],
  ['{"type":"handshakePayload"}', 'malformed at "data"'],
  ['{"type":"handshakePayload","data":"00"}', 'malformed at "data"'],
  ['{"type":"handshakePayload","data":[256]}', 'malformed at "data.0"'],
  ['{"type":"handshakePayload","data":[1.5]}', 'malformed at "data.0"'],
  ['{"type":"handshakePayload","data":[-1]}', 'malformed at "data.0"'],
  ['{"type":"authenticateV2"}', 'malformed at "protocolVersion"'],
  ['{"type":"authenticate","address":1}', 'malformed at "address"'],
  ['{"type":"encryptedRequest","ciphertext":[],"nonce":[1]}', 'malformed at "nonce"'],
  [`{"type":"handshakePayload","data":[${'1,'.repeat(5000)}1]}`, 'malformed at "data"'],
  [`{"type":"handshakeError","message":"${'x'.repeat(2000)}"}`, 'malformed at "message"'],
  [`"${'x'.repeat(20_000)}"`, 'too long'],
])('%.60s is refused', (text, why) => {
  expect(() => parse(text)).toThrow(why);
});

test('a message that is not UTF-8 is refused', () => {
  expect(() => parseControlMessage(Uint8Array.of(0x22, 0xff, 0x22))).toThrow('not JSON');
});

test('no text makes parsing fail in any other way, and none is quoted', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string({ minLength: 3 })), (text) => {
      try {
        parse(text);
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError);
      }
    }),
  );
});
