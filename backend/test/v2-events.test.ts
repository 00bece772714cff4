import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { AppError } from '@pastenym/shared/errors';
import { formatV2Request } from '@pastenym/shared/v2/wire';
import { FORMS, NOT_FOUND, PING_REPLY, idIn, web } from './support/original-clients.js';
import { NOW, runService, type RunningService } from './support/running-service.js';
import { ScriptedNymClient } from './support/scripted-nym-client.js';
import {
  CHUNK_BYTES,
  createCall,
  newId,
  newPaste,
  readAnswer,
  store,
  succeed,
  type Call,
} from './support/v2-client.js';

jest.setTimeout(60_000);

let service: RunningService;
let call: Call;

beforeAll(async () => {
  service = await runService({ env: { INSTANCE_NOTICE: 'Be kind.' } });
  call = createCall((message) => service.nym.ask(message));
});

afterEach(() => {
  service.time.now = NOW;
});

afterAll(() => service.stop());

const notFound = expect.objectContaining({ ok: false, code: 'not-found' });
const badRequest = expect.objectContaining({ ok: false, code: 'bad-request' });

/** In seconds, as long as the service may remember anything of a request. */
const moveOn = (seconds: number) => (service.time.now += seconds * 1000);

describe('info', () => {
  test('tells what the service is, can do and allows', async () => {
    const { puzzle, ...rest } = await succeed(call('info', {}));
    expect(rest).toEqual({
      version: '0.1.0',
      protocols: [1, 2],
      name: 'Pastenym',
      notice: 'Be kind.',
      limits: {
        maxPasteBytes: 33_554_432,
        maxViews: 10_000,
        minExpirySeconds: 60,
        maxExpirySeconds: 31_622_400,
      },
      expiriesSeconds: [600, 3600, 43_200, 86_400, 604_800, 2_592_000, 31_536_000],
      capabilities: { ipfs: false, blockHeight: false },
    });
    expect(puzzle).toMatchObject({ difficulty: 0 });
  });

  test('is the same for everybody, so that it tells nobody from others', async () => {
    expect(await call('info', {})).toEqual(await call('info', {}));
  });
});

describe('createPaste', () => {
  test('stores a paste, which expires not before it was asked to, at a moment that does not tell when it was made', async () => {
    const { pasteId, expiresAt, uploadId } = await succeed(call('createPaste', newPaste().request));
    expect(pasteId).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(expiresAt).toBe(Math.ceil((NOW / 1000 + 3600) / 240) * 240);
    expect(uploadId).toBeUndefined();
  });

  test('sent again has one effect and the same answer, also at once, also with another id of the sender', async () => {
    const { request } = newPaste();
    const id = newId();
    const before = await service.context.store.usage();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => call('createPaste', request, id)),
    );
    moveOn(3600);
    answers.push(await call('createPaste', request, id));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect((await service.context.store.usage()).pastes).toBe(before.pastes + 1);
  });

  test('refuses an id that has been used for something else', async () => {
    const id = newId();
    await succeed(call('createPaste', newPaste().request, id));
    expect(await call('createPaste', newPaste().request, id)).toMatchObject({ code: 'id-reused' });
  });

  test('refuses content that is not what is said of it', async () => {
    const { request } = newPaste();
    for (const wrong of [
      { size: request.size + 1 },
      { contentHash: randomBytes(32) },
      { content: randomBytes(100) },
      { size: CHUNK_BYTES + 1 },
    ]) {
      const answer = await call('createPaste', { ...request, ...wrong });
      expect(answer).toMatchObject({ code: 'content-mismatch' });
    }
    const { content, ...without } = request;
    expect(content).toBeDefined();
    expect(await call('createPaste', without)).toMatchObject({ code: 'content-mismatch' });
  });

  test('takes a paste of 64 KiB in one piece, and a larger one in chunks', async () => {
    const whole = newPaste({ content: randomBytes(CHUNK_BYTES) });
    expect(await succeed(call('createPaste', whole.request))).not.toHaveProperty('uploadId');
    const large = newPaste({ content: randomBytes(CHUNK_BYTES + 1) });
    expect(await succeed(call('createPaste', large.request))).toHaveProperty('uploadId');
  });
});

