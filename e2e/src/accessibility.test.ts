import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { createPaste, openButton, openComposePage, readError, readPaste } from './actions.js';
import { launchBrowser, type RecordedBrowser } from './browser.js';
import { startStack, type Stack } from './stack.js';

/** WCAG 2.1 AA as far as a program can tell, on every page, in both themes, on a wide screen and on a phone. */
jest.setTimeout(120_000);

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'];

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

async function expectAccessible(page: Page): Promise<void> {
  // Injected by the browser's debugger: the page's own policy would not let it in.
  const client = await page.context().newCDPSession(page);
  await client.send('Runtime.evaluate', { expression: axe.source });
  const results = await page.evaluate(
    (values) =>
      (window as unknown as { axe: typeof axe }).axe.run(document, {
        runOnly: { type: 'tag', values },
      }),
    TAGS,
  );
  const violations = results.violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((n) => n.html).join(' ')}`,
  );
  expect(violations).toEqual([]);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - window.innerWidth,
  );
  expect(overflow).toBeLessThanOrEqual(0);
}

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  test.each([1280, 320])('every page is accessible and fits %i pixels', async (width) => {
    const page = await recorded.openProfile({ colorScheme, width });
    await openComposePage(page, stack.url);
    await expectAccessible(page);
    await page.getByTestId('connection-status').click();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    const once = await createPaste(page, 'a text\nof two lines', { reads: 1 });
    await expectAccessible(page);
    await page.goto(once);
    await openButton(page).waitFor();
    await expectAccessible(page);
    await readPaste(page, once);
    await expectAccessible(page);
    await page.reload();
    await openButton(page).click();
    await readError(page);
    await expectAccessible(page);
    await page.goto(`${stack.url}/#/about`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await expectAccessible(page);
  });
});

test('a paste is created and its link copied with the keyboard alone', async () => {
  const page = await recorded.openProfile();
  await openComposePage(page, stack.url);
  await page.getByTestId('paste-input').focus();
  await page.keyboard.type('typed');
  await page.keyboard.press('ControlOrMeta+Enter');
  await page.getByTestId('paste-link').waitFor({ timeout: 60_000 });
  const copy = page.getByRole('button', { name: 'Copy link' });
  for (let presses = 0; presses < 10; presses++) {
    if (await copy.evaluate((element) => element === document.activeElement)) break;
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  await page.getByText('Copied').first().waitFor();
});

test('nothing of all that made a page complain', () => {
  expect(recorded.complaints).toEqual([]);
});
