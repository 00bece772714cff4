import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { solvePuzzle } from '@pastenym/shared/v2/puzzle';
import { formatV2Request } from '@pastenym/shared/v2/wire';
import type { Overrides } from '../src/context.js';
import { Connection } from '../src/store/sqlite/connection.js';
import { storeOn } from '../src/store/sqlite/sqlite-store.js';
import { BUSY_REPLY, FORMS, idIn, NOT_FOUND, PING_REPLY, web } from './support/original-clients.js';
import { NOW, runService, until, type RunningService } from './support/running-service.js';
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
  type Paste,
} from './support/v2-client.js';

jest.setTimeout(60_000);

const V1_FULL = '"Error: the service has no room left"';

let service: RunningService | undefined;

afterEach(async () => {
  await service?.stop();
  service = undefined;
});

async function start(env: Record<string, string> = {}, overrides: Overrides = {}) {
  const running = await runService({ env, overrides });
  service = running;
  const ask = (message: string | Uint8Array) => running.nym.ask(message);
  return { ...running, ask, call: createCall(ask) };
}

const create = (call: Call, options?: Parameters<typeof newPaste>[0], id?: string) =>
  call('createPaste', newPaste(options).request, id);

describe('one paste', () => {
  test('has as many bytes as the operator allows, and no more', async () => {
    const { call } = await start({ MAX_PASTE_BYTES: '1000' });
    expect(await create(call, { content: randomBytes(1000) })).toMatchObject({ ok: true });
    const answer = await create(call, { content: randomBytes(1001) });
    expect(answer).toMatchObject({ code: 'paste-too-large' });
    const { limits } = await succeed(call('info', {}));
    expect(limits.maxPasteBytes).toBe(1000);
  });

  test('is kept for a minute at least, and no longer than the operator allows', async () => {
    const { call } = await start({ MAX_EXPIRY_SECONDS: '7200' });
    const codes = [];
    for (const expiresInSeconds of [59, 60, 7200, 7201]) {
      codes.push((await create(call, { expiresInSeconds })).code);
    }
    expect(codes).toEqual(['bad-expiry', undefined, undefined, 'expiry-too-far']);
    const { expiriesSeconds } = await succeed(call('info', {}));
    expect(expiriesSeconds).toEqual([600, 3600]);
  });

  test('comes in messages that are no longer than any of ours', async () => {
    const { ask } = await start();
    const id = newId();
    const text = formatV2Request(id, 'info', {}).replace(
      '"pad":"',
      `"pad":"${'x'.repeat(140_000)}`,
    );
    expect(readAnswer('info', id, await ask(text))).toMatchObject({ code: 'message-too-large' });
    const longer = text.replace('"pad":"', `"pad":"${'x'.repeat(17 * 1024 * 1024)}`);
    expect(readAnswer('info', id, await ask(longer))).toMatchObject({ code: 'message-too-large' });
  });
});

describe('uploads', () => {
  const large = () => ({ content: randomBytes(CHUNK_BYTES + 1) });

  test('are under way in as many numbers as the operator allows', async () => {
    const { call } = await start({ MAX_UPLOADS: '2' });
    const uploads = await Promise.all([1, 2, 3, 4].map(() => create(call, large())));
    expect(uploads.filter(({ ok }) => ok)).toHaveLength(2);
    expect(uploads.find(({ ok }) => !ok)).toMatchObject({
      code: 'too-many-uploads',
      retryAfterMs: 30_000,
    });
    expect(await create(call)).toMatchObject({ ok: true });
  });

  test('that are completed or abandoned make room for others', async () => {
    const { call, time } = await start({ MAX_UPLOADS: '1', SWEEP_INTERVAL_SECONDS: '1' });
    await store(call, newPaste(large()));
    expect(await create(call, large())).toMatchObject({ ok: true });
    expect(await create(call, large())).toMatchObject({ code: 'too-many-uploads' });
    time.now += 3_600_000;
    await until(() => service?.context.counters.abandoned === 1);
    expect(await create(call, large())).toMatchObject({ ok: true });
  });
});

