import packagedChromium from '@sparticuz/chromium';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';

const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];

/** Chromium itself must not call anywhere either, or its own requests would stand among the page's. */
const FLAGS = [
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
];

/** `CHROME_PATH`, else an installed Chromium, else the one inside of an npm package: nothing is ever downloaded, no test skipped. */
async function findChromium(): Promise<string> {
  const chosen = process.env['CHROME_PATH'];
  if (chosen !== undefined && chosen !== '') return chosen;
  return INSTALLED.find((path) => existsSync(path)) ?? packagedChromium.executablePath();
}

export interface RecordedBrowser {
  browser: Browser;
  /** Closes the browser and tells every URL that its network stack was asked for, pages, workers and the browser itself alike. */
  closeAndListUrls(): Promise<string[]>;
}

export async function launchBrowser(): Promise<RecordedBrowser> {
  const folder = mkdtempSync(join(tmpdir(), 'pastenym-netlog-'));
  const netLog = join(folder, 'netlog.json');
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    args: [
      ...FLAGS,
      `--log-net-log=${netLog}`,
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  });
  return {
    browser,
    async closeAndListUrls() {
      await browser.close();
      const urls = readNetLog(netLog);
      rmSync(folder, { recursive: true });
      return urls;
    },
  };
}

function readNetLog(file: string): string[] {
  const { events } = JSON.parse(readFileSync(file, 'utf8')) as {
    events: { params?: { url?: string } }[];
  };
  return [...new Set(events.flatMap(({ params }) => params?.url ?? []))];
}

/** Opens a page in a profile of its own, with nothing of any other. */
export async function openProfile(
  browser: Browser,
  options: { colorScheme?: 'light' | 'dark'; width?: number } = {},
): Promise<Page> {
  const context = await browser.newContext({
    colorScheme: options.colorScheme ?? 'light',
    viewport: { width: options.width ?? 1280, height: 800 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  return context.newPage();
}

/** What a page complained about: console errors, uncaught exceptions, violations of its content security policy. */
export function recordComplaints(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return complaints;
}
