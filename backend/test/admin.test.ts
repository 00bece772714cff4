import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import Database from 'better-sqlite3';
import type { ImportReport } from '../src/original/import-original.js';
import type { Statistics } from '../src/store/operator-store.js';
import { openSqliteStore } from '../src/store/sqlite/sqlite-store.js';
import { runAdmin } from './support/admin-process.js';
import { pythonBase64, writeOriginalDatabase } from './support/original-database.js';
import { CIPHERTEXT, idIn, NOT_FOUND, web } from './support/original-clients.js';
import { ScriptedNymClient } from './support/scripted-nym-client.js';
import { buildService, startService, type ServiceProcess } from './support/service-process.js';

jest.setTimeout(120_000);

let folder: string;
let path: string;
let nym: ScriptedNymClient;
let service: ServiceProcess | undefined;

beforeAll(buildService, 120_000);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pastenym-admin-'));
  path = join(folder, 'pastes.sqlite');
  nym = await ScriptedNymClient.listen();
  service = undefined;
});

afterEach(async () => {
  service?.child.kill('SIGKILL');
  await service?.ended;
  await nym.close();
  rmSync(folder, { recursive: true });
});

async function start(): Promise<ServiceProcess> {
  service = startService({ NYM_CLIENT_URL: nym.url, DATABASE_URL: `file:${path}` });
  await service.ready;
  return service;
}

const admin = (...args: string[]) => runAdmin(`file:${path}`, ...args);

async function adminJson<T>(...args: string[]): Promise<T> {
  const { out, err } = await admin(...args, '--json');
  if (err !== '') throw new Error(err);
  return JSON.parse(out) as T;
}

const makeDatabase = () => openSqliteStore(path).close();

const files = () =>
  ['', '-wal']
    .filter((suffix) => existsSync(path + suffix))
    .map((suffix) => readFileSync(path + suffix, 'latin1'))
    .join();

describe('beside a running service', () => {
  test('a paste is shown, deleted and blocked by its link, and nothing secret is said', async () => {
    await start();
    const id = idIn(await nym.ask(web.newText({ burn: true, burnView: 3 })));
    const link = `https://paste.example/#/${id}&key=b2d6ae002a1674daa43a07be7fc4f01c`;
    const shown = await admin('show', link);
    expect(shown.code).toBe(0);
    expect(shown.out).toMatch(/^views taken +0 of 3$/m);
    expect(shown.out).toMatch(/^expires +never$/m);
    const deleted = await admin('delete', link);
    expect(deleted).toMatchObject({
      code: 0,
      out: expect.stringContaining('The paste is deleted.'),
    });
    expect(await nym.ask(web.getText(id))).toBe(NOT_FOUND);
    expect(files()).not.toContain(CIPHERTEXT);
    expect(await admin('delete', link)).toMatchObject({
      code: 1,
      out: 'There is no such paste.\n',
    });
    expect(await admin('show', link)).toMatchObject({ code: 1, out: 'There is no such paste.\n' });

    const other = idIn(await nym.ask(web.newText()));
    const blocked = await admin('block', other);
    expect(blocked.code).toBe(0);
    expect(await nym.ask(web.getText(other))).toBe(NOT_FOUND);
    expect((await admin('show', other)).out).toContain('its id is blocked');
    expect(await admin('unblock', other)).toMatchObject({ code: 0 });
    expect(await admin('unblock', other)).toMatchObject({ code: 1 });
    const said = [shown, deleted, blocked].map(({ out, err }) => out + err).join();
    for (const secret of [id, other, 'b2d6ae', CIPHERTEXT]) expect(said).not.toContain(secret);
  });

  test('everything may be done in the middle of its work, which goes on without a failure', async () => {
    const { output } = await start();
    const load = { isOn: true, stored: 0, read: 0 };
    const worker = async () => {
      while (load.isOn) {
        const id = idIn(await nym.ask(web.newText({ text: 'x'.repeat(5000), burn: true })));
        load.stored++;
        if (load.stored % 3 === 0) continue;
        expect(await nym.ask(web.getText(id))).toContain('xxx');
        load.read++;
      }
    };
    const working = Array.from({ length: 20 }, worker);
    writeOriginalDatabase(
      join(folder, 'data.db'),
      Array.from({ length: 1000 }, (_, i) => ({ url_id: `import${i}00` })),
    );
    const copy = join(folder, 'copy.sqlite');
    for (const args of [
      ['stats'],
      ['import', join(folder, 'data.db')],
      ['backup', copy],
      ['check'],
      ['vacuum'],
      ['purge'],
      ['check'],
    ]) {
      const { code, out, err } = await admin(...args);
      expect([args[0], code, err, code === 0 ? '' : out]).toEqual([args[0], 0, '', '']);
    }
    load.isOn = false;
    await Promise.all(working);
    const counts = await adminJson<Statistics>('stats');
    expect(counts.open).toBe(load.stored - load.read + 1000);
    expect(load.read).toBeGreaterThan(0);
    expect(output()).not.toMatch(/"level":"(error|fatal)"/);
    service?.child.kill('SIGTERM');
    expect(await service?.ended).toBe(0);
    path = copy;
    expect(await admin('check')).toMatchObject({ code: 0, out: 'All is well.\n' });
  });
});

