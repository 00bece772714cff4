import { expect, test } from '@jest/globals';
import { encodeBase64Url } from '../base64url.js';
import { MAX_VIEWS } from '../limits.js';
import { MAX_EXPIRY_SECONDS, MAX_PASTE_BYTES } from './messages.js';
import { surbsFor, surbsForRead } from './surbs.js';
import { formatV2Reply } from './wire.js';

test.each([
  [0, 15],
  [1024, 15],
  [1601, 15],
  [1602, 16],
  [90_000, 10 + 57 + 12],
])('an answer of %i bytes asks for %i reply blocks', (bytes, surbs) => {
  expect(surbsFor(bytes)).toBe(surbs);
});

const answerTo = (sizeBytes: number) =>
  formatV2Reply(encodeBase64Url(new Uint8Array(16)), 'readPaste', {
    size: MAX_PASTE_BYTES,
    views: MAX_VIEWS,
    viewsLeft: Number.MAX_SAFE_INTEGER,
    expiresInSeconds: MAX_EXPIRY_SECONDS,
    expiresAt: Number.MAX_SAFE_INTEGER,
    content: new Uint8Array(sizeBytes),
  });

test.each([1040, 2048, 16_384, 40_001, 65_536])(
  'a read of a paste of %i bytes brings enough reply blocks for the longest answer',
  (size) => {
    const needed = surbsFor(answerTo(size).length);
    const brought = surbsForRead(Math.ceil(size / 1024));
    expect(brought).toBeGreaterThanOrEqual(needed);
    expect(brought).toBeLessThanOrEqual(needed + 3);
  },
);

test('the first answer has one chunk, however large the paste is', () => {
  expect(surbsForRead(262_144)).toBe(surbsFor(answerTo(65_536).length));
  expect(surbsForRead(64)).toBe(surbsForRead(262_144));
});

test('a link that does not say how large its paste is asks for what the smallest needs', () => {
  expect(surbsForRead(undefined)).toBe(surbsFor(answerTo(1040).length));
});
