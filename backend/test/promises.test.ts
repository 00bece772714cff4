import { existsSync, readFileSync, statSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { CIPHERTEXT, CLI_SENDER, cli, idIn, NOT_FOUND, web } from './support/original-clients.js';
import { NOW, runService, until, type RunningService } from './support/running-service.js';
import { ScriptedNymClient } from './support/scripted-nym-client.js';

jest.setTimeout(60_000);

let service: RunningService;
const ask = (message: string, tag?: string) => service.nym.ask(message, tag);
const newId = () => randomBytes(16).toString('base64url');
const withId = (json: string, id: string) => json.replace(/\}$/, `,"id":"${id}"}`);

/** Everything that is in the database's files. */
const files = () =>
  ['', '-wal', '-shm']
    .map((suffix) => service.databaseFile + suffix)
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'latin1'))
    .join();

beforeEach(async () => {
  service = await runService({ env: { SWEEP_INTERVAL_SECONDS: '1' } });
});

afterEach(() => service.stop());

describe('a request with an id of 128 bits, sent again because its answer was lost,', () => {
  test('creates one paste', async () => {
    const request = withId(web.newText(), newId());
    const replies = await Promise.all(Array.from({ length: 20 }, () => ask(request)));
    replies.push(await ask(request));
    expect(new Set(replies).size).toBe(1);
    expect(files().split(CIPHERTEXT).length).toBe(2);
  });

  test('takes one view, and is answered with the paste again, even if that was the last', async () => {
    const id = idIn(await ask(web.newText({ burn: true })));
    const request = withId(web.getText(id), newId());
    const replies = await Promise.all(Array.from({ length: 20 }, () => ask(request)));
    replies.push(await ask(request));
    expect(new Set(replies).size).toBe(1);
    expect(replies[0]).toContain(CIPHERTEXT);
    expect(await ask(withId(web.getText(id), newId()))).toContain('text not found');
  });

  test('is answered so whoever sends it, since a client that was rebuilt has another tag; and in its own form', async () => {
    const request = withId(web.newText(), newId());
    const reply = await ask(request, ScriptedNymClient.newTag());
    expect(await ask(Buffer.from(request).toString('base64'))).toBe(reply);
  });

  test('is another request ten minutes later', async () => {
    const id = idIn(await ask(web.newText()));
    const request = withId(web.getText(id), newId());
    expect(await ask(request)).toContain('"num_view": 1,');
    service.time.now = NOW + 599_999;
    expect(await ask(request)).toContain('"num_view": 1,');
    service.time.now = NOW + 600_000;
    expect(await ask(request)).toContain('"num_view": 2,');
  });

  test('is not answered with a paste whose time is over by now', async () => {
    const id = idIn(await ask(web.newText({ expiration: '1 minute' })));
    const request = withId(web.getText(id), newId());
    expect(await ask(request)).toContain(CIPHERTEXT);
    service.time.now = NOW + 59_999;
    expect(await ask(request)).toContain(CIPHERTEXT);
    service.time.now = NOW + 60_000;
    expect(await ask(request)).toContain('text not found');
  });

  test('for what is not there, takes no room from the answers that are kept', async () => {
    const id = idIn(await ask(web.newText({ burn: true })));
    const request = withId(web.getText(id), newId());
    const answer = await ask(request);
    const misses = Array.from({ length: 10_001 }, () => withId(web.getText(newId()), newId()));
    for (let at = 0; at < misses.length; at += 500) {
      await Promise.all(misses.slice(at, at + 500).map((miss) => ask(miss)));
    }
    expect(await ask(request)).toBe(answer);
  });

  test('fetches nobody else’s answer: the same id with another content is another request', async () => {
    const [one, two] = [idIn(await ask(web.newText())), idIn(await ask(web.newText()))];
    const id = newId();
    expect(await ask(withId(web.getText(one), id))).toContain('"num_view": 1,');
    expect(await ask(withId(web.getText(two), id))).toContain('"num_view": 1,');
    expect(await ask(withId(web.getText(two), id))).toContain('"num_view": 1,');
  });

  test('and whose work failed, is tried again', async () => {
    const request = withId(web.newText(), newId());
    const createOpen = jest.spyOn(service.context.store, 'createOpen');
    createOpen.mockRejectedValueOnce(new Error('full'));
    expect(await ask(request)).toBe('"Error"');
    expect(await ask(request)).toContain('url_id');
  });
});

