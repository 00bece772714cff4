/**
 * Makes v2.json: what version 2 of the encryption must come to, by a second implementation that shares no line with `src/v2`, and no library (node:crypto, zlib
 * and @noble/hashes for Argon2id, instead of WebCrypto, streams and hash-wasm). Run it only when the format changes: `node shared/vectors/make-v2.mjs`. The tests hold `src/v2` against the file.
 */
import { createCipheriv, createHash, hkdfSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import { argon2idAsync } from '@noble/hashes/argon2.js';

const RECORD = 65_536;
const TAG = 16;

const sha256 = (...parts) =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const b64 = (bytes) => Buffer.from(bytes).toString('base64url');
const u32 = (n) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(n);
  return bytes;
};

/** Incompressible bytes that anybody can make again: SHA-256 of "pastenym vector" and a counter (u32 BE), one after the other. */
function stream(length) {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, i) =>
    sha256('pastenym vector', u32(i)),
  );
  return Buffer.concat(blocks).subarray(0, length);
}

function deriveKeys(secret, passwordKey = Buffer.alloc(0)) {
  const derive = (label) =>
    Buffer.from(
      hkdfSync(
        'sha256',
        Buffer.concat([secret, passwordKey]),
        'pastenym/v2',
        `pastenym/v2 ${label}`,
        32,
      ),
    );
  return {
    content: derive('content key'),
    access: derive('access proof'),
    delete: derive('delete proof'),
  };
}

function padded(length) {
  if (length <= 1024) return 1024;
  const exponent = 31 - Math.clz32(length);
  const bits = exponent - (31 - Math.clz32(exponent)) - 1;
  const mask = 2 ** bits - 1;
  return Math.floor((length + mask) / 2 ** bits) * 2 ** bits;
}

function containerOf({ text, format, language, files }) {
  const textBytes = Buffer.from(text);
  const header = {
    format,
    ...(language === undefined ? {} : { language }),
    textBytes: textBytes.length,
    files: files.map(({ name, type, bytes }) => ({ name, type, bytes: bytes.length })),
  };
  return withHeader(JSON.stringify(header), textBytes, ...files.map((file) => file.bytes));
}

function withHeader(json, ...parts) {
  const header = Buffer.from(json);
  return Buffer.concat([u32(header.length), header, ...parts]);
}

function frame(container, deflated) {
  return frameBody(deflated ? deflateRawSync(container) : container, deflated);
}

function frameBody(body, deflated) {
  const framed = Buffer.alloc(padded(5 + body.length));
  Buffer.concat([Buffer.of(deflated ? 1 : 0), u32(body.length), body]).copy(framed);
  return framed;
}

function seal(framed, key, { views, expiresInSeconds }) {
  const chunks = Math.max(1, Math.ceil(framed.length / (RECORD - TAG)));
  const aad = Buffer.concat([
    Buffer.from('pastenym/v2 record'),
    u32(views),
    u32(expiresInSeconds),
    u32(chunks),
  ]);
  return Array.from({ length: chunks }, (_, index) => {
    const nonce = Buffer.concat([
      Buffer.alloc(7),
      u32(index),
      Buffer.of(index === chunks - 1 ? 1 : 0),
    ]);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(aad);
    const plaintext = framed.subarray(index * (RECORD - TAG), (index + 1) * (RECORD - TAG));
    return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  });
}

const secret = Buffer.from(Array.from({ length: 32 }, (_, i) => i));
const password = {
  text: 'correct horse battery staple',
  salt: Buffer.alloc(16, 7),
  memoryKiB: 65_536,
  iterations: 3,
  parallelism: 1,
};
/** `prepared` is what a reader must make of the text before it is stretched. */
async function stretch({ prepared, salt, memoryKiB, iterations, parallelism }) {
  const cost = { m: memoryKiB, t: iterations, p: parallelism, dkLen: 32 };
  return Buffer.from(await argon2idAsync(Buffer.from(prepared), salt, cost));
}
const passwordKey = await stretch({ ...password, prepared: password.text });

/** [text, as it is stretched]: letters are composed (NFC), every blank (Zs) becomes U+0020, nothing else is changed. */
const otherPasswords = [
  ['pa\u0308sswo\u0302rd \u{1f511}', 'p\u00e4ssw\u00f4rd \u{1f511}'],
  ['\u00a0two\u2003words\u3000', ' two words '],
  ['Tab\tund \ufb01', 'Tab\tund \ufb01'],
].map(([text, prepared]) => ({ ...password, text, prepared }));
const passwordVector = async ({ text, prepared, ...rest }) => ({
  text,
  ...rest,
  salt: b64(rest.salt),
  key: b64(await stretch({ ...rest, prepared })),
});