describe('putChunk', () => {
  const large = newPaste({ content: randomBytes(2 * CHUNK_BYTES + 10), views: 1 });
  const key = (pasteId: string) => ({ pasteId, accessProof: large.accessProof });

  async function begin() {
    const { pasteId, uploadId } = await succeed(call('createPaste', large.request));
    const put = (index: number, content = large.chunks[index]!) =>
      call('putChunk', { uploadId: uploadId!, index, content });
    return { pasteId, put };
  }

  test('takes chunks in any order and more than once; with the last the paste exists', async () => {
    const { pasteId, put } = await begin();
    expect(await put(2)).toMatchObject({ missing: [0, 1] });
    expect(await put(0)).toMatchObject({ missing: [1] });
    expect(await put(0)).toMatchObject({ missing: [1] });
    expect(await call('pasteStatus', key(pasteId))).toEqual(notFound);
    expect(await call('readPaste', key(pasteId))).toEqual(notFound);
    expect(await put(1)).toMatchObject({ missing: [] });
    expect(await put(1)).toMatchObject({ missing: [] });
    expect(await call('pasteStatus', key(pasteId))).toMatchObject({ viewsLeft: 1 });
  });

  test('refuses what does not fit', async () => {
    const { put } = await begin();
    const mismatch = { code: 'content-mismatch' };
    expect(await put(0, large.chunks[2])).toMatchObject(mismatch);
    expect(await put(3, large.chunks[2])).toMatchObject(mismatch);
    await put(0);
    expect(await put(0, large.chunks[1])).toMatchObject(mismatch);
    const call0 = call('putChunk', { uploadId: newId(), index: 0, content: large.chunks[0]! });
    expect(await call0).toMatchObject({ code: 'unknown-upload' });
  });

  test('of which the whole is not what was announced, ends the upload', async () => {
    const { pasteId, put } = await begin();
    await put(0);
    await put(1, randomBytes(CHUNK_BYTES));
    expect(await put(2)).toMatchObject({ code: 'content-mismatch' });
    expect(await put(2)).toMatchObject({ code: 'unknown-upload' });
    expect(await call('pasteStatus', key(pasteId))).toEqual(notFound);
  });

  test('may come as late as an hour after the chunk before, and no later', async () => {
    const { put } = await begin();
    await put(0);
    moveOn(3599);
    expect(await put(1)).toMatchObject({ missing: [2] });
    moveOn(3600);
    expect(await put(2)).toMatchObject({ code: 'unknown-upload' });
  });
});

