import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { deflateRawSync } from 'node:zlib';
import { AppError } from '../errors.js';
import { packContent, unpackContent, type PasteContent } from './container.js';
import { paddedLength } from './padding.js';

const TEXT: PasteContent = { text: 'Hello', format: 'plain', language: undefined, files: [] };

const u32 = (n: number) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
const container = (header: unknown, body = '') => {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  return Uint8Array.from([...u32(json.length), ...json, ...Buffer.from(body)]);
};
const frame = (compression: number, body: Uint8Array, padding = 0) =>
  Uint8Array.from([compression, ...u32(body.length), ...body, ...Array<number>(padding).fill(0)]);

test('the form of a container is what the documents say', async () => {
  const body = container(
    { format: 'code', language: 'c', textBytes: 2, files: [{ name: 'a', type: 'b', bytes: 3 }] },
    'hixyz',
  );
  const expected = {
    text: 'hi',
    format: 'code',
    language: 'c',
    files: [{ name: 'a', type: 'b', bytes: Uint8Array.from(Buffer.from('xyz')) }],
  };
  expect(await unpackContent(frame(0, body, 7))).toEqual(expected);
  expect(await unpackContent(frame(1, deflateRawSync(body), 7))).toEqual(expected);
});

test('a container is padded to a size class after it has been compressed', async () => {
  const packed = await packContent({ ...TEXT, text: 'x'.repeat(1_000_000) });
  expect(packed.length).toBe(paddedLength(packed.length));
  expect(packed.length).toBeLessThan(5000);
  const noise = Buffer.from(crypto.getRandomValues(new Uint8Array(3000))).toString('base64');
  const incompressible = await packContent({ ...TEXT, text: noise });
  expect(incompressible.length).toBe(paddedLength(incompressible.length));
});

const header = { format: 'plain', textBytes: 0, files: [] };
test.each([
  ['nothing', new Uint8Array(0)],
  ['an unknown compression', frame(2, container(header))],
  ['a length beyond its end', Uint8Array.from([0, ...u32(100), 1])],
  ['padding that is not zero', Uint8Array.from([...frame(0, container(header)), 0, 1])],
  ['a header length beyond its end', frame(0, Uint8Array.from(u32(100)))],
  ['a header of 4 GiB', frame(0, Uint8Array.from(u32(2 ** 32 - 1)))],
  ['a header that is not JSON', frame(0, container('{'))],
  ['a header that is not a header', frame(0, container([]))],
  ['a format nobody knows', frame(0, container({ ...header, format: 'html' }))],
  ['a negative size', frame(0, container({ ...header, textBytes: -1 }))],
  ['a size of half a byte', frame(0, container({ ...header, textBytes: 0.5 }))],
  ['a text that is cut off', frame(0, container({ ...header, textBytes: 5 }, 'hi'))],
  ['bytes left over', frame(0, container(header, 'hi'))],
  [
    'a text that is not UTF-8',
    frame(0, Uint8Array.from([...container({ ...header, textBytes: 1 }), 0xff])),
  ],
  [
    '65 files',
    frame(0, container({ ...header, files: Array(65).fill({ name: '', type: '', bytes: 0 }) })),
  ],
  [
    'a name of a thousand letters',
    frame(0, container({ ...header, files: [{ name: 'x'.repeat(1000), type: '', bytes: 0 }] })),
  ],
  ['a deflate stream that is none', frame(1, Uint8Array.of(255, 255, 255))],
])('a container with %s is refused', async (_, framed) => {
  await expect(unpackContent(framed)).rejects.toMatchObject({ code: 'bad-paste' });
});

test('a paste that would inflate to more than the bound is refused on the way', async () => {
  const bomb = deflateRawSync(Buffer.alloc(10_000_000));
  await expect(unpackContent(frame(1, bomb), 9_999_999)).rejects.toMatchObject({
    code: 'paste-too-large',
  });
});

test('a name that is too long is refused before it is sealed', async () => {
  const files = [{ name: 'x'.repeat(256), type: '', bytes: new Uint8Array(0) }];
  await expect(packContent({ ...TEXT, files })).rejects.toMatchObject({ code: 'bad-paste' });
});

test.each(['\ud800', 'a\udc00b', '\udc00\ud800', '😀\ud83d'])(
  'a text with half a surrogate pair, %j, is refused before it is sealed, for it would come back changed',
  async (text) => {
    await expect(packContent({ ...TEXT, text })).rejects.toMatchObject({ code: 'bad-paste' });
    const halfName = { name: text, type: text, bytes: new Uint8Array(0) };
    const content = { ...TEXT, language: text, files: [halfName] };
    expect(await unpackContent(await packContent(content))).toEqual(content);
  },
);

test('no bytes make it fail in any other way', async () => {
  const hostile = fc.oneof(
    fc.uint8Array(),
    fc.tuple(fc.constantFrom(0, 1), fc.uint8Array()).map(([c, b]) => frame(c, b)),
  );
  await fc.assert(
    fc.asyncProperty(hostile, async (framed) => {
      try {
        await unpackContent(framed);
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
      }
    }),
    { numRuns: 300 },
  );
});
