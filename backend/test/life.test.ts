import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import Database from 'better-sqlite3';
import {
  BUSY_REPLY,
  CIPHERTEXT,
  idIn,
  NOT_FOUND,
  PING_REPLY,
  web,
} from './support/original-clients.js';
import { until } from './support/running-service.js';
import { ScriptedNymClient } from './support/scripted-nym-client.js';
import { buildService, startService, type ServiceProcess } from './support/service-process.js';

const BUILD_TIMEOUT_MS = 120_000;
const TIMEOUT_MS = 60_000;

jest.setTimeout(TIMEOUT_MS);

let folder: string;
let nym: ScriptedNymClient;
let processes: ServiceProcess[];

beforeAll(buildService, BUILD_TIMEOUT_MS);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pastenym-life-'));
  nym = await ScriptedNymClient.listen();
  processes = [];
});

afterEach(async () => {
  for (const { child, ended } of processes) {
    child.kill('SIGKILL');
    await ended;
  }
  await nym.close();
  rmSync(folder, { recursive: true });
});

const database = () => join(folder, 'data', 'pastes.sqlite');
const addressFile = () => join(folder, 'service-address');

function start(env: Record<string, string> = {}, args: string[] = []): ServiceProcess {
  const service = startService(
    {
      NYM_CLIENT_URL: nym.url,
      DATABASE_URL: `file:${database()}`,
      SERVICE_ADDRESS_FILE: addressFile(),
      ...env,
    },
    args,
  );
  processes.push(service);
  return service;
}

/** Reads pastes, no more at once than the service takes. */
async function read(ids: string[]): Promise<string[]> {
  const replies: string[] = [];
  for (let at = 0; at < ids.length; at += 200) {
    const some = ids.slice(at, at + 200).map((id) => nym.ask(web.getText(id)));
    replies.push(...(await Promise.all(some)));
  }
  return replies;
}

describe('the nym-client', () => {
  test('may come after the service', async () => {
    const { port } = nym;
    await nym.close();
    const service = start();
    await until(() => existsSync(database()));
    nym = await ScriptedNymClient.listen({ port });
    expect(await service.ready).toEqual({ event: 'ready', serviceAddress: nym.address });
    expect(await nym.ask(web.ping)).toBe(PING_REPLY);
  });

  test('may die and come back with another address, which is published', async () => {
    const service = start();
    await service.ready;
    expect(readFileSync(addressFile(), 'utf8')).toBe(`${nym.address}\n`);
    expect(statSync(addressFile()).mode & 0o777).toBe(0o644);
    const id = idIn(await nym.ask(web.newText()));

    const { port } = nym;
    await nym.close();
    nym = await ScriptedNymClient.listen({ port });
    await until(() => readFileSync(addressFile(), 'utf8') === `${nym.address}\n`);
    expect(await nym.ask(web.getText(id))).toContain(CIPHERTEXT);
    // It has also reached itself again, through the new one.
    await until(() => service.output().split('"ready: ').length === 3);
  });

  test('may break the connection in the middle of many requests', async () => {
    const service = start();
    await service.ready;
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 100; i++) nym.deliver(web.newText(), ScriptedNymClient.newTag());
      nym.drop();
      await until(() => !nym.isConnected);
      await until(() => nym.isConnected);
    }
    expect(await nym.ask(web.ping)).toBe(PING_REPLY);
    service.child.kill('SIGTERM');
    expect(await service.ended).toBe(0);
  });
});

test('it is ready only when a request has gone round through the mixnet', async () => {
  nym.isDeaf = true;
  const service = start({ LOG_LEVEL: 'trace' });
  await until(() => nym.isConnected && service.output().includes('connected to the nym-client'));
  expect(await nym.ask(web.ping)).toBe(PING_REPLY);
  expect(service.output()).not.toContain('ready');
  nym.isDeaf = false;
  nym.drop();
  await service.ready;
});