const contents = {
  short: { text: 'Hello mixnet! é😀', format: 'plain', files: [] },
  code: {
    text: 'int main(void) { return 0; }\n',
    format: 'code',
    language: 'c',
    files: [{ name: 'data.bin', type: 'application/octet-stream', bytes: stream(100) }],
  },
  large: {
    text: '',
    format: 'plain',
    files: [{ name: 'noise', type: '', bytes: stream(150_000) }],
  },
};

function paste(name, content, { deflated, views, expiresInSeconds, withPassword = false }) {
  const keys = deriveKeys(secret, withPassword ? passwordKey : undefined);
  const chunks = seal(frame(containerOf(content), deflated), keys.content, {
    views,
    expiresInSeconds,
  });
  const isLarge = chunks.length > 1;
  return {
    name,
    secret: b64(secret),
    ...(withPassword
      ? {
          password: password.text,
          passwordParameters: b64(
            Buffer.concat([
              u32(password.memoryKiB),
              Buffer.of(password.iterations, password.parallelism),
              password.salt,
            ]),
          ),
        }
      : {}),
    views,
    expiresInSeconds,
    size: chunks.reduce((total, chunk) => total + chunk.length, 0),
    contentHash: b64(sha256(Buffer.concat(chunks.map((chunk) => sha256(chunk))))),
    accessHash: b64(sha256(keys.access)),
    deleteHash: b64(sha256(keys.delete)),
    ...(isLarge
      ? { chunkHashes: chunks.map((chunk) => b64(sha256(chunk))) }
      : { chunks: chunks.map(b64) }),
    content: {
      ...content,
      files: content.files.map((file) => ({
        ...file,
        bytes: file.bytes.length > 1000 ? { stream: file.bytes.length } : b64(file.bytes),
      })),
    },
  };
}

const keysOf = (name, key) => {
  const keys = deriveKeys(secret, key);
  return {
    name,
    secret: b64(secret),
    passwordKey: key === undefined ? null : b64(key),
    contentKey: b64(keys.content),
    accessProof: b64(keys.access),
    deleteProof: b64(keys.delete),
  };
};

const options = { deflated: false, views: 3, expiresInSeconds: 3600 };
const short = paste('a short text', contents.short, options);
const flip = (text) => {
  const bytes = Buffer.from(text, 'base64url');
  bytes[0] ^= 1;
  return b64(bytes);
};

const header = { format: 'plain', textBytes: 0, files: [] };
const manyFiles = (n) => Array.from({ length: n }, () => ({ name: '', type: '', bytes: 0 }));
const json = (change) => JSON.stringify({ ...header, ...change });

/** What a hostile author could put into a paste that opens: [name, container, error, the most bytes that a reader allows]. */
const hostileContainers = [
  ['a container of three bytes', Buffer.alloc(3), 'bad-paste'],
  ['a header beyond its end', u32(100), 'bad-paste'],
  ['a header of 65,537 bytes', withHeader(json().padEnd(65_537)), 'bad-paste'],
  ['a header that is not JSON', withHeader('{'), 'bad-paste'],
  ['a header that is a list', withHeader('[]'), 'bad-paste'],
  ['a format nobody knows', withHeader(json({ format: 'html' })), 'bad-paste'],
  ['a text of fewer bytes than none', withHeader(json({ textBytes: -1 })), 'bad-paste'],
  ['a text that is cut off', withHeader(json({ textBytes: 5 }), Buffer.from('hi')), 'bad-paste'],
  ['a text that is not UTF-8', withHeader(json({ textBytes: 1 }), Buffer.of(0xff)), 'bad-paste'],
  ['bytes behind the last file', withHeader(json(), Buffer.from('hi')), 'bad-paste'],
  ['65 files', withHeader(json({ files: manyFiles(65) })), 'bad-paste'],
  [
    'a file name of 256 characters',
    withHeader(json({ files: [{ name: 'x'.repeat(256), type: '', bytes: 0 }] })),
    'bad-paste',
  ],
  [
    'a file of more bytes than there are',
    withHeader(json({ files: [{ name: '', type: '', bytes: 1 }] })),
    'bad-paste',
  ],
  ['a text that inflates to a million bytes', Buffer.alloc(1_000_000), 'paste-too-large', 999_999],
];

function hostile([name, framed, error, mostBytes]) {
  const chunks = seal(framed, deriveKeys(secret).content, options);
  return {
    name,
    secret: b64(secret),
    views: options.views,
    expiresInSeconds: options.expiresInSeconds,
    ...(mostBytes === undefined ? {} : { mostBytes }),
    chunks: chunks.map(b64),
    error,
  };
}

const deflatedBody = deflateRawSync(containerOf(contents.short));