describe('on its own', () => {
  test('it counts by kind', async () => {
    await makeDatabase();
    const { code, out, database } = await admin('stats');
    expect([code, database]).toEqual([0, path]);
    expect(out).toMatch(/^open pastes +0$/m);
    expect(await adminJson<Statistics>('stats')).toMatchObject({ open: 0, guarded: 0, blocked: 0 });
  });

  test('purging deletes what is over, also a large paste, and leaves nothing of it in the files', async () => {
    const store = openSqliteStore(path);
    const paste = {
      details: undefined,
      maxViews: undefined,
      expiresAtBlock: undefined,
      createdDay: 1,
    };
    const content = Buffer.from('what is over'.repeat(200_000));
    await store.createOpen({ ...paste, id: 'over', content, expiresAt: 1000 });
    await store.createOpen({
      ...paste,
      id: 'stays',
      content: Buffer.from('x'),
      expiresAt: undefined,
    });
    const bytesBefore = statSync(path).size + statSync(`${path}-wal`).size;
    expect(await adminJson('purge')).toMatchObject({ expired: 1, erasure: 'erased' });
    expect(files()).not.toContain('what is over');
    await store.close();
    expect((await admin('vacuum')).code).toBe(0);
    expect(statSync(path).size).toBeLessThan(bytesBefore / 10);
    expect(await adminJson<Statistics>('stats')).toMatchObject({ open: 1 });
  });

  test('a copy goes into a new file of its owner’s only, never over another', async () => {
    await makeDatabase();
    const copy = join(folder, 'copy.sqlite');
    expect((await admin('backup', copy)).code).toBe(0);
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    const again = await admin('backup', copy);
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('is there already') });
  });

  test('the check says what is wrong, with exit code 1', async () => {
    await makeDatabase();
    const db = new Database(path);
    db.exec('UPDATE totals SET bytes = 5');
    db.close();
    expect(await admin('check')).toMatchObject({ code: 1, out: 'totals that are wrong  1\n' });
    expect(await adminJson('check')).toEqual({
      faults: [{ what: 'totals that are wrong', count: 1 }],
    });
  });

  test('wrong usage is said, with exit code 2, and a database that is not there is not made', async () => {
    for (const args of [
      [],
      ['nonsense'],
      ['show'],
      ['stats', 'x'],
      ['--nonsense'],
      ['show', 'x'],
    ]) {
      const { code, out, err } = await admin(...args);
      expect([code, out]).toEqual([2, '']);
      expect(err).toContain('Try --help.');
    }
    expect(await admin('stats')).toMatchObject({
      code: 1,
      err: `There is no database ${path}.\n`,
    });
    expect(existsSync(path)).toBe(false);
    const help = await admin('--help');
    expect(help.code).toBe(0);
    expect(help.out).toContain('unblock ID');
  });
});

