import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import {
  createPaste,
  openButton,
  openComposePage,
  readError,
  readLink,
  readPaste,
  waitForConnection,
} from './actions.js';
import { launchBrowser, type RecordedBrowser } from './browser.js';
import { startStack, type Stack } from './stack.js';
import { countPastes } from './stored-pastes.js';

/** The uses of the page, in a real browser against the whole system. */
jest.setTimeout(120_000);

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

const openPage = () => recorded.openProfile();

test('a paste that one browser creates is read in another', async () => {
  const author = await openPage();
  await openComposePage(author, stack.url);
  const text = 'Hello mixnet! é😀\n\t<b>&amp;</b> "quoted"\n\n  indented';
  const link = await createPaste(author, text);
  expect(link).toMatch(new RegExp(`^${stack.url}/#/[\\w-]{22}&key=\\w+$`));

  const reader = await openPage();
  expect(await readPaste(reader, link)).toBe(text);
});

test('a paste that is not encrypted is read by a link without a key', async () => {
  const page = await openPage();
  await openComposePage(page, stack.url);
  const link = await createPaste(page, 'for everybody <3', { encrypted: false });
  expect(link).not.toContain('key');
  expect(await readPaste(await openPage(), link)).toBe('for everybody <3');
});

test('a paste of several hundred kilobytes comes through whole', async () => {
  const page = await openPage();
  await openComposePage(page, stack.url);
  // Long lines: a browser takes seconds to have thousands of short ones typed into it by a test.
  const text = Array.from({ length: 100 }, (_, i) => `${i} é `.repeat(500)).join('\n');
  const link = await createPaste(page, text);
  expect(await readPaste(await openPage(), link)).toBe(text);
});

test('create pressed before there is a connection waits for it', async () => {
  const page = await openPage();
  await page.goto(`${stack.url}/#/`);
  const link = await createPaste(page, 'too early');
  expect(await readPaste(await openPage(), link)).toBe('too early');
});

test('of two readers of a paste for one reader, one gets it, after a question', async () => {
  const author = await openPage();
  await openComposePage(author, stack.url);
  const link = await createPaste(author, 'for one', { reads: 1 });

  const [first, second] = [await openPage(), await openPage()];
  for (const page of [first, second]) {
    await page.goto(link);
    await openButton(page).waitFor();
    await waitForConnection(page);
  }
  await first.reload(); // as a link preview would: asked again, nothing used up
  await openButton(first).waitFor();
  await Promise.all([openButton(first).click(), openButton(second).click()]);
  const outcomes = await Promise.all([first, second].map(outcomeOf));
  expect(outcomes.filter((outcome) => outcome === 'for one')).toHaveLength(1);
  expect(outcomes.filter((outcome) => /no longer|gone|never/i.test(outcome))).toHaveLength(1);
});

/** The text of the paste, or the error. */
async function outcomeOf(page: Page): Promise<string> {
  const either = page.getByTestId('paste-content').or(page.getByTestId('error-message'));
  await either.waitFor({ timeout: 60_000 });
  return (await either.textContent()) ?? '';
}

test('a wrong key says so, takes another, and does not cost a read', async () => {
  const author = await openPage();
  await openComposePage(author, stack.url);
  const link = await createPaste(author, 'locked', { reads: 1 });
  const key = /key=(\w+)/.exec(link)?.[1] ?? '';
  const reader = await openPage();
  await reader.goto(link.replace(key, '0'.repeat(key.length)));
  await openButton(reader).click();
  expect(await readError(reader)).toMatch(/key/i);
  await reader.getByLabel('Key').fill(key);
  await reader.getByRole('button', { name: 'Open', exact: true }).click();
  const content = reader.getByTestId('paste-content');
  await content.waitFor();
  expect(await content.textContent()).toBe('locked');
});

test('a link without its key asks for it', async () => {
  const author = await openPage();
  await openComposePage(author, stack.url);
  const link = await createPaste(author, 'the key comes apart');
  const [, key = ''] = link.split('&key=');
  const reader = await openPage();
  await reader.goto(link.replace(/&key=.*/, ''));
  const field = reader.getByLabel('Key');
  await field.waitFor({ timeout: 60_000 });
  await field.fill(key);
  await reader.getByRole('button', { name: 'Open', exact: true }).click();
  await reader.getByTestId('paste-content').waitFor();
});

test.each([
  ['that nobody made', '/#/AAAAAAAAAAAAAAAAAAAAAA&key=abcdef', /no longer|never|gone/i],
  ['that is not one', '/#/x', /link/i],
])('a link %s says what it is', async (_, path, message) => {
  const page = await openPage();
  await page.goto(`${stack.url}${path}`);
  expect(await readError(page)).toMatch(message);
});

test('the link is copied with one press', async () => {
  const page = await openPage();
  await openComposePage(page, stack.url);
  const link = await createPaste(page, 'copy me');
  await page.getByRole('button', { name: 'Copy link' }).click();
  await page.getByRole('button', { name: 'New paste' }).click();
  await page.getByTestId('paste-input').press('ControlOrMeta+v');
  expect(await page.getByTestId('paste-input').inputValue()).toBe(link);
});

test('one page makes one paste after another, and reads one after another', async () => {
  const page = await openPage();
  await openComposePage(page, stack.url);
  const first = await createPaste(page, 'first');
  await page.getByRole('button', { name: 'New paste' }).click();
  const second = await createPaste(page, 'second');
  expect(second).not.toBe(first);
  expect(await readPaste(page, first)).toBe('first');
  await page.evaluate((link) => {
    location.href = link;
  }, second);
  await page.getByText('second', { exact: true }).waitFor({ timeout: 60_000 });
});

test('a press too many makes no second paste', async () => {
  const page = await openPage();
  await openComposePage(page, stack.url);
  const before = countPastes(stack);
  await page.getByTestId('paste-input').fill('once');
  await page.getByTestId('create-button').dblclick();
  expect(await readPaste(await openPage(), await readLink(page))).toBe('once');
  // A page sends one request after the other: what the second press had begun would be stored before this.
  await page.getByRole('button', { name: 'New paste' }).click();
  await createPaste(page, 'another');
  expect(countPastes(stack)).toBe(before + 2);
});

test('nothing of all that made a page complain', () => {
  expect(recorded.complaints).toEqual([]);
});
