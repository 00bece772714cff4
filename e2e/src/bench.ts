/** What somebody waits for: `npm start`, the page, a paste. In a real browser, against the whole system on a local network. */
import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { openComposePage, waitForConnection } from './actions.js';
import { launchBrowser, type RecordedBrowser } from './browser.js';
import { startStack, type Stack } from './stack.js';

const ROUNDS = 10;
const LARGE_BYTES = 1_000_000;
/** A browser takes seconds to be given thousands of short lines by a test. */
const LINE_BYTES = 10_000;
const PATIENCE_MS = 60_000;
const KILOBYTE = 1000;

const publicFolder = join(
  dirname(dirname(dirname(fileURLToPath(import.meta.url)))),
  'frontend/dist/public',
);

const print = (line: string) => process.stdout.write(`${line}\n`);

function report(what: string, values: readonly number[], unit = 'ms'): void {
  const sorted = values.toSorted((a, b) => a - b);
  const [least = 0, most = 0] = [sorted.at(0), sorted.at(-1)];
  const median = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  const range = `${least.toFixed(0)} to ${most.toFixed(0)}, n = ${sorted.length}`;
  print(`${what.padEnd(54)}${median.toFixed(0).padStart(6)} ${unit}   ${range}`);
}

async function repeat(times: number, measure: () => Promise<number>): Promise<number[]> {
  const values: number[] = [];
  for (let i = 0; i < times; i++) values.push(await measure());
  return values;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

/** From the start of a page's navigation until an element is there, by the page's own clock. */
async function sinceNavigation(page: Page, selector: string): Promise<number> {
  const at = await page.waitForFunction(
    (wanted) => document.querySelector(wanted) !== null && performance.now(),
    selector,
    { polling: 'raf', timeout: PATIENCE_MS },
  );
  return Number(await at.jsonValue());
}

/** In a profile of its own, that nothing is cached in. */
async function withPage<T>(recorded: RecordedBrowser, use: (page: Page) => Promise<T>): Promise<T> {
  const page = await recorded.openProfile();
  const result = await use(page);
  await page.context().close();
  return result;
}

function measureLoads(stack: Stack, recorded: RecordedBrowser): Promise<number[]> {
  return repeat(ROUNDS, () =>
    withPage(recorded, async (page) => {
      await page.goto(`${stack.url}/#/`);
      return sinceNavigation(page, '[data-testid=connection-status][data-state=connected]');
    }),
  );
}

/** From the press of the button until the link is there. */
async function measureCreate(page: Page, text: string): Promise<{ ms: number; link: string }> {
  await page.getByTestId('paste-input').fill(text);
  let link = '';
  const ms = await timed(async () => {
    await page.getByTestId('create-button').click();
    link = (await page.getByTestId('paste-link').textContent({ timeout: PATIENCE_MS })) ?? '';
  });
  await page.getByRole('button', { name: 'New paste' }).click();
  return { ms, link };
}

/** In a page that is connected: from the address bar until the text is there. */
async function measureRead(page: Page, link: string): Promise<number> {
  await page.goto(`${new URL(link).origin}/#/`);
  await waitForConnection(page);
  return timed(async () => {
    await page.evaluate((hash) => {
      location.hash = hash;
    }, new URL(link).hash);
    await page.getByTestId('paste-content').waitFor({ timeout: PATIENCE_MS });
  });
}

async function measurePastes(
  stack: Stack,
  recorded: RecordedBrowser,
  what: string,
  text: (round: number) => string,
): Promise<void> {
  const links: string[] = [];
  const creates = await withPage(recorded, async (page) => {
    await openComposePage(page, stack.url);
    return repeat(ROUNDS, async () => {
      const { ms, link } = await measureCreate(page, text(links.length));
      links.push(link);
      return ms;
    });
  });
  report(`create ${what}: pressed to link`, creates);
  const reads = await withPage(recorded, (page) =>
    repeat(ROUNDS, () => measureRead(page, links.pop() ?? '')),
  );
  report(`read ${what}: connected page to text`, reads);
}

/** Digits that do not repeat, so that nothing can make them short. */
function largeText(round: number): string {
  const line = (at: number) => {
    let text = '';
    for (let i = 0; text.length < LINE_BYTES; i++)
      text += String(Math.sin(round + at * LINE_BYTES + i));
    return text.slice(0, LINE_BYTES - 1);
  };
  return Array.from({ length: LARGE_BYTES / LINE_BYTES }, (_, at) => line(at)).join('\n');
}

function reportSizes(): void {
  for (const [what, pattern] of [
    ["the page's own JavaScript", /^main\..*\.js\.gz$/],
    ['its styles', /^main\..*\.css\.gz$/],
    ['what it puts before the Nym worker', /^nym-worker\..*\.js\.gz$/],
    ['the official Nym worker', /^nym-sdk-worker\..*\.js\.gz$/],
  ] as const) {
    const names = readdirSync(publicFolder).filter((name) => pattern.test(name));
    const bytes = names.reduce((sum, name) => sum + statSync(join(publicFolder, name)).size, 0);
    print(`${`${what}, gzipped`.padEnd(54)}${(bytes / KILOBYTE).toFixed(1).padStart(6)} kB`);
  }
}

async function main(): Promise<void> {
  print(`the whole system on a local network, Node.js ${process.version}; median, least to most`);
  reportSizes();
  let begun = performance.now();
  let stack = await startStack();
  report('npm start to ready, the first time (built)', [performance.now() - begun]);
  const { dataFolder, nymApiUrl } = stack;
  const again = await repeat(3, async () => {
    await stack.stop();
    begun = performance.now();
    stack = await startStack(dataFolder, Number(new URL(nymApiUrl).port));
    return performance.now() - begun;
  });
  report('npm start to ready, after that', again);
  const recorded = await launchBrowser();
  try {
    report('page load to connected', await measureLoads(stack, recorded));
    await measurePastes(stack, recorded, 'a short text', (round) => `short ${round}`);
    await measurePastes(stack, recorded, '1 MB', largeText);
  } finally {
    await recorded.closeAndListUrls();
    await stack.stop();
    stack.remove();
  }
}

await main();
