/**
 * Makes v2.json: what version 2 of the encryption must come to, by a second implementation that shares no line with `src/v2` (node:crypto and zlib instead of
 * WebCrypto and streams). Run it only when the format changes: `node shared/vectors/make-v2.mjs`. The tests hold `src/v2` against the file.
 */
import { createCipheriv, createHash, hkdfSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import { argon2id } from 'hash-wasm';

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

function frame({ text, format, language, files }, deflated) {
  const textBytes = Buffer.from(text);
  const header = Buffer.from(
    JSON.stringify({
      format,
      ...(language === undefined ? {} : { language }),
      textBytes: textBytes.length,
      files: files.map(({ name, type, bytes }) => ({ name, type, bytes: bytes.length })),
    }),
  );
  const container = Buffer.concat([
    u32(header.length),
    header,
    textBytes,
    ...files.map((file) => file.bytes),
  ]);
  const body = deflated ? deflateRawSync(container) : container;
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
const passwordKey = Buffer.from(
  await argon2id({
    password: password.text,
    salt: password.salt,
    memorySize: password.memoryKiB,
    iterations: password.iterations,
    parallelism: password.parallelism,
    hashLength: 32,
    outputType: 'binary',
  }),
);

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
  const chunks = seal(frame(content, deflated), keys.content, { views, expiresInSeconds });
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

const vectors = {
  keys: [keysOf('without a password', undefined), keysOf('with a password', passwordKey)],
  password: [{ ...password, salt: b64(password.salt), key: b64(passwordKey) }],
  padding: [
    0, 1, 1024, 1025, 1088, 1089, 2047, 2048, 2049, 65_536, 65_537, 1_000_000, 16_777_217,
  ].map((n) => [n, padded(n)]),
  pastes: [
    short,
    paste('code with a file, deflated', contents.code, { ...options, deflated: true, views: 0 }),
    paste('a large file, in three chunks', contents.large, options),
    paste('a short text with a password', contents.short, { ...options, withPassword: true }),
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
      const framed = frame(contents.short, false);
      change(framed);
      return {
        ...short,
        name,
        chunks: seal(framed, deriveKeys(secret).content, options).map(b64),
        error: 'bad-paste',
      };
    }),
  ],
};

writeFileSync(new URL('v2.json', import.meta.url), `${JSON.stringify(vectors, null, 2)}\n`);
