import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createPaste, openComposePage, readLink, readPaste, waitForConnection } from './actions.js';
import { launchBrowser, openProfile, type RecordedBrowser } from './browser.js';
import { startStack, type Stack } from './stack.js';

/** Parts die while they are used. */
jest.setTimeout(180_000);

let stack: Stack;
let recorded: RecordedBrowser;
beforeAll(async () => {
  stack = await startStack();
  recorded = await launchBrowser();
});
afterAll(async () => {
  await recorded.browser.close();
  await stack.stop();
  stack.remove();
});

test('a paste goes through after the gateways died and came back, in a page that stayed open', async () => {
  const page = await openProfile(recorded.browser);
  await openComposePage(page, stack.url);
  const before = await createPaste(page, 'before');
  await page.getByRole('button', { name: 'New paste' }).click();
  await stack.killPart('mixnet');
  const link = await createPaste(page, 'after');
  expect(await readPaste(await openProfile(recorded.browser), link)).toBe('after');
  expect(await readPaste(await openProfile(recorded.browser), before)).toBe('before');
});

test('what was acknowledged is not lost when the service is killed', async () => {
  const page = await openProfile(recorded.browser);
  await openComposePage(page, stack.url);
  const links: string[] = [];
  for (const text of ['one', 'two', 'three']) {
    links.push(await createPaste(page, text));
    await stack.killPart('backend');
    await page.getByRole('button', { name: 'New paste' }).click();
  }
  const reader = await openProfile(recorded.browser);
  const texts: string[] = [];
  for (const link of links) texts.push(await readPaste(reader, link));
  expect(texts).toEqual(['one', 'two', 'three']);
});

test('a paste that is created while the nym-client is being killed arrives', async () => {
  const page = await openProfile(recorded.browser);
  await openComposePage(page, stack.url);
  await page.getByTestId('paste-input').fill('in between');
  const killed = stack.killPart('nymClient');
  await page.getByTestId('create-button').click();
  const link = await readLink(page);
  await killed;
  expect(await readPaste(await openProfile(recorded.browser), link)).toBe('in between');
});

test('a page that went offline comes back by itself', async () => {
  const page = await openProfile(recorded.browser);
  await openComposePage(page, stack.url);
  await page.context().setOffline(true);
  await page.context().setOffline(false);
  await waitForConnection(page);
  expect(await readPaste(page, await createPaste(page, 'online again'))).toBe('online again');
});

test('a second start keeps the address, the pastes and nothing of what was running', async () => {
  const page = await openProfile(recorded.browser);
  await openComposePage(page, stack.url);
  const link = await createPaste(page, 'kept');
  const { serviceAddress, dataFolder, url } = stack;
  const portBase = Number(new URL(stack.nymApiUrl).port);
  expect(await stack.stop()).toBe(0);
  stack = await startStack(dataFolder, portBase);
  expect(stack.serviceAddress).toBe(serviceAddress);
  expect(stack.url).toBe(url);
  expect(await readPaste(await openProfile(recorded.browser), link)).toBe('kept');
});

test('a second launcher on the same folder, and one on the same ports, are told so', async () => {
  const portBase = Number(new URL(stack.nymApiUrl).port);
  await expect(startStack(stack.dataFolder)).rejects.toThrow(/runs already in/);
  await expect(startStack(undefined, portBase)).rejects.toThrow(/Port \d+ is taken/);
});

test('after all of that, no log holds a key, an id or a text of a paste', () => {
  const folder = join(stack.dataFolder, 'logs');
  const logs = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  expect(logs.length).toBeGreaterThan(0);
  const secrets = /key=|in between|online again|[\w-]{22}&/;
  expect(logs.filter((log) => secrets.test(log))).toEqual([]);
});