/** 22 bytes of a link: [what is wrong, memory in KiB, iterations, parallelism, salt, error]. */
const badPasswordParameters = [
  ['less memory than 64 MiB', 65_535, 3, 1, 16, 'bad-params'],
  ['more memory than 256 MiB', 262_145, 3, 1, 16, 'bad-params'],
  ['4 TiB of memory', 2 ** 32 - 1, 3, 1, 16, 'bad-params'],
  ['two iterations', 65_536, 2, 1, 16, 'bad-params'],
  ['eleven iterations', 65_536, 11, 1, 16, 'bad-params'],
  ['no lane', 65_536, 3, 0, 16, 'bad-params'],
  ['five lanes', 65_536, 3, 5, 16, 'bad-params'],
  ['a salt of 15 bytes', 65_536, 3, 1, 15, 'bad-link'],
  ['a salt of 17 bytes', 65_536, 3, 1, 17, 'bad-link'],
].map(([name, memoryKiB, iterations, parallelism, saltBytes, error]) => ({
  name,
  text: b64(
    Buffer.concat([u32(memoryKiB), Buffer.of(iterations, parallelism), Buffer.alloc(saltBytes, 7)]),
  ),
  error,
}));

const large = paste('a large file, in three chunks', contents.large, options);
const withPassword = paste('a short text with a password', contents.short, {
  ...options,
  withPassword: true,
});

const vectors = {
  keys: [keysOf('without a password', undefined), keysOf('with a password', passwordKey)],
  password: await Promise.all(
    [{ ...password, prepared: password.text }, ...otherPasswords].map(passwordVector),
  ),
  padding: [
    0, 1, 1024, 1025, 1088, 1089, 2047, 2048, 2049, 65_536, 65_537, 1_000_000, 16_777_217,
  ].map((n) => [n, padded(n)]),
  pastes: [
    short,
    paste('code with a file, deflated', contents.code, { ...options, deflated: true, views: 0 }),
    large,
    withPassword,
  ],
  invalid: [
    { ...short, name: 'a changed ciphertext', chunks: short.chunks.map(flip), error: 'wrong-key' },
    { ...short, name: 'another secret', secret: b64(Buffer.alloc(32)), error: 'wrong-key' },
    { ...short, name: 'more views than the author asked for', views: 4, error: 'wrong-key' },
    {
      ...short,
      name: 'a longer life than the author asked for',
      expiresInSeconds: 7200,
      error: 'wrong-key',
    },
    {
      ...short,
      name: 'a chunk too many',
      chunks: [...short.chunks, ...short.chunks],
      error: 'wrong-key',
    },
    {
      ...short,
      name: 'a chunk that is cut',
      chunks: [b64(Buffer.from(short.chunks[0], 'base64url').subarray(0, -1))],
      error: 'wrong-key',
    },
    ...[
      ['an unknown compression', (framed) => framed.writeUInt8(2, 0)],
      ['a length beyond its end', (framed) => framed.writeUInt32BE(5000, 1)],
      ['padding that is not zero', (framed) => framed.writeUInt8(1, framed.length - 1)],
    ].map(([name, change]) => {
      const framed = frame(containerOf(contents.short), false);
      change(framed);
      return {
        ...short,
        name,
        chunks: seal(framed, deriveKeys(secret).content, options).map(b64),
        error: 'bad-paste',
      };
    }),
    { ...withPassword, name: 'another password', password: 'another', error: 'wrong-key' },
    ...hostileContainers.map(([name, container, ...rest]) =>
      hostile([name, frame(container, true), ...rest]),
    ),
    hostile(['a deflate stream that is none', frameBody(Buffer.of(255, 255), true), 'bad-paste']),
    hostile([
      'a deflate stream that ends early',
      frameBody(deflatedBody.subarray(0, -3), true),
      'bad-paste',
    ]),
  ],
  /** Readers may refuse these as `bad-paste`, or open them as if they were in order. */
  tolerable: [
    {
      ...short,
      name: 'bytes behind the end of the deflate stream',
      chunks: seal(
        frameBody(Buffer.concat([deflatedBody, Buffer.from('more')]), true),
        deriveKeys(secret).content,
        options,
      ).map(b64),
      error: 'bad-paste',
    },
  ],
  /** The chunks of a paste above, by their index, in the order in which a service gives them. */
  invalidOrders: [
    ['two chunks changed about', [1, 0, 2]],
    ['the last chunk left out', [0, 1]],
    ['the first chunk left out', [1, 2]],
    ['a chunk in between left out', [0, 2]],
    ['a chunk in the place of another', [0, 0, 2]],
    ['the last chunk twice', [0, 1, 2, 2]],
    ['the last chunk alone', [2]],
  ].map(([name, chunks]) => ({ name, paste: large.name, chunks, error: 'wrong-key' })),
  invalidPasswordParameters: badPasswordParameters,
};

writeFileSync(new URL('v2.json', import.meta.url), `${JSON.stringify(vectors, null, 2)}\n`);