describe('readPaste', () => {
  test('gives the paste, and counts', async () => {
    const paste = newPaste({ views: 3 });
    const pasteId = await store(call, paste);
    const { accessProof } = paste;
    const answer = await succeed(call('readPaste', { pasteId, accessProof }));
    expect(answer).toMatchObject({ size: 100, views: 3, viewsLeft: 2, expiresInSeconds: 3600 });
    expect(Buffer.from(answer.content).equals(paste.chunks[0]!)).toBe(true);
    expect(await call('readPaste', { pasteId, accessProof })).toMatchObject({ viewsLeft: 1 });
  });

  test('of a paste without a limit leaves any number', async () => {
    const paste = newPaste();
    const { accessProof } = paste;
    const pasteId = await store(call, paste);
    for (let n = 0; n < 3; n++) {
      const answer = await call('readPaste', { pasteId, accessProof });
      expect(answer).toMatchObject({ views: 0, viewsLeft: null });
    }
  });

  test('sent again is answered the same and takes one view, even if that was the last; for ten minutes', async () => {
    const paste = newPaste({ views: 1, expiresInSeconds: 86_400 });
    const key = { pasteId: await store(call, paste), accessProof: paste.accessProof };
    const id = newId();
    const answers = await Promise.all(Array.from({ length: 20 }, () => call('readPaste', key, id)));
    moveOn(599);
    answers.push(await call('readPaste', key, id));
    expect(answers[0]).toMatchObject({ ok: true, viewsLeft: 0 });
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await call('readPaste', key)).toEqual(notFound);
    moveOn(60); // It ends with a minute.
    expect(await call('readPaste', key, id)).toEqual(notFound);
  });

  test('refuses an id that has been used for another paste', async () => {
    const [one, two] = [newPaste({ views: 5 }), newPaste({ views: 5 })];
    const id = newId();
    const read = async (paste: typeof one) =>
      call('readPaste', { pasteId: await store(call, paste), accessProof: paste.accessProof }, id);
    expect(await read(one)).toMatchObject({ ok: true });
    expect(await read(two)).toMatchObject({ code: 'id-reused' });
  });

  test.each([1, 2, 7])('of %i views gives fifty readers at once exactly so many', async (views) => {
    const paste = newPaste({ views });
    const { accessProof } = paste;
    const pasteId = await store(call, paste);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => call('readPaste', { pasteId, accessProof })),
    );
    const left = answers.flatMap((answer) => (answer.ok ? [answer.viewsLeft] : []));
    expect(left.sort()).toEqual(Array.from({ length: views }, (_, n) => n));
    expect(answers.filter(({ code }) => code === 'not-found')).toHaveLength(50 - views);
  });

  test('from its expiry on finds nothing, nor does a request that is sent again', async () => {
    const paste = newPaste({ expiresInSeconds: 60 });
    const key = { pasteId: await store(call, paste), accessProof: paste.accessProof };
    const id = newId();
    expect(await call('readPaste', key, id)).toMatchObject({ ok: true });
    moveOn(120);
    expect(await call('readPaste', key)).toEqual(notFound);
    expect(await call('readPaste', key, id)).toEqual(notFound);
  });
});

describe('readChunk and ackRead', () => {
  async function claimed(views: number) {
    const paste = newPaste({ content: randomBytes(2 * CHUNK_BYTES + 5), views });
    const key = { pasteId: await store(call, paste), accessProof: paste.accessProof };
    const claim = newId();
    const first = await succeed(call('readPaste', key, claim));
    return { paste, key, claim, first };
  }

  test('give the rest of a large paste, as often as it is asked for, until the reader has it', async () => {
    const { paste, key, claim, first } = await claimed(1);
    expect(Buffer.from(first.content).equals(paste.chunks[0]!)).toBe(true);
    for (const index of [2, 1, 1, 0]) {
      const { content } = await succeed(call('readChunk', { ...key, claim, index }));
      expect(Buffer.from(content).equals(paste.chunks[index]!)).toBe(true);
    }
    expect(await call('readChunk', { ...key, claim, index: 3 })).toEqual(notFound);
    for (let n = 0; n < 3; n++)
      expect(await call('ackRead', { ...key, claim })).toEqual({ ok: true });
    expect(await call('readChunk', { ...key, claim, index: 1 })).toEqual(notFound);
    expect(await call('readPaste', key, claim)).toEqual(notFound);
  });

  test('need no claim where there is any number of views', async () => {
    const { paste, key } = await claimed(0);
    const { content } = await succeed(call('readChunk', { ...key, claim: newId(), index: 1 }));
    expect(Buffer.from(content).equals(paste.chunks[1]!)).toBe(true);
    expect(await call('ackRead', { ...key, claim: newId() })).toEqual({ ok: true });
    const guess = { ...key, accessProof: randomBytes(32), claim: newId() };
    expect(await call('readChunk', { ...guess, index: 1 })).toEqual(notFound);
    expect(await call('ackRead', guess)).toEqual(notFound);
  });

  test('with the last acknowledgement of the last view, the content is destroyed at once', async () => {
    const { key, claim } = await claimed(1);
    const { pastes } = await service.context.store.usage();
    await succeed(call('ackRead', { ...key, claim }));
    expect((await service.context.store.usage()).pastes).toBe(pastes - 1);
  });

  test('need the claim, the proof and the id to belong together', async () => {
    const [one, two] = [await claimed(5), await claimed(5)];
    const wrong = [
      { ...one.key, claim: two.claim },
      { ...one.key, claim: newId() },
      { ...one.key, accessProof: randomBytes(32), claim: one.claim },
      { ...one.key, pasteId: two.key.pasteId, claim: one.claim },
    ];
    for (const data of wrong) {
      expect(await call('readChunk', { ...data, index: 1 })).toEqual(notFound);
      expect(await call('ackRead', data)).toEqual(notFound);
    }
    expect(await call('readChunk', { ...one.key, claim: one.claim, index: 1 })).toMatchObject({
      ok: true,
    });
  });
});

