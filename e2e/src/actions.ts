import type { Locator, Page } from 'playwright-core';

/** What a user does with the page, by the names that stand on it. */

export const ANSWER_TIMEOUT_MS = 60_000;

export interface CreateOptions {
  expires?: string;
  /** After so many reads it is destroyed. */
  reads?: number;
  encrypted?: boolean;
}

export async function openComposePage(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/#/`);
  await waitForConnection(page);
}

export async function waitForConnection(page: Page): Promise<void> {
  await page
    .locator('[data-testid=connection-status][data-state=connected]')
    .waitFor({ timeout: ANSWER_TIMEOUT_MS });
}

/** Fills in and sends the form. @returns the link */
export async function createPaste(
  page: Page,
  text: string,
  options: CreateOptions = {},
): Promise<string> {
  await page.getByTestId('paste-input').fill(text);
  if (options.expires !== undefined)
    await page.getByLabel('Expires in').selectOption(options.expires);
  if (options.encrypted === false) await page.getByLabel('Encryption').uncheck();
  if (options.reads === 1) await page.getByLabel('Destroyed after').selectOption('1 read');
  if (options.reads !== undefined && options.reads > 1) {
    await page.getByLabel('Destroyed after').selectOption('a number of reads');
    await page.getByLabel('Reads', { exact: true }).fill(String(options.reads));
  }
  await page.getByTestId('create-button').click();
  return readLink(page);
}

export async function readLink(page: Page): Promise<string> {
  const link = page.getByTestId('paste-link');
  await link.waitFor({ timeout: ANSWER_TIMEOUT_MS });
  return (await link.textContent()) ?? '';
}

/** Opens a link, answering the question if there is one. @returns the text of the paste */
export async function readPaste(page: Page, link: string): Promise<string> {
  await page.goto(link);
  const content = page.getByTestId('paste-content');
  const question = openButton(page);
  await content.or(question).waitFor({ timeout: ANSWER_TIMEOUT_MS });
  if (await question.isVisible()) await question.click();
  await content.waitFor({ timeout: ANSWER_TIMEOUT_MS });
  return (await content.textContent()) ?? '';
}

export const openButton = (page: Page): Locator =>
  page.getByRole('button', { name: 'Open the paste' });

export async function readError(page: Page): Promise<string> {
  const message = page.getByTestId('error-message');
  await message.waitFor({ timeout: ANSWER_TIMEOUT_MS });
  return (await message.textContent()) ?? '';
}