test('a request without such an id has its effect each time, as it always had', async () => {
  for (const request of [web.newText(), withId(web.newText(), 'short')]) {
    expect(await ask(request)).not.toBe(await ask(request));
  }
});

test('an expired paste is deleted when nobody asks for anything, and leaves no trace in the files', async () => {
  const secret = randomBytes(600).toString('hex');
  await ask(web.newText({ text: secret, expiration: '1 hour' }));
  await until(() => files().includes(secret));
  service.time.now = NOW + 3_600_000;
  await until(() => !files().includes(secret));
  expect(service.context.counters.expired).toBe(1);
});

test('a burnt paste leaves no trace in the files', async () => {
  const secret = randomBytes(60_000).toString('hex');
  const id = idIn(await ask(web.newText({ text: secret, burn: true })));
  expect(files()).toContain(secret.slice(0, 500));
  expect(await ask(web.getText(id))).toContain(secret);
  await until(() => !files().includes(id));
  // Content lies in pages: look for a piece of each.
  for (let at = 0; at < secret.length; at += 1000) {
    expect(files()).not.toContain(secret.slice(at, at + 100));
  }
});

test('nobody but the owner can read the database', () => {
  expect(statSync(service.databaseFile).mode & 0o777).toBe(0o600);
});

test('a large paste that many want at once goes to all of them, few at a time, so that nothing overflows', async () => {
  const readers = 20;
  const id = idIn(
    await ask(web.newText({ text: 'x'.repeat(8_000_000), burn: true, burnView: readers })),
  );
  const lengths = Array.from({ length: readers }, async () => (await ask(web.getText(id))).length);
  for (const length of await Promise.all(lengths)) expect(length).toBeGreaterThan(8_000_000);
  expect(await ask(web.getText(id))).toBe(NOT_FOUND);
});

test('no log line at any level tells what was in a paste, which one it was, or who asked', async () => {
  const text = 'SECRETSECRETSECRETSECRETSECRETSECRET'; // base64, as a ciphertext
  const tags = Array.from({ length: 6 }, () => ScriptedNymClient.newTag());
  const [a, b, c, d, e, f] = tags;
  const id = idIn(await ask(cli.newText({ text, burn: true }), a));
  const request = newId();
  expect(await ask(withId(web.getText(id), request), b)).toContain(text);
  expect(await ask(web.getText(id), c)).toBe(NOT_FOUND);
  await ask(`{"event":"${text}","data":"${text}","id":"${request}"}`, d);
  service.nym.deliver(`${text} is not JSON`, e);
  service.context.store.createOpen = (paste) =>
    Promise.reject(new Error(`failed for ${paste.id}: ${String(paste.content)}`));
  expect(await ask(cli.newText({ text }), f)).toBe('"Error"');
  service.context.createInbox().deliver({
    message: Buffer.from(web.ping),
    reply: () => Promise.reject(new Error(`no route to ${String(a)}`)),
  });
  service.nym.drop();
  await until(() => service.readyTimes() === 2);
  await until(() => service.log().includes('"repliesDropped":1'));

  const log = service.log();
  expect(log).toContain('"level":"debug"'); // it was listening
  for (const secret of [text, id, request, CLI_SENDER, CLI_SENDER.split('.')[0]!, ...tags]) {
    expect(log).not.toContain(secret);
  }
  expect(log).toContain(service.nym.address); // the service's own is no secret
});
