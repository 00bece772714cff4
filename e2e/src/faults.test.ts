import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import {
  createPaste as createWithPage,
  openComposePage,
  readLink,
  readPaste,
  waitForConnection,
} from './actions.js';
import { launchBrowser, type RecordedBrowser } from './browser.js';
import { startStack, waitUntil, type Stack } from './stack.js';
import { countPastes, countPastesWithId } from './stored-pastes.js';

/** Parts die while they are used. */
jest.setTimeout(180_000);

const PATIENCE_MS = 120_000;

/** What a browser says of itself about requests and sockets whose other end has been killed, or that it may not open while it is offline. */
const CAUSED_BY_FAULTS = [
  /^WebSocket connection to 'ws:\/\/127\.0\.0\.1:\d+\/' failed: /,
  /^Failed to load resource: net::ERR_(CONNECTION_REFUSED|CONNECTION_RESET|INTERNET_DISCONNECTED)$/,
];

/** What no log may hold: texts, and ids and keys of links. */
const secrets: string[] = [];

let stack: Stack;
let recorded: RecordedBrowser;
beforeAll(async () => {
  stack = await startStack();
  recorded = await launchBrowser();
});
// A page that nobody needs any more still takes its share of the processor.
afterEach(() => recorded.closeProfiles());
afterAll(async () => {
  await recorded.browser.close();
  await stack.stop();
  stack.remove();
});

function secretText(): string {
  const text = `secret ${randomUUID()}`;
  secrets.push(text);
  return text;
}

function rememberLink(link: string): string {
  const [, id = '', key = ''] = /#\/([\w-]+)&key=(\w+)/.exec(link) ?? [];
  expect(id.length).toBeGreaterThan(7);
  expect(key.length).toBeGreaterThan(40);
  secrets.push(id, key);
  return link;
}

const createPaste = async (page: Page, text: string) =>
  rememberLink(await createWithPage(page, text));

async function press(page: Page, text: string): Promise<void> {
  await page.getByTestId('paste-input').fill(text);
  await page.getByTestId('create-button').click();
}

const readElsewhere = async (link: string) => readPaste(await recorded.openProfile(), link);

test('a paste goes through after the gateways died and came back, in a page that stayed open', async () => {
  const page = await recorded.openProfile();
  await openComposePage(page, stack.url);
  const [textBefore, textAfter] = [secretText(), secretText()];
  const before = await createPaste(page, textBefore);
  await page.getByRole('button', { name: 'New paste' }).click();
  await stack.killPart('mixnet');
  const after = await createPaste(page, textAfter);
  expect(await readElsewhere(after)).toBe(textAfter);
  expect(await readElsewhere(before)).toBe(textBefore);
});

test('what was acknowledged is not lost when the service is killed', async () => {
  const page = await recorded.openProfile();
  await openComposePage(page, stack.url);
  const texts = [secretText(), secretText(), secretText()];
  const links: string[] = [];
  for (const text of texts) {
    links.push(await createPaste(page, text));
    await stack.killPart('backend');
    await page.getByRole('button', { name: 'New paste' }).click();
  }
  const reader = await recorded.openProfile();
  const read: string[] = [];
  for (const link of links) read.push(await readPaste(reader, link));
  expect(read).toEqual(texts);
});

test('a paste that is on its way when the service is killed is stored once', async () => {
  const page = await recorded.openProfile();
  await openComposePage(page, stack.url);
  const before = countPastes(stack);
  const text = secretText();
  await press(page, text);
  await stack.killPart('backend');
  const link = rememberLink(await readLink(page));
  expect(await readElsewhere(link)).toBe(text);
  expect(countPastes(stack)).toBe(before + 1);
});

test('a paste whose answer is lost with the service and its nym-client is there as acknowledged', async () => {
  const page = await recorded.openProfile();
  await openComposePage(page, stack.url);
  const before = countPastes(stack);
  const text = secretText();
  await press(page, text);
  const isStored = () => countPastes(stack) > before;
  await waitUntil(isStored, PATIENCE_MS, () => 'Nothing is stored.');
  await Promise.all([stack.killPart('backend'), stack.killPart('nymClient')]);
  const link = rememberLink(await readLink(page));
  expect(await readElsewhere(link)).toBe(text);
  expect(countPastesWithId(stack, idOf(link))).toBe(1);
  // In version 1, a service that was killed has forgotten what it answered: the page's second attempt stores a second paste, and the first
  // is one that nobody has a link to.
  expect(countPastes(stack)).toBeLessThanOrEqual(before + 2);
});

const idOf = (link: string) => /#\/([\w-]+)/.exec(link)?.[1] ?? '';

test('a paste that is created while the nym-client is being killed arrives', async () => {
  const page = await recorded.openProfile();
  await openComposePage(page, stack.url);
  const text = secretText();
  await page.getByTestId('paste-input').fill(text);
  const killed = stack.killPart('nymClient');
  await page.getByTestId('create-button').click();
  const link = rememberLink(await readLink(page));
  await killed;
  expect(await readElsewhere(link)).toBe(text);
});

test('a page that lost its connection while it was offline comes back by itself', async () => {
  const page = await recorded.openProfile();
  await openComposePage(page, stack.url);
  await page.context().setOffline(true);
  await page
    .locator('[data-testid=connection-status]:not([data-state=connected])')
    .waitFor({ timeout: PATIENCE_MS });
  await page.context().setOffline(false);
  await waitForConnection(page);
  const text = secretText();
  expect(await readPaste(page, await createPaste(page, text))).toBe(text);
});

test('a second start keeps the address, the pastes and nothing of what was running', async () => {
  const page = await recorded.openProfile();
  await openComposePage(page, stack.url);
  const text = secretText();
  const link = await createPaste(page, text);
  const { serviceAddress, dataFolder, url } = stack;
  const portBase = Number(new URL(stack.nymApiUrl).port);
  expect(await stack.stop()).toBe(0);
  stack = await startStack(dataFolder, portBase);
  expect(stack.serviceAddress).toBe(serviceAddress);
  expect(stack.url).toBe(url);
  expect(await readElsewhere(link)).toBe(text);
});

test('a second launcher on the same folder, and one on the same ports, are told so', async () => {
  const portBase = Number(new URL(stack.nymApiUrl).port);
  await expect(startStack(stack.dataFolder)).rejects.toThrow(/runs already in/);
  await expect(startStack(undefined, portBase)).rejects.toThrow(/Port \d+ is taken/);
});

test('after all of that, no log holds a key, an id or a text of a paste, or the address of a reader', () => {
  const folder = join(stack.dataFolder, 'logs');
  const logs = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  expect(logs.length).toBeGreaterThan(0);
  expect(recorded.clientAddresses.size).toBeGreaterThan(0);
  // The gateway's part is no secret.
  const clientKeys = [...recorded.clientAddresses].flatMap((address) =>
    address.replace(/@.*/, '').split('.'),
  );
  for (const secret of [...secrets, ...clientKeys]) {
    expect(secret.length).toBeGreaterThan(7);
    expect(logs.filter((log) => log.includes(secret))).toEqual([]);
  }
});

test('the pages complained of nothing but of what had been killed', () => {
  const strange = recorded.complaints.filter(
    (text) => !CAUSED_BY_FAULTS.some((it) => it.test(text)),
  );
  expect(strange).toEqual([]);
});