describe('deletePaste', () => {
  test('destroys a paste for everybody, and says so again', async () => {
    const paste = newPaste({ views: 5 });
    const { accessProof, deleteProof } = paste;
    const pasteId = await store(call, paste);
    const claim = newId();
    await succeed(call('readPaste', { pasteId, accessProof }, claim));
    const id = newId();
    for (let n = 0; n < 3; n++) {
      expect(await call('deletePaste', { pasteId, deleteProof }, id)).toEqual({ ok: true });
    }
    expect(await call('readPaste', { pasteId, accessProof })).toEqual(notFound);
    expect(await call('readPaste', { pasteId, accessProof }, claim)).toEqual(notFound);
    expect(await call('deletePaste', { pasteId, deleteProof })).toEqual(notFound);
  });

  test('needs the proof for it: that of a reader does not do', async () => {
    const paste = newPaste();
    const pasteId = await store(call, paste);
    for (const deleteProof of [paste.accessProof, randomBytes(32)]) {
      expect(await call('deletePaste', { pasteId, deleteProof })).toEqual(notFound);
    }
    expect(await call('pasteStatus', { pasteId, accessProof: paste.accessProof })).toMatchObject({
      ok: true,
    });
  });

  test('refuses an id that has been used for something else', async () => {
    const [one, two] = [newPaste({ views: 5 }), newPaste({ views: 5 })];
    const id = newId();
    const remove = async (paste: typeof one) =>
      call(
        'deletePaste',
        { pasteId: await store(call, paste), deleteProof: paste.deleteProof },
        id,
      );
    expect(await remove(one)).toEqual({ ok: true });
    expect(await remove(two)).toMatchObject({ code: 'id-reused' });
  });
});

test('pasteStatus tells what is left, and takes nothing of it', async () => {
  const paste = newPaste({ views: 2 });
  const { accessProof } = paste;
  const pasteId = await store(call, paste);
  const expiresAt = Math.ceil((NOW / 1000 + 3600) / 240) * 240;
  for (let n = 0; n < 5; n++) {
    const status = await call('pasteStatus', { pasteId, accessProof });
    expect(status).toEqual({ ok: true, size: 100, views: 2, viewsLeft: 2, expiresAt });
  }
  await succeed(call('readPaste', { pasteId, accessProof }));
  expect(await call('pasteStatus', { pasteId, accessProof })).toMatchObject({ viewsLeft: 1 });
  expect(await call('pasteStatus', { pasteId, accessProof: randomBytes(32) })).toEqual(notFound);
});