describe('a store whose quota is used up', () => {
  const QUOTA = { STORE_QUOTA_BYTES: '10000', SWEEP_INTERVAL_SECONDS: '1' };

  test('says so to both versions, and is read and deleted from', async () => {
    const { call, ask } = await start(QUOTA);
    const paste = newPaste({ content: randomBytes(4000), views: 2 });
    const pasteId = await store(call, paste);
    const open = idIn(await ask(web.newText({ text: 'x'.repeat(2000) })));
    expect(await create(call, { content: randomBytes(2000) })).toMatchObject({
      code: 'store-full',
    });
    expect(await ask(web.newText({ text: 'x'.repeat(2000) }))).toBe(V1_FULL);
    const { accessProof, deleteProof } = paste;
    expect(await call('readPaste', { pasteId, accessProof })).toMatchObject({ ok: true });
    expect(await ask(web.getText(open))).toContain('"num_view": 1,');
    expect(await call('deletePaste', { pasteId, deleteProof })).toEqual({ ok: true });
    await freed();
    expect(await create(call, { content: randomBytes(2000) })).toMatchObject({ ok: true });
  });

  test('counts what is announced of an upload', async () => {
    const { call } = await start(QUOTA);
    const answer = await create(call, { content: randomBytes(CHUNK_BYTES + 1) });
    expect(answer).toMatchObject({ code: 'store-full' });
  });

  test('is logged once a minute, however often it is asked', async () => {
    const { call, log } = await start({ STORE_QUOTA_BYTES: '1' });
    for (let n = 0; n < 20; n++) await create(call);
    expect(log().split('there is no room left').length - 1).toBe(1);
  });

  /** What was deleted has been noticed. */
  async function freed() {
    const { quota } = service!.context.admitting;
    const refresh = jest.spyOn(quota, 'refresh');
    await until(() => refresh.mock.results.length > 0);
    await refresh.mock.results[0]!.value;
  }
});

describe('new pastes', () => {
  const NO_WORK = { PUZZLE_MAX_DIFFICULTY: '0' };

  test('come in such numbers as the operator allows, of both versions together', async () => {
    const { call, ask, time } = await start({
      ...NO_WORK,
      CREATES_PER_SECOND: '2',
      CREATE_BURST: '4',
    });
    for (let n = 0; n < 2; n++) {
      expect(await create(call)).toMatchObject({ ok: true });
      idIn(await ask(web.newText()));
    }
    expect(await create(call)).toMatchObject({ code: 'busy', retryAfterMs: 500 });
    expect(await ask(web.newText())).toBe(BUSY_REPLY);
    time.now += 500;
    expect(await create(call)).toMatchObject({ ok: true });
    expect(await ask(web.newText())).toBe(BUSY_REPLY);
  });

  test('of version 1, which cost no work, leave half of that to those that do', async () => {
    const { ask, time } = await start({ CREATES_PER_SECOND: '2', CREATE_BURST: '4' });
    for (let n = 0; n < 3; n++) idIn(await ask(web.newText()));
    expect(await ask(web.newText())).toBe(BUSY_REPLY);
    time.now += 500;
    idIn(await ask(web.newText()));
    expect(await ask(web.newText())).toBe(BUSY_REPLY);
  });

  test('that were too many at first, may be sent again as they were', async () => {
    const { call, ask, time } = await start({
      ...NO_WORK,
      CREATES_PER_SECOND: '1',
      CREATE_BURST: '1',
    });
    await create(call);
    const [{ request }, id] = [newPaste(), newId()];
    const v1 = web.newText().replace(/\}$/, `,"id":"${newId()}"}`);
    expect(await call('createPaste', request, id)).toMatchObject({ code: 'busy' });
    expect(await ask(v1)).toBe(BUSY_REPLY);
    time.now += 1000;
    expect(await call('createPaste', request, id)).toMatchObject({ ok: true });
    time.now += 1000;
    expect(await ask(v1)).toContain('url_id');
  });

  test('that have been answered before are answered again at no cost', async () => {
    const { call } = await start({ ...NO_WORK, CREATES_PER_SECOND: '1', CREATE_BURST: '1' });
    const [{ request }, id] = [newPaste(), newId()];
    const answer = await call('createPaste', request, id);
    expect(answer).toMatchObject({ ok: true });
    expect(await call('createPaste', request, id)).toEqual(answer);
  });

  test('of version 1 are refused where the operator wants none; those that are there are read', async () => {
    const { ask, context } = await start({ V1_CREATES: 'off' });
    expect(await ask(web.newText())).toMatch(/^"Error: /);
    expect(await ask(web.ping)).toBe(PING_REPLY);
    const id = await context.openPastes.create({
      content: Buffer.from('kept'),
      details: undefined,
      maxViews: undefined,
      expiresAt: undefined,
      expiresAtBlock: undefined,
    });
    expect(await ask(web.getText(id))).toContain('kept');
  });
});

