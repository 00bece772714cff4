import { expect, jest, test } from '@jest/globals';
import { createHash, hkdfSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { decodeBase64Url, encodeBase64Url } from '../base64url.js';
import { AppError } from '../errors.js';
import type { PasteContent } from './container.js';
import { derivePasteKeys, hashProof } from './keys.js';
import { paddedLength } from './padding.js';
import { parsePasswordParameters, stretchPassword } from './password.js';
import { hashContent, openPaste, sealPaste, unlock } from './sealed-paste.js';

/** Argon2id takes its time, on purpose, and more of it on a busy machine. */
jest.setTimeout(30_000);

/** The test vectors in shared/vectors/v2.json, which another implementation made. */
interface PasteVector {
  name: string;
  secret: string;
  password?: string;
  passwordParameters?: string;
  views: number;
  expiresInSeconds: number;
  size: number;
  contentHash: string;
  accessHash: string;
  deleteHash: string;
  chunks?: string[];
  chunkHashes?: string[];
  content: Omit<PasteContent, 'files'> & {
    files: { name: string; type: string; bytes: string | { stream: number } }[];
  };
}

const vectors = JSON.parse(
  readFileSync(new URL('../../vectors/v2.json', import.meta.url), 'utf8'),
) as {
  keys: {
    name: string;
    secret: string;
    passwordKey: string | null;
    contentKey: string;
    accessProof: string;
    deleteProof: string;
  }[];
  password: {
    text: string;
    salt: string;
    memoryKiB: number;
    iterations: number;
    parallelism: number;
    key: string;
  }[];
  padding: [number, number][];
  pastes: PasteVector[];
  invalid: (Omit<PasteVector, 'content'> & { mostBytes?: number; error: string })[];
  tolerable: (PasteVector & { error: string })[];
  invalidOrders: { name: string; paste: string; chunks: number[]; error: string }[];
  invalidPasswordParameters: { name: string; text: string; error: string }[];
};

const bytes = (text: string) => decodeBase64Url(text)!;
const sha256 = (input: Uint8Array) => createHash('sha256').update(input).digest('base64url');

function stream(length: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, i) =>
    createHash('sha256')
      .update('pastenym vector')
      .update(Uint8Array.of(i >>> 24, i >>> 16, i >>> 8, i))
      .digest(),
  );
  return Uint8Array.from(Buffer.concat(blocks).subarray(0, length));
}

const contentOf = ({ content }: PasteVector): PasteContent => ({
  ...content,
  language: content.language,
  files: content.files.map((file) => ({
    ...file,
    bytes: typeof file.bytes === 'string' ? bytes(file.bytes) : stream(file.bytes.stream),
  })),
});

const unlockVector = (vector: Omit<PasteVector, 'content'>) => {
  const { passwordParameters: parameters } = vector;
  const password = parameters === undefined ? undefined : parsePasswordParameters(parameters);
  return unlock(bytes(vector.secret), password, vector.password);
};

test.each(vectors.keys)('keys $name are derived as elsewhere', async (vector) => {
  const passwordKey = vector.passwordKey === null ? undefined : bytes(vector.passwordKey);
  const keys = await derivePasteKeys('open', bytes(vector.secret), passwordKey);
  expect(encodeBase64Url(keys.accessProof)).toBe(vector.accessProof);
  expect(encodeBase64Url(keys.deleteProof)).toBe(vector.deleteProof);
  // The content key does not leave WebCrypto; that it is the same one shows where pastes are opened with it.
  const input = Buffer.concat([bytes(vector.secret), passwordKey ?? new Uint8Array(0)]);
  const expected = hkdfSync('sha256', input, 'pastenym/v2', 'pastenym/v2 content key', 32);
  expect(Buffer.from(expected).toString('base64url')).toBe(vector.contentKey);
});

test.each(vectors.password)('the password $text is stretched as elsewhere', async (vector) => {
  const key = await stretchPassword(vector.text, { ...vector, salt: bytes(vector.salt) });
  expect(encodeBase64Url(key)).toBe(vector.key);
});

test.each(vectors.padding)('%i bytes are padded to %i', (length, padded) => {
  expect(paddedLength(length)).toBe(padded);
});

test.each(vectors.pastes)('$name is proven as elsewhere', async (vector) => {
  const keys = await unlockVector(vector);
  expect(encodeBase64Url(await hashProof(keys.accessProof))).toBe(vector.accessHash);
  expect(encodeBase64Url(await hashProof(keys.deleteProof))).toBe(vector.deleteHash);
});

test.each(vectors.pastes.filter(({ chunks }) => chunks))('$name is opened', async (vector) => {
  const { contentKey } = await unlockVector(vector);
  const chunks = vector.chunks!.map(bytes);
  expect(await openPaste(chunks, contentKey, vector)).toEqual(contentOf(vector));
  expect(encodeBase64Url(await hashContent(chunks))).toBe(vector.contentHash);
});

// What zlib makes of a text is not part of the format, so only what is not worth deflating comes out the same.
test.each(vectors.pastes.filter(({ chunkHashes }) => chunkHashes))(
  '$name is sealed as elsewhere',
  async (vector) => {
    const { views, expiresInSeconds } = vector;
    const random = () => bytes(vector.secret);
    const sealed = await sealPaste(contentOf(vector), { views, expiresInSeconds, random });
    expect(sealed.chunks.map(sha256)).toEqual(vector.chunkHashes);
    expect(encodeBase64Url(sealed.request.contentHash)).toBe(vector.contentHash);
    expect(sealed.request.size).toBe(vector.size);
  },
);

test.each(vectors.invalid)('$name is refused', async (vector) => {
  const { contentKey } = await unlockVector(vector);
  const { mostBytes } = vector;
  const opened = openPaste(vector.chunks!.map(bytes), contentKey, vector, mostBytes);
  await expect(opened).rejects.toMatchObject({ code: vector.error });
});

// What inflates differs by platform: browsers refuse the one here, Node 20 does not see it.
test.each(vectors.tolerable)('$name are refused or ignored, and no content', async (vector) => {
  const { contentKey } = await unlockVector(vector);
  const opened = openPaste(vector.chunks!.map(bytes), contentKey, vector);
  const outcome = await opened.catch((error: unknown) => error instanceof AppError && error.code);
  expect([vector.error, contentOf(vector)]).toContainEqual(outcome);
});

test.each(vectors.invalidOrders)('$name is refused', async ({ paste, chunks, error }) => {
  const vector = vectors.pastes.find(({ name }) => name === paste)!;
  const { views, expiresInSeconds } = vector;
  const random = () => bytes(vector.secret);
  const sealed = await sealPaste(contentOf(vector), { views, expiresInSeconds, random });
  const given = chunks.map((index) => sealed.chunks[index]!);
  const { contentKey } = await unlockVector(vector);
  await expect(openPaste(given, contentKey, vector)).rejects.toMatchObject({ code: error });
});

test.each(vectors.invalidPasswordParameters)('$name in a link is refused', ({ text, error }) => {
  expect(() => parsePasswordParameters(text)).toThrow(expect.objectContaining({ code: error }));
});