describe('asked to stop', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'with %s, it answers what it has taken, and ends well',
    async (signal) => {
      const service = start();
      await service.ready;
      const tags = Array.from({ length: 300 }, () => ScriptedNymClient.newTag());
      const replies = tags.map((tag) => nym.replyTo(tag));
      for (const tag of tags) nym.deliver(web.newText(), tag);
      await replies[0];
      service.child.kill(signal);
      // What had not been read from the socket by then is told that the service is busy.
      const answers = (await Promise.all(replies)).map(String);
      const ids = answers.filter((answer) => answer !== BUSY_REPLY).map(idIn);
      expect(await service.ended).toBe(0);
      expect(service.output()).toContain('"unanswered":0');
      // The log of the database has been put away: it was closed, not left.
      expect(existsSync(`${database()}-wal`)).toBe(false);
      const db = new Database(database(), { readonly: true });
      const stored = db.prepare('SELECT id FROM pastes').pluck().all();
      db.close();
      expect(stored.toSorted()).toEqual(ids.toSorted());
    },
  );

  test('while no nym-client is there, it ends soon', async () => {
    const { port } = nym;
    await nym.close();
    const service = start();
    await until(() => existsSync(database()));
    service.child.kill('SIGTERM');
    expect(await service.ended).toBe(0);
    nym = await ScriptedNymClient.listen({ port });
  });

  test('while its answers go nowhere, it ends in the time that it has', async () => {
    const service = start({ DRAIN_SECONDS: '7' });
    await service.ready;
    const id = idIn(await nym.ask(web.newText({ text: 'x'.repeat(8_000_000), burn: true })));
    nym.stopReading();
    nym.deliver(web.getText(id), ScriptedNymClient.newTag());
    nym.deliver(web.newText(), ScriptedNymClient.newTag());
    const asked = Date.now();
    service.child.kill('SIGTERM');
    expect(await service.ended).toBe(0);
    expect(Date.now() - asked).toBeLessThan(9000);
    expect(service.output()).toMatch(/"unanswered":[12]/);
  });
});

test('killed again and again in the middle of its work, it loses nothing that it has acknowledged, and gives no view twice', async () => {
  const acknowledged: string[] = [];
  const burnt: string[] = [];
  const note = (_: string, reply: Buffer) => {
    const text = reply.toString();
    if (text.includes('url_id')) acknowledged.push(idIn(text));
  };
  for (let round = 0; round < 4; round++) {
    const service = start();
    await service.ready;
    nym.on('reply', note);
    const enough = acknowledged.length + 100 + 150 * round;
    const load = setInterval(() => {
      if (!nym.isConnected) return;
      for (let i = 0; i < 20; i++) {
        nym.deliver(web.newText({ burn: true }), ScriptedNymClient.newTag());
      }
    }, 5);
    await until(() => acknowledged.length >= enough);
    service.child.kill('SIGKILL');
    clearInterval(load);
    expect(await service.ended).toBe('SIGKILL');
    nym.off('reply', note);

    const check = start();
    await check.ready;
    const toRead = acknowledged.splice(0, 50);
    const replies = await read(toRead);
    expect(replies.every((reply) => reply.includes(CIPHERTEXT))).toBe(true);
    burnt.push(...toRead);
    check.child.kill('SIGKILL'); // the views, too, must have been kept
    await check.ended;
  }
  const last = start();
  await last.ready;
  const replies = await read(acknowledged);
  expect(replies.filter((reply) => !reply.includes(CIPHERTEXT))).toEqual([]);
  const again = await read(burnt);
  expect(new Set(again)).toEqual(new Set([NOT_FOUND]));
  last.child.kill('SIGTERM');
  expect(await last.ended).toBe(0);
  const db = new Database(database(), { readonly: true });
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(db.pragma('foreign_key_check')).toEqual([]);
  db.close();
});

describe('what the operator has to mend', () => {
  test('is said at once and completely, with exit code 1', async () => {
    const service = start({
      NYM_CLIENT_URL: 'http://x',
      MAX_TEXT_BYTES: 'many',
      LOG_LEVEL: 'loud',
    });
    expect(await service.ended).toBe(1);
    expect(service.output().trim().split('\n')).toEqual([
      'NYM_CLIENT_URL must be a ws:// or wss:// URL.',
      'MAX_TEXT_BYTES must be a whole number from 1 to 12000000.',
      'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent.',
    ]);
  });

  test('is said of a database, too', async () => {
    const first = start();
    await first.ready;
    first.child.kill('SIGTERM');
    await first.ended;
    const db = new Database(database());
    db.pragma('user_version = 99');
    db.close();
    const service = start();
    expect(await service.ended).toBe(1);
    expect(service.output()).toContain('it was used by a newer one');
  });

  test('is said of an argument, too; and help is given', async () => {
    const wrong = start({}, ['--nonsense']);
    expect(await wrong.ended).toBe(1);
    expect(wrong.output()).toContain("'--nonsense'");
    const help = start({}, ['--help']);
    expect(await help.ended).toBe(0);
    expect(help.output()).toContain('NYM_CLIENT_URL');
    expect(existsSync(database())).toBe(false);
  });
});
