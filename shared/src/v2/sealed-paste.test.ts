import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { secureRandom } from '../random.js';
import type { PasteContent } from './container.js';
import { openPaste, sealPaste, unlock } from './sealed-paste.js';
import { RECORD_BYTES } from './records.js';

/** Argon2id takes its time, on purpose, and more of it on a busy machine. */
jest.setTimeout(30_000);

const TEXT: PasteContent = {
  text: 'Hello mixnet! é😀',
  format: 'plain',
  language: undefined,
  files: [],
};
const OPTIONS = { views: 3, expiresInSeconds: 3600 };
const keyOf = async (sealed: { secret: Uint8Array }) =>
  (await unlock(sealed.secret, undefined, undefined)).contentKey;

const name = fc.string({ maxLength: 255 });
const content: fc.Arbitrary<PasteContent> = fc.record({
  text: fc.string({ unit: 'grapheme', maxLength: 2000 }),
  format: fc.constantFrom('plain' as const, 'markdown' as const, 'code' as const),
  language: fc.option(fc.string({ maxLength: 30 }), { nil: undefined }),
  files: fc.array(fc.record({ name, type: name, bytes: fc.uint8Array({ maxLength: 5000 }) }), {
    maxLength: 5,
  }),
});

test('whatever is sealed is opened again', async () => {
  await fc.assert(
    fc.asyncProperty(content, async (it) => {
      const sealed = await sealPaste(it, OPTIONS);
      expect(await openPaste(sealed.chunks, await keyOf(sealed), OPTIONS)).toEqual(it);
    }),
    { numRuns: 50 },
  );
});

test('a large paste travels in chunks, all but the last of them full', async () => {
  const file = { name: 'noise', type: '', bytes: secureRandom(200_000) };
  const sealed = await sealPaste({ ...TEXT, files: [file] }, OPTIONS);
  expect(sealed.chunks.length).toBeGreaterThan(1);
  expect(sealed.chunks.slice(0, -1).every((chunk) => chunk.length === RECORD_BYTES)).toBe(true);
  const opened = await openPaste(sealed.chunks, await keyOf(sealed), OPTIONS);
  expect(Buffer.compare(opened.files[0]!.bytes, file.bytes)).toBe(0);
});

test('two seals of the same text have nothing in common but their size', async () => {
  const [a, b] = [await sealPaste(TEXT, OPTIONS), await sealPaste(TEXT, OPTIONS)];
  expect(a.request.size).toBe(b.request.size);
  for (const member of ['accessHash', 'deleteHash', 'contentHash'] as const) {
    expect(a.request[member]).not.toEqual(b.request[member]);
  }
});

test('whoever has the link cannot seal anything under its key', async () => {
  const contentKey = await keyOf(await sealPaste(TEXT, OPTIONS));
  expect(contentKey.usages).toEqual(['decrypt']);
  expect(contentKey.extractable).toBe(false);
  for (const name of ['keys', 'seal-records']) {
    const closed = `@pastenym/shared/v2/${name}`;
    await expect(import(closed)).rejects.toThrow();
  }
});

test('short texts all have the same size, whatever they are', async () => {
  const sizes = await Promise.all(
    ['', 'x', 'x'.repeat(900)].map(
      async (text) => (await sealPaste({ ...TEXT, text }, OPTIONS)).request.size,
    ),
  );
  expect(new Set(sizes).size).toBe(1);
});

describe('a paste stays closed', () => {
  test('to another secret', async () => {
    const sealed = await sealPaste(TEXT, OPTIONS);
    const other = await sealPaste(TEXT, OPTIONS);
    await expect(openPaste(sealed.chunks, await keyOf(other), OPTIONS)).rejects.toMatchObject({
      code: 'wrong-key',
    });
  });

  test('when the service lies about how often it may be read, or for how long it is kept', async () => {
    const sealed = await sealPaste(TEXT, OPTIONS);
    for (const lie of [{ views: 4 }, { expiresInSeconds: 7200 }]) {
      const opened = openPaste(sealed.chunks, await keyOf(sealed), { ...OPTIONS, ...lie });
      await expect(opened).rejects.toMatchObject({ code: 'wrong-key' });
    }
  });

  test('when a bit of it is changed, wherever', async () => {
    const sealed = await sealPaste(TEXT, OPTIONS);
    const [chunk] = sealed.chunks;
    for (const at of [0, 100, chunk!.length - 1]) {
      const changed = Uint8Array.from(chunk!);
      changed[at]! ^= 1;
      const opened = openPaste([changed], await keyOf(sealed), OPTIONS);
      await expect(opened).rejects.toMatchObject({ code: 'wrong-key' });
    }
  });

  test('when chunks are left out, moved or repeated', async () => {
    const bytes = secureRandom(200_000);
    const sealed = await sealPaste({ ...TEXT, files: [{ name: '', type: '', bytes }] }, OPTIONS);
    const [a, b, ...rest] = sealed.chunks;
    const key = await keyOf(sealed);
    for (const chunks of [[a!], [b!, a!, ...rest], [a!, a!, ...rest], sealed.chunks.slice(0, -1)]) {
      await expect(openPaste(chunks, key, OPTIONS)).rejects.toMatchObject({ code: 'wrong-key' });
    }
  });
});

test('a paste with a password is opened with it, and without it nothing can be derived', async () => {
  const sealed = await sealPaste(TEXT, { ...OPTIONS, password: 'pässword' });
  const right = await unlock(sealed.secret, sealed.password, 'pa\u0308ssword');
  expect(await openPaste(sealed.chunks, right.contentKey, OPTIONS)).toEqual(TEXT);
  const wrong = await unlock(sealed.secret, sealed.password, 'password');
  expect(wrong.accessProof).not.toEqual(right.accessProof);
  await expect(openPaste(sealed.chunks, wrong.contentKey, OPTIONS)).rejects.toMatchObject({
    code: 'wrong-key',
  });
  await expect(unlock(sealed.secret, sealed.password, undefined)).rejects.toMatchObject({
    code: 'bad-params',
  });
});

test.each([
  ['no number of views', { views: Number.NaN }],
  ['half a view', { views: 0.5 }],
  ['fewer views than none', { views: -1 }],
  ['an expiry that comes round to a minute', { expiresInSeconds: 2 ** 32 + 60 }],
])('a paste with %s is not sealed, and none is opened', async (_, change) => {
  const wrong = { ...OPTIONS, ...change };
  await expect(sealPaste(TEXT, wrong)).rejects.toMatchObject({ code: 'bad-params' });
  const sealed = await sealPaste(TEXT, OPTIONS);
  const opened = openPaste(sealed.chunks, await keyOf(sealed), wrong);
  await expect(opened).rejects.toMatchObject({ code: 'bad-params' });
});

test('a paste that is larger than the service takes is refused before it is sealed', async () => {
  const files = [{ name: 'noise', type: '', bytes: secureRandom(3000) }];
  const { size } = (await sealPaste({ ...TEXT, files }, OPTIONS)).request;
  const sealWithin = (mostBytes: number) =>
    sealPaste({ ...TEXT, files }, { ...OPTIONS, mostBytes });
  expect((await sealWithin(size)).request.size).toBe(size);
  await expect(sealWithin(size - 1)).rejects.toMatchObject({ code: 'paste-too-large' });
});
