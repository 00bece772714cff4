import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { createPaste, openComposePage, readPaste } from './actions.js';
import { launchBrowser, type RecordedBrowser } from './browser.js';
import { startStack, type Stack } from './stack.js';

/** What the page promises about the network and about the browser that it runs in. */
jest.setTimeout(120_000);

let stack: Stack;
let recorded: RecordedBrowser;
beforeEach(async () => {
  recorded = await launchBrowser();
});
afterEach(async () => {
  await recorded.browser.close();
  expect(recorded.complaints).toEqual([]);
});
beforeAll(async () => {
  stack = await startStack();
});
afterAll(async () => {
  await stack.stop();
  stack.remove();
});

test('the page asks for its own files, the topology and a gateway, and for nothing else, ever', async () => {
  const author = await recorded.openProfile();
  await openComposePage(author, stack.url);
  const beforeCreating = await listResources(author);
  const link = await createPaste(author, 'a <img src="https://elsewhere.example/beacon.png"> b');
  expect(await listResources(author)).toEqual(beforeCreating);
  const reader = await recorded.openProfile();
  await readPaste(reader, link);
  // The log also has the fragment of the address that was opened, which is not sent to anybody.
  const urls = (await recorded.closeAndListUrls()).map((url) => new URL(url.replace(/#.*/, '')));

  const nymApi = new URL(stack.nymApiUrl);
  const pageFiles = /^\/($|config\.json$|[\w.-]+\.(js|css|svg)$)/;
  const strange = urls.filter((url) => {
    if (url.origin === stack.url) return !pageFiles.test(url.pathname) || url.search !== '';
    if (url.origin === nymApi.origin) return !/^\/api\/v\d\//.test(url.pathname);
    return !(stack.gatewayUrls.includes(url.origin) && url.pathname === '/');
  });
  expect(strange.map(String)).toEqual([]);
  expect(urls.some((url) => url.protocol === 'ws:')).toBe(true);
  const [id = ''] = link.split('#/')[1]?.split('&') ?? [];
  expect(urls.filter((url) => url.href.includes(id)).map(String)).toEqual([]);
});

/** What the page itself has loaded, by its own account. */
const listResources = (page: Page) =>
  page.evaluate(() => performance.getEntriesByType('resource').map((entry) => entry.name));

test('nothing is kept in the browser', async () => {
  const page = await recorded.openProfile();
  await openComposePage(page, stack.url);
  await readPaste(page, await createPaste(page, 'leave no trace'));
  const kept = await page.evaluate(async () => ({
    databases: (await indexedDB.databases()).length,
    caches: (await caches.keys()).length,
    local: localStorage.length,
    session: sessionStorage.length,
    cookies: document.cookie,
    workers: (await navigator.serviceWorker.getRegistrations()).length,
  }));
  expect(kept).toEqual({ databases: 0, caches: 0, local: 0, session: 0, cookies: '', workers: 0 });
  expect(await page.context().storageState()).toEqual({ cookies: [], origins: [] });
});

test('the content of a paste is shown and never done', async () => {
  const page = await recorded.openProfile();
  await openComposePage(page, stack.url);
  const text =
    '<script>document.title="owned"</script><img src=x onerror="document.title=\'owned\'">';
  expect(await readPaste(page, await createPaste(page, text))).toBe(text);
  expect(await page.title()).not.toContain('owned');
  expect(await page.locator('main img, main script').count()).toBe(0);
});

test('every file of the page comes with the security headers, those of the worker too', async () => {
  await openComposePage(await recorded.openProfile(), stack.url);
  const loaded = (await recorded.closeAndListUrls()).map((url) => new URL(url));
  const paths = new Set(
    loaded.filter(({ origin }) => origin === stack.url).map(({ pathname }) => pathname),
  );
  expect(
    [...paths].filter((path) => /^\/nym-(sdk-)?worker\.[\da-f]{20}\.js$/.test(path)),
  ).toHaveLength(2);
  expect([...paths]).toEqual(expect.arrayContaining(['/', '/config.json']));
  for (const path of paths) {
    const { status, headers } = await fetch(`${stack.url}${path}`);
    expect([path, status]).toEqual([path, 200]);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval';");
    expect(policy).toContain(
      `connect-src 'self' ${new URL(stack.nymApiUrl).origin} ${stack.gatewayUrls.join(' ')};`,
    );
    expect(policy).not.toContain('unsafe-inline');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('set-cookie')).toBeNull();
  }
});