describe('the original’s database', () => {
  const encrypted =
    '{"iv": "AAECAwQFBgcICQoL", "v": 1, "iter": 10000, "ks": 256, "ts": 128, "mode": "gcm", "adata": "", "cipher": "aes", "salt": "AAECAwQFBgc="}';
  const notEncrypted =
    '{"salt": "", "adata": "", "iv": "", "ks": 0, "v": 0, "ts": 0, "mode": "", "cipher": "", "iter": 0}';
  const publicText =
    '{&quot;text&quot;: &quot;a &lt;b&gt; &amp;amp; it&#x27;s \u00e9\u{1f600}&quot;}';

  /** Each with the answer that the original gives. */
  const GOOD = [
    {
      row: {
        url_id: '8A8Z9nIk',
        text: CIPHERTEXT,
        encryption_params_b64: pythonBase64(encrypted),
        num_view: 41,
      },
      answer: `{"text": "${CIPHERTEXT}", "num_view": 42, "created_on": "2024-03-09T00:00:00Z", "is_burn": false, "is_ipfs": false, "burn_view": 0, "expiration_time": null, "expiration_height": null, "encParams": ${encrypted}}`,
    },
    {
      row: { url_id: 'public-0', text: publicText },
      answer: `{"text": "{&quot;text&quot;: &quot;a &lt;b&gt; &amp;amp; it&#x27;s \\u00e9\\ud83d\\ude00&quot;}", "num_view": 1, "created_on": "2024-03-09T00:00:00Z", "is_burn": false, "is_ipfs": false, "burn_view": 0, "encryption_params_b64": null, "expiration_time": null, "expiration_height": null}`,
    },
    {
      row: {
        url_id: 'cli_-pub',
        text: 'x',
        encryption_params_b64: pythonBase64(notEncrypted),
        created_on: '2023-12-31 23:59:59.999999',
      },
      answer: `{"text": "x", "num_view": 1, "created_on": "2023-12-31T00:00:00Z", "is_burn": false, "is_ipfs": false, "burn_view": 0, "expiration_time": null, "expiration_height": null, "encParams": ${notEncrypted}}`,
    },
    {
      row: {
        url_id: 'CxfJnQ1d',
        text: 'x',
        is_burn: 1,
        burn_view: 3,
        num_view: 2,
        expiration_time: 4_102_444_799,
      },
      answer: `{"text": "x", "num_view": 3, "created_on": "2024-03-09T00:00:00Z", "is_burn": true, "is_ipfs": false, "burn_view": 3, "encryption_params_b64": null, "expiration_time": "2099-12-31T23:59:59Z", "expiration_height": null}`,
    },
  ];

  const HOSTILE = [
    { url_id: '8A8Z9nIk', text: 'the same id again' },
    { url_id: 'expired0', expiration_time: 1_600_000_000 },
    { url_id: 'unknown0', expiration_time: 0 },
    { url_id: 'burnt000', is_burn: 1, burn_view: 2, num_view: 2 },
    { url_id: 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy', is_ipfs: 1 },
    { url_id: 'short' },
    { url_id: Buffer.from([0xff, 0xfe]) },
    { url_id: 'script00', text: '<script>alert(1)</script>' },
    { url_id: 'bytes000', text: Buffer.from([0xff, 0x00]) },
    { url_id: 'params00', encryption_params_b64: pythonBase64('{"iv": {"$ne": 1}}') },
    { url_id: 'params01', encryption_params_b64: 'nonsense' },
    { url_id: 'views000', num_view: 'many' },
    { url_id: 'created0', created_on: 'some day' },
    { url_id: 'height00', expiration_height: 'high' },
  ];

  test('is imported such that each paste is answered byte for byte as the original would, with the views that are left', async () => {
    const file = join(folder, 'data.db');
    writeOriginalDatabase(file, [
      ...GOOD.map(({ row }) => row),
      { url_id: 'atblock0', expiration_height: 900_000 },
      ...HOSTILE,
    ]);
    const before = readFileSync(file);
    await start();
    const report = await adminJson<ImportReport>('import', file);
    expect(report).toEqual({
      rows: 19,
      imported: 5,
      expiringByBlock: 1,
      skipped: {
        known: { count: 1, firstRows: [6] },
        expired: { count: 2, firstRows: [7, 8] },
        burnt: { count: 1, firstRows: [9] },
        ipfs: { count: 1, firstRows: [10] },
        'bad-id': { count: 1, firstRows: [11] },
        'bad-row': { count: 2, firstRows: [12, 17] },
        'bad-text': { count: 2, firstRows: [13, 14] },
        'bad-encryption': { count: 2, firstRows: [15, 16] },
        'bad-date': { count: 1, firstRows: [18] },
        'bad-expiry': { count: 1, firstRows: [19] },
      },
    });
    for (const { row, answer } of GOOD) expect(await nym.ask(web.getText(row.url_id))).toBe(answer);
    // The last view of this one has just been taken.
    expect(await nym.ask(web.getText('CxfJnQ1d'))).toBe(NOT_FOUND);
    // Nobody knows the height of the block chain here.
    expect(await nym.ask(web.getText('atblock0'))).toBe(NOT_FOUND);
    expect((await admin('show', 'atblock0')).out).toMatch(/^expires +at block 900000$/m);

    const again = await admin('import', file);
    expect(again.code).toBe(0);
    expect(again.out).toMatch(/^pastes imported +0$/m);
    expect(again.out).toContain(
      '6 left out: it was imported before, or an older row has the same id (rows 1, 2, 3, 4, 5, 6)',
    );
    expect(await nym.ask(web.getText('CxfJnQ1d'))).toBe(NOT_FOUND);
    expect(readFileSync(file).equals(before)).toBe(true);
    expect((await admin('check')).code).toBe(0);
  });

  test('is imported into a database that is not there yet, however long it is', async () => {
    const file = join(folder, 'data.db');
    const rows = Array.from({ length: 3000 }, (_, i) => ({
      url_id: `many${String(i).padStart(6, '0')}`,
    }));
    writeOriginalDatabase(file, rows);
    expect(await adminJson<ImportReport>('import', file)).toMatchObject({
      rows: 3000,
      imported: 3000,
    });
    expect(await adminJson<Statistics>('stats')).toMatchObject({ open: 3000, imported: 3000 });
  });

  test.each([
    [
      'is no database',
      (file: string) => {
        writeFileSync(file, 'x'.repeat(10_000));
      },
      'not a database',
    ],
    [
      'is another program’s',
      (file: string) => {
        new Database(file).exec('CREATE TABLE pastes (x)').close();
      },
      'no table "texts"',
    ],
    [
      'has a table that is not it',
      (file: string) => {
        new Database(file).exec('CREATE TABLE texts (url_id)').close();
      },
      'no column text, num_view, created_on',
    ],
    ['is not there', () => undefined, 'unable to open'],
  ])('a file that %s is refused', async (_, write, problem) => {
    const file = join(folder, 'data.db');
    write(file);
    const { code, err } = await admin('import', file);
    expect(code).toBe(1);
    expect(err).toContain(problem);
  });

  test('a file that is damaged in the middle is imported as far as it can be read', async () => {
    const file = join(folder, 'data.db');
    writeOriginalDatabase(
      file,
      Array.from({ length: 300 }, (_, i) => ({ url_id: `row-${1000 + i}`, text: 'x'.repeat(500) })),
    );
    const bytes = readFileSync(file);
    bytes.fill(0xff, bytes.length / 2, bytes.length / 2 + 4096);
    writeFileSync(file, bytes);
    const { code, out } = await admin('import', file);
    expect(code).toBe(1);
    expect(out).toContain('cannot be read any further: database disk image is malformed');
    expect(out).toContain('The same file can be imported again');
    expect(Number(/pastes imported +(\d+)/.exec(out)?.[1])).toBeGreaterThan(64);
  });
});
