import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatNymAddress, isNymAddress, NYM_KEY_BYTES, parseNymAddress } from './nym-address.js';

const EXAMPLE =
  'CytBseW6yFXUMzz4SGAKdNLGR7q3sJLLYxyBGvutNEQV.4QXYyEVc5fUDjmmi8PrHN9tdUFV4PCvSJE1278cHyvoe@4sBbL1ngf1vtNqykydQKTFh26sQCw888GpUqvPvyNB4f';

const key = fc.uint8Array({ minLength: NYM_KEY_BYTES, maxLength: NYM_KEY_BYTES });

test('an address of a real client is parsed into its three keys', () => {
  const address = parseNymAddress(EXAMPLE);
  expect(Buffer.from(address.identity).toString('hex')).toBe(
    'b202f5983ab6ad7e78b5237d005ff4887689be9a2341179b05d382cf80f1dade',
  );
  expect(Buffer.from(address.encryption).toString('hex')).toBe(
    '3299f6b78e8a0bce4daa9fcca3f93204da56a5d5132ee4d484cec3c9927cb965',
  );
  expect(Buffer.from(address.gateway).toString('hex')).toBe(
    '396e13d61e2bc32b6353a31da0c34dcc1545f93bab112ce63d9a2c1d0327a724',
  );
});

test('formatting and parsing undo each other for all keys', () => {
  fc.assert(
    fc.property(key, key, key, (identity, encryption, gateway) => {
      const address = { identity, encryption, gateway };
      expect(parseNymAddress(formatNymAddress(address))).toEqual(address);
    }),
  );
});

test.each([
  ['nothing', ''],
  ['no gateway', EXAMPLE.split('@')[0]],
  ['two gateways', `${EXAMPLE}@x`],
  ['the old form without an encryption key', EXAMPLE.replace(/\.[^@]*/, '')],
  ['white space around it', ` ${EXAMPLE}`],
  ['a letter that base58 does not have', EXAMPLE.replace('C', 'l')],
  ['a key that is too short', EXAMPLE.slice(0, -3)],
  ['a key of a million letters', `${'z'.repeat(1_000_000)}${EXAMPLE}`],
])('an address with %s is refused', (_, text) => {
  expect(() => parseNymAddress(text!)).toThrow(expect.objectContaining({ code: 'bad-address' }));
});

test('no text makes the parser fail in any other way', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((s) => `${s}.${s}@${s}`),
      ),
      (text) => {
        expect(typeof isNymAddress(text)).toBe('boolean');
      },
    ),
  );
});