describe('work', () => {
  /** Does what `info` asks for. */
  async function workFor(call: Call, { request }: Paste) {
    const { puzzle } = await succeed(call('info', {}));
    const { challenge, difficulty } = puzzle;
    const solution = await solvePuzzle({ challenge, difficulty, commitment: request.contentHash });
    return { ...request, puzzle: { challenge, solution } };
  }

  test('is asked for where the operator wants it, and done as info says', async () => {
    const { call } = await start({ PUZZLE_DIFFICULTY: '2000' });
    const paste = newPaste();
    expect(await call('createPaste', paste.request)).toMatchObject({ code: 'puzzle-required' });
    const worked = await workFor(call, paste);
    expect(await call('createPaste', worked)).toMatchObject({ ok: true });
    const other = { ...newPaste().request, puzzle: worked.puzzle };
    expect(await call('createPaste', other)).toMatchObject({ code: 'puzzle-required' });
  });

  test('serves one paste: a second request with it is refused, the same one is answered again, even when the work is out of date', async () => {
    const { call, time } = await start({ PUZZLE_DIFFICULTY: '2000' });
    const request = await workFor(call, newPaste());
    const id = newId();
    const answer = await call('createPaste', request, id);
    expect(await call('createPaste', request)).toMatchObject({ code: 'puzzle-required' });
    time.now += 3_600_000;
    expect(await call('createPaste', request)).toMatchObject({ code: 'puzzle-required' });
    expect(await call('createPaste', request, id)).toEqual(answer);
  });

  test('becomes more when many pastes come, and less again when they do not', async () => {
    const { call, time } = await start({
      CREATES_PER_SECOND: '1',
      CREATE_BURST: '4',
      PUZZLE_MAX_DIFFICULTY: '4096',
    });
    const difficulty = async () => (await succeed(call('info', {}))).puzzle.difficulty;
    const difficulties = [await difficulty()];
    for (let n = 0; n < 4; n++) {
      await succeed(call('createPaste', await workFor(call, newPaste())));
      difficulties.push(await difficulty());
    }
    expect(difficulties).toEqual([0, 0, 0, 2048, 4096]);
    time.now += 4000;
    expect(await difficulty()).toBe(0);
  });
});

describe('a service that has too much to do', () => {
  const LITTLE_ROOM = { inboxLimits: { maxMessages: 20, maxInFlight: 2 } };

  test('says so in the version and the form of the request, with the time to come again', async () => {
    const { ask } = await start({}, LITTLE_ROOM);
    const replies = await Promise.all(
      FORMS.flatMap(({ wrap, before }) =>
        Array.from({ length: 50 }, async () => {
          const id = newId();
          const reply = await ask(wrap(formatV2Request(id, 'createPaste', newPaste().request)));
          expect(reply.startsWith(before)).toBe(true);
          return readAnswer('createPaste', id, reply.slice(before.length));
        }),
      ),
    );
    const refused = replies.filter(({ ok }) => !ok);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThanOrEqual(180);
    for (const reply of refused) expect(reply).toMatchObject({ code: 'busy', retryAfterMs: 2000 });
  });

  test('drops what says that it is of version 2 and has no id behind that', async () => {
    const { context } = await start();
    const inbox = context.createInbox();
    const refuse = (text: string) => {
      let reply: string | undefined;
      inbox.deliver({
        message: Buffer.from(text),
        reply: (answer) => Promise.resolve(void (reply = Buffer.from(answer).toString())),
      });
      return reply;
    };
    await inbox.close(1000);
    const id = newId();
    expect(refuse(`{"v":2,"event":"info","data":{},"id":"${id}"}`)).toBeUndefined();
    const asPythonWritesIt = `{"v": 2, "id": "${id}", "event": "info", "data": {}}`;
    for (const text of [formatV2Request(id, 'info', {}), asPythonWritesIt]) {
      expect(readAnswer('info', id, refuse(text)!).code).toBe('busy');
    }
    expect(refuse(web.ping)).toBe(BUSY_REPLY);
  });

  test('answers pings and takes pastes while many wait for a large one', async () => {
    const { ask, nym, call } = await start();
    const id = idIn(await ask(web.newText({ text: 'x'.repeat(1_000_000) })));
    let largeAnswers = 0;
    nym.on('reply', (_, reply) => {
      if (reply.length > 1_000_000) largeAnswers++;
    });
    const readers = 70;
    const tags = Array.from({ length: readers }, () => ScriptedNymClient.newTag());
    for (const tag of tags) nym.deliver(web.getText(id), tag);
    const [pong, created, stored] = await Promise.all([
      ask(web.ping),
      ask(web.newText()),
      create(call),
    ]);
    expect(pong).toBe(PING_REPLY);
    idIn(created);
    expect(stored).toMatchObject({ ok: true });
    expect(largeAnswers).toBeLessThan(readers / 2);
  });
});

