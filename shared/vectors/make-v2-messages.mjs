/**
 * Makes v2-messages.json: the messages of version 2 as text, by a second implementation that shares no line with `src/v2`. Run it only when the format changes:
 * `node shared/vectors/make-v2-messages.mjs`. The tests hold `src/v2` against the file.
 *
 * `data` is what stands in the message; `{"stream": n}` in it means n bytes of the stream that make-v2.mjs describes, in base64url. `length` is that of the whole text in
 * UTF-8, padding included. Long texts are given by their SHA-256. The order of members is ours; readers take any.
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';

const b64 = (bytes) => Buffer.from(bytes).toString('base64url');
const sha256 = (...parts) =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const fixed = (length, byte) => b64(Buffer.alloc(length, byte));

function stream(length) {
  const counter = Buffer.alloc(4);
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, i) => {
    counter.writeUInt32BE(i);
    return sha256('pastenym vector', counter);
  });
  return Buffer.concat(blocks).subarray(0, length);
}

function padded(length) {
  if (length <= 1024) return 1024;
  const exponent = 31 - Math.clz32(length);
  const mask = 2 ** (exponent - (31 - Math.clz32(exponent)) - 1) - 1;
  return Math.floor((length + mask) / (mask + 1)) * (mask + 1);
}

const fillStreams = (value) => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(fillStreams);
  if (Object.hasOwn(value, 'stream')) return b64(stream(value.stream));
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, fillStreams(v)]));
};

function write(message) {
  const unpadded = JSON.stringify({ ...fillStreams(message), pad: '' });
  const spaces = padded(Buffer.byteLength(unpadded)) - Buffer.byteLength(unpadded);
  return unpadded.slice(0, -2) + ' '.repeat(spaces) + unpadded.slice(-2);
}

const MAX_TEXT_BYTES = 4096;
function withText(vector, message) {
  const text = write(message);
  const length = Buffer.byteLength(text);
  return {
    ...vector,
    length,
    ...(length > MAX_TEXT_BYTES ? { sha256: b64(sha256(text)) } : { text }),
  };
}

const ID = b64(Buffer.from(Array.from({ length: 16 }, (_, i) => i)));
const PASTE_ID = fixed(16, 0xaa);
const CLAIM = fixed(16, 0xbb);
const UPLOAD_ID = fixed(16, 0xcc);
const PROOF = fixed(32, 1);
const access = { pasteId: PASTE_ID, accessProof: PROOF };
const create = {
  accessHash: fixed(32, 2),
  deleteHash: fixed(32, 3),
  views: 3,
  expiresInSeconds: 3600,
  size: 1040,
  contentHash: fixed(32, 4),
};
const puzzle = { challenge: fixed(32, 5), solution: fixed(64, 6) };
const info = {
  version: '1.0.0',
  protocols: [1, 2],
  name: 'An example – näher',
  notice: '',
  limits: {
    maxPasteBytes: 4_194_304,
    maxViews: 10_000,
    minExpirySeconds: 60,
    maxExpirySeconds: 31_622_400,
  },
  expiriesSeconds: [600, 3600, 86_400, 604_800],
  capabilities: { ipfs: false, blockHeight: false },
  puzzle: { difficulty: 20_000, challenge: fixed(32, 5), validForSeconds: 600 },
};

const requests = [
  ['info', 'info', {}],
  ['a small paste, with its content', 'createPaste', { ...create, content: { stream: 1040 } }],
  [
    'a small paste that is paid for',
    'createPaste',
    { ...create, content: { stream: 1040 }, puzzle },
  ],
  [
    'a paste of one whole chunk, for any number of reads',
    'createPaste',
    { ...create, views: 0, size: 65_536, content: { stream: 65_536 } },
  ],
  ['a large paste, whose content follows', 'createPaste', { ...create, size: 150_000, puzzle }],
  ['a chunk', 'putChunk', { uploadId: UPLOAD_ID, index: 0, content: { stream: 65_536 } }],
  ['a last chunk of one byte', 'putChunk', { uploadId: UPLOAD_ID, index: 4095, content: 'AA' }],
  ['a read', 'readPaste', access],
  ['a further chunk', 'readChunk', { ...access, claim: CLAIM, index: 1 }],
  ['the end of a read', 'ackRead', { ...access, claim: CLAIM }],
  ['a deletion', 'deletePaste', { pasteId: PASTE_ID, deleteProof: PROOF }],
  ['a question', 'pasteStatus', access],
].map(([name, event, data]) =>
  withText({ name, id: ID, event, data }, { v: 2, id: ID, event, data }),
);

const read = {
  size: 1040,
  views: 3,
  viewsLeft: 2,
  expiresInSeconds: 3600,
  expiresAt: 1_800_000_000,
  content: { stream: 1040 },
};
const replies = [
  ['info', 'info', info],
  ['a paste that is stored', 'createPaste', { pasteId: PASTE_ID, expiresAt: 1_800_000_000 }],
  [
    'a paste whose content is to follow',
    'createPaste',
    { pasteId: PASTE_ID, expiresAt: 1_800_000_000, uploadId: UPLOAD_ID },
  ],
  ['a chunk, and which are missing', 'putChunk', { missing: [1, 2] }],
  ['the last chunk', 'putChunk', { missing: [] }],
  ['a small paste', 'readPaste', read],
  [
    'the first chunk of a large paste, for any number of reads',
    'readPaste',
    { ...read, size: 150_000, views: 0, viewsLeft: null, content: { stream: 65_536 } },
  ],
  ['a further chunk', 'readChunk', { content: { stream: 18_928 } }],
  ['the end of a read', 'ackRead', {}],
  ['a deletion', 'deletePaste', {}],
  ['a question', 'pasteStatus', { size: 1040, views: 3, viewsLeft: 0, expiresAt: 1_800_000_000 }],
].map(([name, event, data]) =>
  withText({ name, id: ID, event, data }, { v: 2, id: ID, ok: true, data }),
);

const failures = [
  [
    'a paste that is not there',
    { code: 'not-found', message: 'There is no such paste, or no longer.' },
  ],
  ['a busy service', { code: 'busy', message: 'The service is busy.', retryAfterMs: 1500 }],
].map(([name, error]) => withText({ name, id: ID, error }, { v: 2, id: ID, ok: false, error }));

const request = (event, data) => JSON.stringify({ v: 2, id: ID, event, data });
const without = (object, name) =>
  Object.fromEntries(Object.entries(object).filter(([member]) => member !== name));
const small = { ...create, content: 'AA' };

const invalidRequests = [
  ['no JSON', '{"v":2,', 'bad-message'],
  ['more parts than a message has', request('info', { x: Array(1000).fill(0) }), 'bad-message'],
  ['a list', '[]', 'bad-request'],
  ['another version', JSON.stringify({ v: 3, id: ID, event: 'info', data: {} }), 'bad-request'],
  [
    'a version in words',
    JSON.stringify({ v: '2', id: ID, event: 'info', data: {} }),
    'bad-request',
  ],
  ['no id', JSON.stringify({ v: 2, event: 'info', data: {} }), 'bad-request'],
  [
    'an id of 15 bytes',
    JSON.stringify({ v: 2, id: fixed(15, 0), event: 'info', data: {} }),
    'bad-request',
  ],
  [
    'an id with spare bits',
    JSON.stringify({ v: 2, id: `${'A'.repeat(21)}B`, event: 'info', data: {} }),
    'bad-request',
  ],
  ['an event nobody knows', request('stealPaste', {}), 'unknown-event'],
  ['an event that every object has', request('toString', {}), 'unknown-event'],
  ['info without data', JSON.stringify({ v: 2, id: ID, event: 'info' }), 'bad-request'],
  ...Object.keys(create).map((name) => [
    `a paste without ${name}`,
    request('createPaste', without(small, name)),
    'bad-request',
  ]),
  ...[
    ['views', -1],
    ['views', 0.5],
    ['views', 10_001],
    ['views', '3'],
    ['expiresInSeconds', 0],
    ['expiresInSeconds', -60],
    ['expiresInSeconds', 316_224_001],
    ['expiresInSeconds', '1 hour'],
    ['size', 0],
    ['size', 268_435_457],
    ['content', ''],
    ['content', 'AA=='],
    ['accessHash', fixed(31, 0)],
    ['contentHash', fixed(33, 0)],
    ['puzzle', {}],
    ['puzzle', { ...puzzle, solution: fixed(63, 0) }],
  ].map(([name, value]) => [
    `a paste whose ${name} is ${JSON.stringify(value).slice(0, 20)}`,
    request('createPaste', { ...small, [name]: value }),
    'bad-request',
  ]),
  ['a chunk for no upload', request('putChunk', { index: 0, content: 'AA' }), 'bad-request'],
  [
    'a chunk before the first',
    request('putChunk', { uploadId: UPLOAD_ID, index: -1, content: 'AA' }),
    'bad-request',
  ],
  [
    'a chunk beyond the largest paste',
    request('putChunk', { uploadId: UPLOAD_ID, index: 4096, content: 'AA' }),
    'bad-request',
  ],
  [
    'a chunk in base64',
    request('putChunk', { uploadId: UPLOAD_ID, index: 0, content: '+/==' }),
    'bad-request',
  ],
  ['a read without proof', request('readPaste', { pasteId: PASTE_ID }), 'bad-request'],
  [
    'a read with half a proof',
    request('readPaste', { pasteId: PASTE_ID, accessProof: fixed(16, 1) }),
    'bad-request',
  ],
  ['a further chunk without a claim', request('readChunk', { ...access, index: 1 }), 'bad-request'],
  [
    'a further chunk without its index',
    request('readChunk', { ...access, claim: CLAIM }),
    'bad-request',
  ],
  ['the end of no read', request('ackRead', access), 'bad-request'],
  ['a deletion with the other proof', request('deletePaste', access), 'bad-request'],
  ['a question about nothing', request('pasteStatus', { accessProof: PROOF }), 'bad-request'],
].map(([name, text, error]) => ({ name, text, error }));

const reply = (data) => JSON.stringify({ v: 2, id: ID, ok: true, data });
const invalidReplies = [
  ['neither success nor failure', 'ackRead', JSON.stringify({ v: 2, id: ID, data: {} })],
  ['a failure without an error', 'ackRead', JSON.stringify({ v: 2, id: ID, ok: false, data: {} })],
  ['no id', 'ackRead', JSON.stringify({ v: 2, ok: true, data: {} })],
  [
    'a limit that is none',
    'info',
    reply({ ...info, limits: { ...info.limits, maxPasteBytes: 0 } }),
  ],
  [
    'a puzzle for days',
    'info',
    reply({ ...info, puzzle: { ...info.puzzle, difficulty: 2 ** 33 } }),
  ],
  ['a paste without an id', 'createPaste', reply({ expiresAt: 1 })],
  ['nothing about missing chunks', 'putChunk', reply({})],
  ['a paste without content', 'readPaste', reply({ ...without(read, 'content') })],
  ['a paste without its views', 'readPaste', reply({ ...without(read, 'views'), content: 'AA' })],
  ['a chunk of nothing', 'readChunk', reply({ content: '' })],
  ['a number for an object', 'deletePaste', reply(5)],
  ['half a view left', 'pasteStatus', reply({ size: 1, views: 3, viewsLeft: 0.5, expiresAt: 1 })],
].map(([name, event, text]) => ({ name, event, text, error: 'bad-message' }));

const vectors = { requests, replies, failures, invalidRequests, invalidReplies };
writeFileSync(
  new URL('v2-messages.json', import.meta.url),
  `${JSON.stringify(vectors, null, 2)}\n`,
);