describe('what is no request of any kind', () => {
  const ask = (json: object) => service.nym.ask(JSON.stringify(json));

  test.each([
    ['an event that is unknown', { event: 'bogus', data: {} }, 'unknown-event'],
    ['an event that JavaScript knows', { event: 'toString', data: {} }, 'unknown-event'],
    ['no event', { data: {} }, 'bad-request'],
    ['no data', { event: 'info' }, 'bad-request'],
    ['data that are none', { event: 'readPaste', data: { pasteId: 5 } }, 'bad-request'],
    [
      'a proof that is too short',
      { event: 'readPaste', data: { pasteId: newId(), accessProof: 'AA' } },
      'bad-request',
    ],
  ])('%s, is said to be so', async (_, members, code) => {
    const id = newId();
    const answer = readAnswer('info', id, await ask({ v: 2, id, ...members }));
    expect(answer).toMatchObject({ ok: false, code });
  });

  test.each([-1, 10_001, 1.5])('%d views are none', async (views) => {
    const id = newId();
    const text = formatV2Request(id, 'createPaste', newPaste().request);
    const reply = await service.nym.ask(text.replace('"views":0', `"views":${views}`));
    expect(readAnswer('createPaste', id, reply)).toEqual(badRequest);
  });

  test('is not answered without an id, by which the answer could be told', async () => {
    const tag = ScriptedNymClient.newTag();
    let answer: Buffer | undefined;
    const note = (to: string, reply: Buffer) => {
      if (to === tag) answer = reply;
    };
    service.nym.on('reply', note);
    for (const id of [undefined, 5, 'short', `${newId().slice(0, 21)}B`, null]) {
      service.nym.deliver(JSON.stringify({ v: 2, id, event: 'info', data: {} }), tag);
    }
    expect(await service.nym.ask(web.ping)).toBe(PING_REPLY); // comes after them
    service.nym.off('reply', note);
    expect(answer).toBeUndefined();
  });
});

test.each(FORMS)(
  'a request in the form $name is answered in that form',
  async ({ wrap, before }) => {
    const id = newId();
    const reply = await service.nym.ask(wrap(formatV2Request(id, 'info', {})));
    expect(reply.startsWith(before)).toBe(true);
    expect(readAnswer('info', id, reply.slice(before.length))).toMatchObject({ ok: true });
  },
);

test('a paste is read by the version that made it, and by no other', async () => {
  const open = idIn(await service.nym.ask(web.newText()));
  const paste = newPaste();
  const guarded = await store(call, paste);
  expect(await service.nym.ask(web.getText(guarded))).toBe(NOT_FOUND);
  for (const accessProof of [paste.accessProof, Buffer.alloc(32)]) {
    expect(await call('readPaste', { pasteId: open, accessProof })).toEqual(notFound);
    expect(await call('pasteStatus', { pasteId: open, accessProof })).toEqual(notFound);
  }
  expect(await call('deletePaste', { pasteId: open, deleteProof: Buffer.alloc(32) })).toEqual(
    notFound,
  );
  expect(await service.nym.ask(web.getText(open))).toContain('"num_view": 1,');
});

test('a defect is an internal error, whose cause the log has, and not the answer', async () => {
  const status = jest.spyOn(service.context.store, 'guardedStatus');
  const key = { pasteId: newId(), accessProof: randomBytes(32) };
  status.mockRejectedValueOnce(
    Object.assign(new Error('disk on fire'), { code: 'EIO', syscall: 'read' }),
  );
  const answer = await call('pasteStatus', key);
  expect(answer).toMatchObject({ code: 'internal', message: new AppError('internal').message });
  expect(service.log()).toContain('EIO');
  expect(await call('pasteStatus', key)).toEqual(notFound);
});

test('neither pastes nor ids nor proofs are logged', async () => {
  const paste = newPaste({ content: Buffer.from('SECRET'.repeat(20)), views: 1 });
  const { accessProof, deleteProof } = paste;
  const request = newId();
  const { pasteId } = await succeed(call('createPaste', paste.request, request));
  await call('readPaste', { pasteId, accessProof }, request);
  await call('ackRead', { pasteId, accessProof, claim: request });
  await call('deletePaste', { pasteId, deleteProof });
  const log = service.log();
  const secrets = [accessProof, deleteProof, paste.request.accessHash, paste.chunks[0]!];
  for (const secret of [
    'SECRET',
    pasteId,
    request,
    ...secrets.map((s) => Buffer.from(s).toString('base64url')),
  ]) {
    expect(log).not.toContain(secret);
  }
});
