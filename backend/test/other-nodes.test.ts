import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import Database from 'better-sqlite3';
import { NOT_FOUND, WEB_ENC_PARAMS, web } from './support/original-clients.js';
import { RecordedServer } from './support/recorded-server.js';
import { NOW, runService, until, type RunningService } from './support/running-service.js';

/** What the original could do with an IPFS node and a Bitcoin node, asked for in its clients' words. */
let service: RunningService;
afterEach(async () => {
  await service.stop();
});

const ask = (message: string) => service.nym.ask(message);

describe('with an IPFS node', () => {
  /** See ipfs.test.ts. */
  let ipfs: RecordedServer;

  beforeAll(async () => {
    ipfs = await RecordedServer.listen('ipfs-pastes', process.env['TEST_IPFS_API_URL']);
  });
  afterAll(() => ipfs.close());

  beforeEach(async () => {
    service = await runService({ env: { IPFS_API_URL: ipfs.url.href } });
    await until(() => service.context.otherNodes.capabilities.ipfs());
  });

  const storeOnIpfs = async () => {
    const reply = await ask(web.newText({ text: 'Y2lwaGVydGV4dA==', ipfs: true }));
    const cid = /^\{"ipfs": true, "hash": "(bafkrei\w+)", "url_id": "\1"\}$/.exec(reply)?.[1];
    if (cid === undefined) throw new Error(reply);
    return cid;
  };

  test('ping says so, and a paste that is stored there is read there', async () => {
    expect(await ask(web.ping)).toContain('"ipfs_hosting": true');
    const cid = await storeOnIpfs();
    expect(await ask(web.getText(cid))).toBe(
      `{"text": "Y2lwaGVydGV4dA==", "is_private": true, "is_burn": false, "is_ipfs": true, "created_on": "2026-11-22 00:00:00", "encParams": ${spaced(WEB_ENC_PARAMS)}}`,
    );
  });

  test('what cannot be kept there is refused: public pastes, expiry, a number of reads', async () => {
    const publicPaste = web
      .newPublicText('{"text":"x","file":null}')
      .replace('"ipfs":false', '"ipfs":true');
    expect(await ask(publicPaste)).toBe('"Error with text to share"');
    for (const options of [{ burn: true }, { expiration: '1 week' }, { height: '5' }]) {
      expect(await ask(web.newText({ ipfs: true, ...options }))).toContain('cannot expire');
    }
  });

  test('a blocked id is not fetched', async () => {
    const cid = await storeOnIpfs();
    const db = new Database(service.databaseFile);
    db.prepare('INSERT INTO blocked VALUES (?, 0)').run(cid);
    db.close();
    expect(await ask(web.getText(cid))).toBe(NOT_FOUND);
  });
});

/** As Python writes it. */
const spaced = (json: string) => json.replaceAll(':', ': ').replaceAll(',', ', ');

describe('with a Bitcoin node', () => {
  let node: Server;
  let height: number;

  beforeEach(async () => {
    height = 100;
    node = createServer((request, response) => {
      request.resume();
      response.end(JSON.stringify({ result: height }));
    });
    node.listen(0, '127.0.0.1');
    await once(node, 'listening');
    const url = `http://127.0.0.1:${(node.address() as AddressInfo).port}`;
    service = await runService({ env: { BITCOIN_RPC_URL: url, SWEEP_INTERVAL_SECONDS: '1' } });
    await until(() => service.context.otherNodes.capabilities.blockHeight());
  });
  afterEach(() => {
    node.closeAllConnections();
    node.close();
  });

  test('a paste expires so many blocks later, and says when', async () => {
    expect(await ask(web.ping)).toContain('"expiration_bitcoin_height": true');
    const id = idOf(await ask(web.newText({ height: '5' })));
    expect(await ask(web.getText(id))).toContain('"expiration_height": 105,');
    const { store } = service.context;
    expect(await store.takeOpenView(id, { seconds: NOW / 1000, blockHeight: 104 })).toBeDefined();
    expect(await store.takeOpenView(id, { seconds: NOW / 1000, blockHeight: 105 })).toBeUndefined();
    expect(await store.sweep({ seconds: NOW / 1000, blockHeight: 105 })).toMatchObject({
      expired: 1,
    });
  });

  test('a height that is too far away is refused', async () => {
    expect(await ask(web.newText({ height: '99999999' }))).toContain('Error with the expiration');
  });
});

const idOf = (reply: string) => /"url_id": "([^"]+)"/.exec(reply)?.[1] ?? reply;
