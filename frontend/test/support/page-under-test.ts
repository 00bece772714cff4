import type { JsonValue } from '@pastenym/shared/v1/python-json';
import { startPageServer, type PageServer } from '../../server/page-server.js';
import type { Settings } from '../../server/settings.js';
import { recordComplaints, type Browser, type Page } from './browser.js';
import { publicFolder } from './build.js';
import { pasteService } from './paste-service.js';
import { ScriptedMixnet, SERVICE_ADDRESS, type MixnetScript } from './scripted-mixnet.js';

export function servePage(change: Partial<Settings> = {}): Promise<PageServer> {
  const settings: Settings = {
    host: '127.0.0.1',
    port: 0,
    network: 'local',
    nymApiUrl: 'http://127.0.0.1:1/api',
    service: { addresses: [SERVICE_ADDRESS] },
    gatewayUrls: ['ws://127.0.0.1:*'],
    instanceName: 'Pastenym',
    ...change,
  };
  return startPageServer(settings, publicFolder, () => undefined);
}

export interface Visit {
  page: Page;
  mixnet: ScriptedMixnet;
  complaints: string[];
}

export interface VisitOptions extends MixnetScript {
  fragment?: string;
  width?: number;
  colorScheme?: 'light' | 'dark';
}

/** Opens the page in a new browser profile, on a scripted mixnet. A service that is left out keeps pastes as it should. */
export async function visit(
  browser: Browser,
  server: PageServer,
  { fragment = '#/', width = 1280, colorScheme = 'light', ...script }: VisitOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    colorScheme,
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const mixnet = new ScriptedMixnet({ answer: pasteService().answer, ...script });
  await mixnet.attach(context);
  const page = await context.newPage();
  const complaints = recordComplaints(page);
  await page.goto(`${server.url}${fragment}`);
  return { page, mixnet, complaints };
}

export const input = (page: Page) => page.getByTestId('paste-input');
export const createButton = (page: Page) => page.getByTestId('create-button');
export const link = (page: Page) => page.getByTestId('paste-link');
export const content = (page: Page) => page.getByTestId('paste-content');
export const error = (page: Page) => page.getByTestId('error-message');
export const connection = (page: Page) => page.getByTestId('connection-status');

/** Writes a paste, creates it, and gives its link. */
export async function create(page: Page, text: string): Promise<string> {
  await input(page).fill(text);
  await createButton(page).click();
  return (await link(page).getAttribute('href')) ?? '';
}

/** The text of what has the focus. */
export const focused = (page: Page) => page.locator(':focus').textContent();

/** Something that a test settles when it wants to. */
export function later<T extends JsonValue | object>() {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}
