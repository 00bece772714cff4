import packagedChromium from '@sparticuz/chromium';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

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

export interface ProfileOptions {
  colorScheme?: 'light' | 'dark';
  width?: number;
}

export interface RecordedBrowser {
  browser: Browser;
  /** What all pages have complained about so far: console errors, uncaught exceptions, violations of their content security policy. */
  complaints: readonly string[];
  /** The Nym addresses that the clients in the pages have had so far. */
  clientAddresses: ReadonlySet<string>;
  /** Opens a page in a profile of its own, with nothing of any other. */
  openProfile(options?: ProfileOptions): Promise<Page>;
  /** Closes all pages. What they complained about stays recorded. */
  closeProfiles(): Promise<void>;
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
  const complaints: string[] = [];
  const clientAddresses = new Set<string>();
  return {
    browser,
    complaints,
    clientAddresses,
    async openProfile(options = {}) {
      const context = await newContext(browser, options);
      await recordClientAddresses(context, clientAddresses);
      const page = await context.newPage();
      recordComplaints(page, complaints);
      return page;
    },
    async closeProfiles() {
      for (const context of browser.contexts()) await context.close();
    },
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

function newContext(
  browser: Browser,
  { colorScheme = 'light', width = 1280 }: ProfileOptions,
): Promise<BrowserContext> {
  return browser.newContext({
    colorScheme,
    viewport: { width, height: 800 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
}

function recordComplaints(page: Page, complaints: string[]): void {
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
}

/** The SDK's worker tells the page its address, and nobody else. So the page gets a `Worker` that listens in. */
async function recordClientAddresses(
  context: BrowserContext,
  addresses: Set<string>,
): Promise<void> {
  await context.exposeFunction('tellAddress', (address: string) => addresses.add(address));
  await context.addInitScript(() => {
    const tell = (address: string) => {
      (window as unknown as { tellAddress: (address: string) => void }).tellAddress(address);
    };
    window.Worker = class extends Worker {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        this.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
          const text = JSON.stringify([data]);
          const address = /"address":"([^"]+)"/.exec(text)?.[1];
          if (address !== undefined) tell(address);
        });
      }
    };
  });
}
