import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  formatV1Reply,
  getTextReplySchema,
  newTextReplySchema,
  parseV1Reply,
  pingReplySchema,
  refusals,
} from './replies.js';

test('an id comes back in an object, and in nothing else', () => {
  expect(formatV1Reply({ ipfs: false, url_id: '8A8Z9nIk' })).toBe(
    '{"ipfs": false, "url_id": "8A8Z9nIk"}',
  );
  expect(formatV1Reply({ ipfs: false, url_id: '8A8Z9nIk' }, 'x1')).toBe(
    '{"ipfs": false, "url_id": "8A8Z9nIk", "id": "x1"}',
  );
  expect(formatV1Reply(refusals.notFound, 'x1')).toBe('{"error": "text not found", "id": "x1"}');
  expect(formatV1Reply(refusals.badText, 'x1')).toBe('"Error with text to share"');
});

test('old clients see every failure but "no text" as one: they look for "error"', () => {
  const failures = [
    refusals.empty,
    refusals.missing('data'),
    refusals.unknownEvent('x'),
    refusals.badText,
    refusals.tooLong(5),
    refusals.badExpiry('x'),
    refusals.noIpfs,
    refusals.noBlockHeight,
    refusals.overloaded,
    refusals.internal,
    refusals.notFound,
  ];
  for (const failure of failures) expect(formatV1Reply(failure).toLowerCase()).toContain('error');
});

test.each([
  ['{"error": "text not found"}', { kind: 'not-found', id: undefined }],
  ['{"error": "text not found", "id": "x1"}', { kind: 'not-found', id: 'x1' }],
  ['"{\\"error\\": \\"text not found\\"}"', { kind: 'not-found', id: undefined }],
  [
    '"Error with text to share"',
    { kind: 'failure', id: undefined, text: 'Error with text to share' },
  ],
  ['{"url_id": "x", "id": "x1"}', { kind: 'object', id: 'x1', members: { url_id: 'x', id: 'x1' } }],
  ['{"url_id": "x"}', { kind: 'object', id: undefined, members: { url_id: 'x' } }],
])('%s is read as what it is', (text, reply) => {
  expect(parseV1Reply(text)).toEqual(reply);
});

test.each(['', 'hello', '5', 'null', '[]', 'true'])('%s is no reply', (text) => {
  expect(parseV1Reply(text)).toBeUndefined();
});

test('the replies of the original service fit the schemas', () => {
  const ping =
    '{"version": "2.0.3", "alive": true, "capabilities": {"ipfs_hosting": false, "expiration_bitcoin_height": false}}';
  expect(pingReplySchema.parse(JSON.parse(ping)).version).toBe('2.0.3');
  expect(newTextReplySchema.parse({ ipfs: false, url_id: '8A8Z9nIk' }).url_id).toBe('8A8Z9nIk');
  const encrypted =
    '{"text": "tlvI2drD5O1jjbrB70hwqZKZ", "num_view": 1, "created_on": "2026-11-22T00:00:00Z", "is_burn": false, "is_ipfs": false, "burn_view": 0, "expiration_time": null, "expiration_height": null, "encParams": {"iv": "AAECAwQFBgcICQoL", "v": 1, "iter": 10000, "ks": 256, "ts": 128, "mode": "gcm", "adata": "", "cipher": "aes", "salt": "AAECAwQFBgc="}}';
  expect(getTextReplySchema.parse(JSON.parse(encrypted)).encParams?.iv).toBe('AAECAwQFBgcICQoL');
  const open =
    '{"text": "{&quot;text&quot;: 1}", "num_view": 1, "created_on": "2026-11-22T00:00:00Z", "is_burn": false, "is_ipfs": false, "burn_view": 0, "encryption_params_b64": null, "expiration_time": null, "expiration_height": null}';
  expect(getTextReplySchema.parse(JSON.parse(open)).encParams).toBeUndefined();
});

test('no text makes the reader of replies fail', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(() => parseV1Reply(text)).not.toThrow();
    }),
  );
});
