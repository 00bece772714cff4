import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { refusals } from '@pastenym/shared/v1/replies';
import type { AxeResults } from 'axe-core';
import type { PageServer } from '../server/page-server.js';
import type { Locator } from 'playwright-core';
import { launchChromium, type Browser, type Page } from './support/browser.js';
import { buildPage } from './support/build.js';
import { pasteService } from './support/paste-service.js';
import {
  connection,
  content,
  create,
  createButton,
  error,
  input,
  servePage,
  visit,
  type VisitOptions,
} from './support/page-under-test.js';

jest.setTimeout(120_000);

const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core')), 'utf8');

let browser: Browser;
let server: PageServer;

beforeAll(async () => {
  buildPage();
  browser = await launchChromium();
  server = await servePage();
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
});

const LONG = 'a-very-long-word-without-any-place-to-break-'.repeat(12);

/** Every state of the page that looks different from the others. */
const STATES: Record<string, (look: VisitOptions) => Promise<Page>> = {
  async 'an empty paste'(look) {
    const { page } = await visit(browser, server, look);
    await connection(page).and(page.locator('[data-state=connected]')).waitFor();
    return page;
  },
  async 'a paste with all options'(look) {
    const { page } = await visit(browser, server, look);
    await input(page).fill(LONG);
    await page.getByLabel('Destroyed after').selectOption('a number of reads');
    await page.getByLabel('Encryption').uncheck();
    return page;
  },
  async 'a number of reads that is none'(look) {
    const { page } = await visit(browser, server, look);
    await page.getByLabel('Destroyed after').selectOption('a number of reads');
    await page.getByLabel('Reads', { exact: true }).fill('');
    await error(page).waitFor();
    return page;
  },
  async 'a paste on its way'(look) {
    const { page } = await visit(browser, server, { ...look, answer: () => undefined });
    await input(page).fill(LONG);
    await createButton(page).click();
    await page.getByText('Sent, waiting for the answer').waitFor();
    return page;
  },
  async 'no connection, with its details'(look) {
    const start = () => ({ fault: 'start-failed', detail: LONG });
    const { page } = await visit(browser, server, { ...look, start });
    await input(page).fill('hello');
    await createButton(page).click();
    await error(page).waitFor();
    await connection(page).click();
    return page;
  },
  async 'a refusal'(look) {
    const { page } = await visit(browser, server, { ...look, answer: () => refusals.overloaded });
    await input(page).fill('hello');
    await createButton(page).click();
    await error(page).waitFor();
    return page;
  },
  async 'a link'(look) {
    const { page } = await visit(browser, server, look);
    await create(page, 'hello');
    return page;
  },
  async 'an open paste that has been destroyed'(look) {
    const { page } = await visit(browser, server, look);
    await page.getByLabel('Destroyed after').selectOption('1 read');
    const url = await create(page, `${LONG}\n`.repeat(30));
    await page.evaluate((hash) => (location.hash = hash), new URL(url).hash);
    await page.getByRole('button', { name: 'Open the paste' }).click();
    await content(page).waitFor();
    return page;
  },
  async 'a question before reading'(look) {
    const { page } = await visit(browser, server, {
      ...look,
      fragment: '#/paste-001&burn&key=abc',
    });
    await page.getByRole('button', { name: 'Open the paste' }).waitFor();
    return page;
  },
  async 'a question that asks for a key too'(look) {
    const { page } = await visit(browser, server, { ...look, fragment: '#/paste-001&burn' });
    await page.getByRole('button', { name: 'Open the paste' }).waitFor();
    return page;
  },
  async 'a paste that was cancelled on its way'(look) {
    const { page } = await visit(browser, server, { ...look, answer: () => undefined });
    await input(page).fill('hello');
    await createButton(page).click();
    await page.getByText('Sent, waiting for the answer').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await createButton(page).waitFor();
    return page;
  },
  async 'a key that does not open the only copy'(look) {
    const service = pasteService();
    const writer = await visit(browser, server, { answer: service.answer });
    await writer.page.getByLabel('Destroyed after').selectOption('1 read');
    const { hash } = new URL(await create(writer.page, 'hello'));
    const options = { ...look, answer: service.answer, fragment: `${hash}0` };
    const { page } = await visit(browser, server, options);
    await page.getByRole('button', { name: 'Open the paste' }).click();
    await error(page).waitFor();
    return page;
  },
  async 'a key that does not open'(look) {
    const service = pasteService();
    const writer = await visit(browser, server, { answer: service.answer });
    const { hash } = new URL(await create(writer.page, 'hello'));
    const options = { ...look, answer: service.answer, fragment: `${hash}0` };
    const { page } = await visit(browser, server, options);
    await error(page).waitFor();
    return page;
  },
  async 'a paste that is gone'(look) {
    const { page } = await visit(browser, server, {
      ...look,
      fragment: '#/paste-999&key=abc',
    });
    await error(page).waitFor();
    return page;
  },
  async 'a link that is none'(look) {
    const { page } = await visit(browser, server, { ...look, fragment: '#/x' });
    await error(page).waitFor();
    return page;
  },
  async 'what it protects'(look) {
    const { page } = await visit(browser, server, { ...look, fragment: '#/about' });
    await page.getByRole('heading', { name: 'What this protects' }).waitFor();
    return page;
  },
};

const LOOKS = [
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 320 },
] as const;

/** Rules of WCAG 2.1 A and AA, and of good practice. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations: found, passes } = await page.evaluate<AxeResults>('axe.run()');
  expect(passes.length).toBeGreaterThan(10);
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

describe.each(LOOKS)('in $colorScheme colours, $width pixels wide,', (look) => {
  test.each(Object.keys(STATES))('%s can be used by everybody, and fits', async (name) => {
    const page = await STATES[name]!(look);
    expect(await violations(page)).toEqual([]);
    expect(await overflow(page)).toBe(0);
  });
});

/** How many pixels of the page lie beyond the right edge. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
}

test('the options end where the text field ends, on the smallest screen too', async () => {
  const { page } = await visit(browser, server, LOOKS[1]);
  await page.getByLabel('Destroyed after').selectOption('a number of reads');
  const right = async (locator: Locator) => {
    const box = await locator.boundingBox();
    return (box?.x ?? Infinity) + (box?.width ?? 0);
  };
  const number = await right(page.getByLabel('Reads', { exact: true }));
  expect(number).toBeLessThanOrEqual((await right(input(page))) + 1);
});

test('long lines fit into every screen, and use a wide one', async () => {
  const page = await STATES['an open paste that has been destroyed']!(LOOKS[0]);
  const widths: number[] = [];
  for (const width of [320, 600, 800, 900, 1280, 1920]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await overflow(page)).toBe(0);
    widths.push((await content(page).boundingBox())?.width ?? 0);
  }
  expect(widths).toEqual([...widths].sort((a, b) => a - b));
  expect(widths.at(-1)).toBeGreaterThan(1200);
});

test('nothing on the page moves or fades where that is not wanted', async () => {
  const page = await STATES['a paste on its way']!(LOOKS[0]);
  const moving = await page.evaluate(
    () =>
      [...document.querySelectorAll('*')].filter((element) => {
        const { transitionDuration, animationName } = getComputedStyle(element);
        return transitionDuration !== '0s' || animationName !== 'none';
      }).length,
  );
  expect(moving).toBe(0);
});
