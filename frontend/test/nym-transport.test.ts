import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { startMixnet, type Mixnet } from '@pastenym/mixnet';
import type { PageServer } from '../server/page-server.js';
import {
  launchChromium,
  listStored,
  NOTHING_STORED,
  recordComplaints,
  type Browser,
  type Page,
} from './support/browser.js';
import { buildPage } from './support/build.js';
import { connection, servePage } from './support/page-under-test.js';

/** The page with the official SDK, unchanged, over a mixnet of real Sphinx packets. There is no paste service: the page talks to itself. */
jest.setTimeout(180_000);

let browser: Browser;
let mixnet: Mixnet;
let server: PageServer;

beforeAll(async () => {
  buildPage();
  browser = await launchChromium();
  mixnet = await startMixnet({ gateways: 1 });
  server = await servePage({ nymApiUrl: mixnet.nymApiUrl });
});

afterAll(async () => {
  await browser.close();
  await server.stop();
  await mixnet.stop();
});

afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
});

async function open() {
  const page = await (await browser.newContext()).newPage();
  const complaints = recordComplaints(page);
  const urls: string[] = [];
  page.on('request', (request) => urls.push(request.url()));
  page.on('websocket', (socket) => urls.push(socket.url()));
  await page.goto(server.url);
  return { page, complaints, urls };
}

const connected = (page: Page) =>
  connection(page).and(page.locator('[data-state=connected]')).waitFor({ timeout: 60_000 });

/** A message has gone through three mixes and has come back. */
const proven = async (page: Page) => {
  await page.getByText('Messages go out through the mixnet, and come back.').waitFor({
    state: 'attached',
    timeout: 60_000,
  });
};

async function ownAddress(page: Page): Promise<string> {
  const value = page.locator('#connection-details dt:has-text("Your address") + dd');
  return (await value.getAttribute('title')) ?? '';
}

describe('the page on a real mixnet', () => {
  test('connects, hears itself through it, and leaves nothing behind in the browser', async () => {
    const { page, complaints } = await open();
    await connected(page);
    await proven(page);
    expect(await listStored(page)).toEqual(NOTHING_STORED);
    expect(complaints).toEqual([]);
  });

  test('asks its own server, the nym-api and the gateway, and nobody else', async () => {
    const { page, urls } = await open();
    await connected(page);
    await proven(page);
    const allowed = [server.url, mixnet.nymApiUrl, ...mixnet.gateways.map(({ url }) => url)];
    expect(urls.filter((url) => !allowed.some((prefix) => url.startsWith(prefix)))).toEqual([]);
    expect(urls).toContain(mixnet.gateways[0]!.url);
  });

  test('is somebody else every time that it is loaded', async () => {
    const { page } = await open();
    await connected(page);
    const first = await ownAddress(page);
    await page.reload();
    await connected(page);
    expect(first).toMatch(/^\w{40,44}\.\w{40,44}@\w{40,44}$/);
    expect(await ownAddress(page)).not.toBe(first);
  });

  test('notices at once that its gateway has gone, and comes back with it, as somebody else', async () => {
    const { page, complaints } = await open();
    await connected(page);
    await proven(page);
    const first = await ownAddress(page);
    await mixnet.gateways[0]!.stop();
    await connection(page).and(page.locator('[data-state=failed]')).waitFor({ timeout: 10_000 });
    await mixnet.gateways[0]!.start();
    await connected(page);
    await proven(page);
    expect(await ownAddress(page)).not.toBe(first);
    // The browser itself says that a websocket could not be opened.
    expect(complaints.filter((text) => !text.includes('WebSocket connection to'))).toEqual([]);
  });

  test('says at once that the network cannot be reached, and what the client says about it', async () => {
    const elsewhere = await servePage({ nymApiUrl: 'http://127.0.0.1:1/api' });
    const page = await (await browser.newContext()).newPage();
    await page.goto(elsewhere.url);
    await connection(page).and(page.locator('[data-state=failed]')).waitFor({ timeout: 15_000 });
    await page.getByText('The client says: ').waitFor({ state: 'attached' });
    await elsewhere.stop();
  });
});