describe('a disk that is full', () => {
  /** A database that cannot grow beyond so many pages of 4 kB. */
  async function startOnSmallDisk(pages: number) {
    const folder = mkdtempSync(join(tmpdir(), 'pastenym-full-'));
    const connection = new Connection(join(folder, 'pastes.sqlite'));
    connection.db.pragma(`max_page_count = ${pages}`);
    const running = await start({ SWEEP_INTERVAL_SECONDS: '1' }, { store: storeOn(connection) });
    return {
      ...running,
      removeFolder: () => {
        rmSync(folder, { recursive: true });
      },
    };
  }

  test('nearly, takes no pastes, so that there is room left for deleting', async () => {
    const { call, ask, context } = await start({ SWEEP_INTERVAL_SECONDS: '1' });
    const paste = newPaste({ views: 1 });
    const key = { pasteId: await store(call, paste), accessProof: paste.accessProof };
    context.store.freeBytes = () => Promise.resolve(64 * 1024 * 1024);
    await context.admitting.quota.refresh();
    expect(await create(call)).toMatchObject({ code: 'store-full' });
    expect(await ask(web.newText())).toBe(V1_FULL);
    expect(await call('readPaste', key)).toMatchObject({ ok: true });
  });

  test('takes no pastes and says so; reading goes on, and so does sweeping, which makes room again', async () => {
    const { ask, call, time, log, context, removeFolder } = await startOnSmallDisk(500);
    const guarded = newPaste({ expiresInSeconds: 60 });
    const key = { pasteId: await store(call, guarded), accessProof: guarded.accessProof };
    const open = [];
    for (
      let reply;
      (reply = await ask(web.newText({ text: 'x'.repeat(50_000), expiration: '1 hour' }))) !==
      V1_FULL;
    ) {
      open.push(idIn(reply));
    }
    expect(open.length).toBeGreaterThan(20);
    const largest = { content: randomBytes(CHUNK_BYTES) };
    for (let n = 0; n < 10; n++) {
      expect(await create(call, largest)).toMatchObject({ code: 'store-full' });
    }

    // They come together, so they share a transaction, which the full disk undoes.
    const together = await Promise.all([
      ...open.map((id) => ask(web.getText(id))),
      ...Array.from({ length: 10 }, () => create(call, largest).then(({ code }) => code)),
      ...Array.from({ length: 10 }, () => call('readPaste', key).then(({ ok }) => String(ok))),
    ]);
    expect(
      together.slice(0, open.length).filter((reply) => !reply!.includes('"num_view": 1,')),
    ).toEqual([]);
    expect(new Set(together.slice(open.length))).toEqual(new Set(['store-full', 'true']));
    expect(await ask(web.ping)).toBe(PING_REPLY);
    expect(await call('pasteStatus', key)).toMatchObject({ ok: true });
    expect(log().split('there is no room left').length - 1).toBe(1);
    expect(log()).toContain('SQLITE_FULL');
    expect(context.counters.failed).toBe(0);

    time.now = NOW + 3_600_000;
    await until(() => context.counters.expired === open.length + 1);
    expect(await create(call, largest)).toMatchObject({ ok: true });
    expect(await ask(web.getText(open[0]!))).toBe(NOT_FOUND);
    removeFolder();
  });
});
