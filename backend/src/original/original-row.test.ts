import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { escapeHtml } from '@pastenym/shared/v1/html-escape';
import { readRow, ROW_FAULTS } from './original-row.js';

const NOW = 1_800_000_000;

const PARAMETERS =
  '{"iv": "AAECAwQFBgcICQoL", "v": 1, "iter": 10000, "ks": 256, "ts": 128, "mode": "gcm", "adata": "", "cipher": "aes", "salt": "AAECAwQFBgc="}';

const base64 = (text: string) => Buffer.from(text).toString('base64');

const row = (members: Record<string, unknown> = {}) => ({
  id: 1,
  text: Buffer.from('aGVsbG8='),
  url_id: '8A8Z9nIk',
  is_ipfs: 0,
  expiration_time: null,
  expiration_height: null,
  author: null,
  encryption_params_b64: base64(PARAMETERS),
  num_view: 3,
  is_private: 1,
  is_burn: 0,
  burn_view: 0,
  created_on: '2024-03-09 00:00:00',
  updated_on: '2024-03-09 00:00:00',
  ...members,
});

test('a row becomes a paste with its views, its expiry and its day', () => {
  expect(readRow(row({ is_burn: 1, burn_view: 5, expiration_time: NOW + 1 }), NOW)).toEqual({
    id: '8A8Z9nIk',
    content: Buffer.from('aGVsbG8='),
    details: PARAMETERS.replace(/ /g, ''),
    maxViews: 5,
    views: 3,
    createdDay: 19_791,
    expiresAt: NOW + 1,
    expiresAtBlock: undefined,
  });
});

test('a text is stored as it was before the original escaped it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
      const paste = readRow(row({ text: Buffer.from(escapeHtml(text)) }), NOW);
      expect(paste).toMatchObject({ content: Buffer.from(text) });
    }),
  );
});

test('columns that old versions did not have may be missing', () => {
  const old = {
    url_id: '8A8Z9nIk',
    text: Buffer.from('x'),
    num_view: 0,
    created_on: '2022-01-01 10:11:12.131415',
  };
  expect(readRow(old, NOW)).toMatchObject({ maxViews: undefined, details: undefined });
  expect(readRow({ ...old, is_burn: 1 }, NOW)).toMatchObject({ maxViews: 1 });
});

test('what expires at a block keeps its height', () => {
  expect(readRow(row({ expiration_height: 900_000 }), NOW)).toMatchObject({
    expiresAtBlock: 900_000,
  });
});

test.each([
  ['bad-row', { text: null }],
  ['bad-row', { text: 'a text, not bytes' }],
  ['bad-row', { url_id: 5 }],
  ['bad-row', { num_view: -1 }],
  ['bad-row', { num_view: 1.5 }],
  ['bad-row', { num_view: null }],
  ['bad-row', { is_burn: 2 }],
  ['bad-row', { encryption_params_b64: Buffer.from('x') }],
  ['bad-row', { created_on: null }],
  ['bad-id', { url_id: '' }],
  ['bad-id', { url_id: 'short' }],
  ['bad-id', { url_id: 'x'.repeat(65) }],
  ['bad-id', { url_id: '../../etc' }],
  ['bad-id', { url_id: '8A8Z9nI\u0000' }],
  ['ipfs', { is_ipfs: 1, url_id: 'bafkreigh2akiscaildcqabsyg3dfr6' }],
  ['expired', { expiration_time: NOW }],
  ['expired', { expiration_time: 0 }],
  ['expired', { expiration_time: -5 }],
  ['bad-expiry', { expiration_time: NOW + 0.5 }],
  ['bad-expiry', { expiration_time: 1e15 }],
  ['bad-expiry', { expiration_time: 'tomorrow' }],
  ['bad-expiry', { expiration_height: 0 }],
  ['bad-expiry', { expiration_height: -1 }],
  ['bad-expiry', { expiration_height: '900000' }],
  ['burnt', { is_burn: 1, burn_view: 3 }],
  ['burnt', { is_burn: 1, burn_view: 1 }],
  ['bad-views', { is_burn: 1, burn_view: 0 }],
  ['bad-views', { is_burn: 1, burn_view: 10_001 }],
  ['bad-views', { is_burn: 0, burn_view: 3 }],
  ['bad-date', { created_on: '' }],
  ['bad-date', { created_on: 'yesterday' }],
  ['bad-date', { created_on: '2024-02-30 00:00:00' }],
  ['bad-date', { created_on: '1960-01-01 00:00:00' }],
  ['bad-text', { text: Buffer.from('') }],
  ['bad-text', { text: Buffer.from('a < b') }],
  ['bad-text', { text: Buffer.from('a & b') }],
  ['bad-text', { text: Buffer.from('&copy;') }],
  ['bad-text', { text: Buffer.from([0x61, 0xff]) }],
  ['bad-text', { text: Buffer.from([0xed, 0xa0, 0x80]) }],
  ['bad-encryption', { encryption_params_b64: '' }],
  ['bad-encryption', { encryption_params_b64: 'not base64' }],
  ['bad-encryption', { encryption_params_b64: base64('') }],
  ['bad-encryption', { encryption_params_b64: base64('{') }],
  ['bad-encryption', { encryption_params_b64: base64('null') }],
  ['bad-encryption', { encryption_params_b64: base64('[]') }],
  ['bad-encryption', { encryption_params_b64: base64('"x"') }],
  ['bad-encryption', { encryption_params_b64: base64('{}') }],
  ['bad-encryption', { encryption_params_b64: base64(PARAMETERS.replace('"gcm"', '"cbc"')) }],
  ['bad-encryption', { encryption_params_b64: base64(PARAMETERS.replace('10000', '10000.0')) }],
  ['bad-encryption', { encryption_params_b64: base64(PARAMETERS.replace('{', '{"v": 1, ')) }],
  [
    'bad-encryption',
    { encryption_params_b64: base64(PARAMETERS.replace('{', '{"x": {"y": 1}, ')) },
  ],
  ['bad-encryption', { encryption_params_b64: Buffer.from([0x22, 0xff, 0x22]).toString('base64') }],
] as const)('%s: %j', (fault, members) => {
  expect(readRow(row(members), NOW)).toBe(fault);
});

test('a text that no reply could hold is too long', () => {
  expect(readRow(row({ text: Buffer.alloc(12_000_001, 'x') }), NOW)).toBe('too-long');
  expect(readRow(row({ text: Buffer.from('\u0001'.repeat(2_800_000)) }), NOW)).toBe('too-long');
});

test('whatever a row is, it is a paste or has a fault', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...Object.keys(row())), fc.anything()), (members) => {
      const result = readRow(row(members), NOW);
      if (typeof result === 'string') expect(Object.keys(ROW_FAULTS)).toContain(result);
    }),
  );
  for (const value of [null, undefined, 5, 'x', []]) expect(readRow(value, NOW)).toBe('bad-row');
});
