import { existsSync } from 'node:fs';
import packagedChromium from '@sparticuz/chromium';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

const INSTALLED = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** `CHROME_PATH`, else an installed Chromium, else the one inside of an npm package. */
export async function launchChromium(): Promise<Browser> {
  const chosen = process.env['CHROME_PATH'] ?? INSTALLED.find((path) => existsSync(path));
  return chromium.launch({
    executablePath: chosen ?? (await packagedChromium.executablePath()),
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
}

/** Collects what the page complains of: console messages, errors, violations of its policy. */
export function recordComplaints(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(error.message));
  return complaints;
}

/** Everything that a browser could have kept of a visit. */
export function listStored(page: Page): Promise<unknown> {
  return page.evaluate(async () => ({
    databases: await indexedDB.databases(),
    caches: await caches.keys(),
    local: localStorage.length,
    session: sessionStorage.length,
    cookies: document.cookie,
    workers: (await navigator.serviceWorker.getRegistrations()).length,
  }));
}

export const NOTHING_STORED = {
  databases: [],
  caches: [],
  local: 0,
  session: 0,
  cookies: '',
  workers: 0,
};

export type { Browser, BrowserContext, Page };
