import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { formatDocument } from '@pastenym/shared/v1/document';
import { refusals } from '@pastenym/shared/v1/replies';
import type { PageServer } from '../server/page-server.js';
import { launchChromium, listStored, NOTHING_STORED, type Browser } from './support/browser.js';
import { buildPage } from './support/build.js';
import { pasteService } from './support/paste-service.js';
import {
  connection,
  content,
  create,
  createButton,
  error,
  focused,
  input,
  later,
  link,
  servePage,
  visit,
  type VisitOptions,
} from './support/page-under-test.js';
import { SERVICE_ADDRESS, type MixnetScript, type Start } from './support/scripted-mixnet.js';

/** The page, as a browser shows it and a person uses it. What the mixnet does is scripted; everything else is real. */
jest.setTimeout(120_000);

let browser: Browser;
let server: PageServer;
const open = (options?: VisitOptions) => visit(browser, server, options);

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

describe('writing a paste', () => {
  test('can begin before the mixnet is there, and a paste that is created too early waits for it', async () => {
    const start = later<Start>();
    const { page, mixnet } = await open({ start: () => start.promise });
    await input(page).fill('too early');
    await createButton(page).click();
    await page.getByText('Queued: it is sent as soon as the connection is there').waitFor();
    expect(await connection(page).getAttribute('data-state')).toBe('connecting');
    expect(mixnet.asked).toEqual([]);
    start.resolve({ address: 'me' });
    await link(page).waitFor();
    expect(await connection(page).getAttribute('data-state')).toBe('connected');
  });

  test('gives a link that another browser opens, and keeps nothing in this one', async () => {
    const text = 'Grüße, 世界 <b>not bold</b>\n\t&amp;  two  spaces\n';
    const service = pasteService();
    const writer = await open({ answer: service.answer });
    const url = await create(writer.page, text);
    expect(await link(writer.page).textContent()).toBe(url);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#\/paste-001&key=[0-9a-f]{64}$/);

    const reader = await open({ answer: service.answer, fragment: new URL(url).hash });
    await content(reader.page).waitFor();
    expect(await content(reader.page).textContent()).toBe(text);
    for (const { page, complaints } of [writer, reader]) {
      expect(await listStored(page)).toEqual(NOTHING_STORED);
      expect(complaints).toEqual([]);
    }
  });

  test('can be done with the keyboard alone', async () => {
    const { page } = await open();
    await page.locator('[data-testid=paste-input]:focus').waitFor();
    await page.keyboard.type('written');
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').evaluate((element) => element.tagName)).toBe('SELECT');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Control+Enter');
    await link(page).waitFor();
    expect(await page.locator(':focus').textContent()).toBe('Your paste is stored');
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').getAttribute('data-testid')).toBe('paste-link');
  });

  test('copies the link, and says so', async () => {
    const { page } = await open();
    const url = await create(page, 'hello');
    await page.getByRole('button', { name: 'Copy link' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    // The page itself may not read the clipboard.
    await page.getByRole('button', { name: 'New paste' }).click();
    await input(page).press('Control+V');
    expect(await input(page).inputValue()).toBe(url);
  });

  test('sends what was chosen, and says what it means', async () => {
    const { page, mixnet } = await open();
    await page.getByLabel('Expires in').selectOption('1 hour');
    await page.getByLabel('Destroyed after').selectOption('a number of reads');
    await page.getByLabel('Reads', { exact: true }).fill('5');
    await page.getByText(/^Destroyed after 5 reads or (today|tomorrow) at \d\d:\d\d,/).waitFor();
    expect(await create(page, 'hello')).toMatch(/#\/paste-001&burn&key=\w+$/);
    expect(mixnet.asked).toMatchObject([{ data: { views: 5, expiration: '1 hour' } }]);
  });

  test('warns before it sends anything that the operator can read', async () => {
    const { page, mixnet } = await open();
    await page.getByLabel('Encryption').uncheck();
    await page.getByText('Off: the operator can read it too').waitFor();
    const url = await create(page, 'for everybody');
    expect(url).not.toContain('key=');
    expect(JSON.stringify(mixnet.asked)).toContain('for everybody');
  });

  test('keeps the text when the service refuses it, and when it is cancelled', async () => {
    let answer: () => string | undefined = () => refusals.overloaded;
    const { page } = await open({ answer: () => answer() });
    await input(page).fill('precious');
    await createButton(page).click();
    await error(page).waitFor();
    expect(await error(page).textContent()).toContain('Your text is still here.');
    expect(await input(page).inputValue()).toBe('precious');
    answer = () => undefined;
    await createButton(page).click();
    await page.getByText('Sent, waiting for the answer').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    expect(await input(page).inputValue()).toBe('precious');
    await createButton(page).waitFor();
    await page.getByText('it is not stored twice').waitFor();
  });

  test('stores one paste when its answer was lost and it is created again', async () => {
    const service = pasteService();
    let isLosing = true;
    const { page } = await open({
      answer: (request) => {
        const answer = service.answer(request);
        return isLosing ? undefined : answer;
      },
    });
    await input(page).fill('once');
    await createButton(page).click();
    await page.getByText('Sent, waiting for the answer').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    isLosing = false;
    await createButton(page).click();
    await link(page).waitFor();
    expect(service.pastes.size).toBe(1);
  });

  test('keeps the place of the keyboard, from Create to Cancel and back, and on to the result', async () => {
    let answer: MixnetScript['answer'] = () => undefined;
    const { page } = await open({ answer: (request) => answer?.(request) });
    await input(page).fill('by keyboard');
    await createButton(page).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Sent, waiting for the answer').waitFor();
    expect(await focused(page)).toBe('Cancel');
    await page.keyboard.press('Enter');
    await createButton(page).waitFor();
    expect(await focused(page)).toBe('Create paste');
    answer = pasteService().answer;
    await page.keyboard.press('Enter');
    await link(page).waitFor();
    expect(await focused(page)).toBe('Your paste is stored');
  });

  test('is not cancelled by the key that began it and is still held down', async () => {
    const { page } = await open({ answer: () => undefined });
    await input(page).fill('held');
    await createButton(page).focus();
    await page.keyboard.down('Enter');
    await page.getByText('Sent, waiting for the answer').waitFor();
    for (let repeat = 0; repeat < 3; repeat += 1) await page.keyboard.down('Enter');
    await page.keyboard.up('Enter');
    expect(await focused(page)).toBe('Cancel');
    expect(await createButton(page).count()).toBe(0);
  });

  test('keeps the text while another page is looked at', async () => {
    const { page } = await open();
    await input(page).fill('precious');
    await page.getByRole('navigation').getByRole('link', { name: 'About' }).click();
    await page.getByRole('heading', { name: 'What this protects' }).waitFor();
    await page.goBack();
    expect(await input(page).inputValue()).toBe('precious');
  });

  test('asks before text is lost with the page, and only then', async () => {
    const { page } = await open();
    const dialogs: string[] = [];
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.type());
      void dialog.accept();
    });
    await page.reload();
    await input(page).pressSequentially('precious');
    await page.reload();
    expect(dialogs).toEqual(['beforeunload']);
    await create(page, 'safe');
    await page.reload();
    expect(dialogs).toEqual(['beforeunload']);
  });

  test('says how large is too large', async () => {
    const { page } = await open();
    await input(page).fill('x'.repeat(1_000_001));
    await error(page).getByText('a paste can have 1 MB').waitFor();
    expect(await createButton(page).isDisabled()).toBe(true);
    await input(page).fill('x'.repeat(1_000_000));
    await error(page).waitFor({ state: 'detached' });
    expect(await createButton(page).isDisabled()).toBe(false);
  });

  test.each(['New', 'Pastenym'])('begins anew with %s at the top of the page', async (name) => {
    const { page } = await open();
    const atTop = page.getByRole('banner').getByRole('link', { name, exact: true });
    await create(page, 'one');
    await atTop.click();
    expect(await input(page).inputValue()).toBe('');
    await link(page).waitFor({ state: 'detached' });

    await create(page, 'two');
    await page.getByRole('navigation').getByRole('link', { name: 'About' }).click();
    await atTop.click();
    expect(await input(page).inputValue()).toBe('');

    await input(page).fill('not sent');
    await atTop.click();
    expect(await input(page).inputValue()).toBe('not sent');
  });

  test('begins anew after a paste', async () => {
    const { page } = await open();
    await create(page, 'one');
    await page.getByRole('button', { name: 'New paste' }).click();
    expect(await input(page).inputValue()).toBe('');
    expect(await create(page, 'two')).toContain('paste-002');
  });
});

describe('reading a paste', () => {
  async function stored(options: { burn?: boolean; text?: string } = {}) {
    const service = pasteService();
    const { page } = await open({ answer: service.answer });
    if (options.burn === true) {
      await page.getByLabel('Destroyed after').selectOption('1 read');
    }
    const url = await create(page, options.text ?? 'hello');
    const key = /key=(\w+)/.exec(url)?.[1] ?? '';
    const reads = () => service.asked.filter(({ event }) => event === 'getText').length;
    return { service, fragment: new URL(url).hash, key, reads };
  }

  test('asks before it destroys, and says when it has', async () => {
    const { service, fragment, reads } = await stored({ burn: true });
    const { page } = await open({ answer: service.answer, fragment });
    await page.getByText('This paste is destroyed after reading.').waitFor();
    await connection(page).and(page.locator('[data-state=connected]')).waitFor();
    expect(reads()).toBe(0);
    await page.getByRole('button', { name: 'Open the paste' }).click();
    await page.getByText('the service has destroyed the paste').waitFor();
    expect(await content(page).textContent()).toBe('hello');

    const second = await open({ answer: service.answer, fragment });
    await second.page.getByRole('button', { name: 'Open the paste' }).click();
    await error(second.page).getByText('There is no such paste, or no longer.').waitFor();
  });

  test('takes a key that came apart, and wrong ones, for one read', async () => {
    const { service, fragment, key, reads } = await stored();
    const { page } = await open({
      answer: service.answer,
      fragment: fragment.replace(/&key=.*/, ''),
    });
    const field = page.getByLabel('Key');
    await field.fill('wrong');
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await error(page).getByText('This key does not open the paste.').waitFor();
    await field.fill(` ${key} `);
    await page.keyboard.press('Enter');
    await content(page).waitFor();
    expect(await content(page).textContent()).toBe('hello');
    expect(reads()).toBe(1);
  });

  test('asks for a missing key before it destroys, and keeps the only copy', async () => {
    const { service, fragment, key, reads } = await stored({ burn: true });
    const { page } = await open({
      answer: service.answer,
      fragment: fragment.replace(/&key=.*/, ''),
    });
    await page.getByText('The link carries no key.').waitFor();
    await page.getByLabel('Key').fill(`${key}0`);
    expect(reads()).toBe(0);
    await page.getByRole('button', { name: 'Open the paste' }).click();
    await page.getByText('This page holds the only copy.').waitFor();

    const dialogs: string[] = [];
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.type());
      void dialog.dismiss();
    });
    await page.evaluate(() => {
      location.reload();
    });
    await page.getByLabel('Key').fill(`http://somewhere/${fragment}`);
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await content(page).waitFor();
    expect(await content(page).textContent()).toBe('hello');
    expect(dialogs).toEqual(['beforeunload']);
    expect(reads()).toBe(1);
  });

  test('opens a link of the original at once, which never says how often it can be read', async () => {
    const { service, key, reads } = await stored();
    const fragment = `#/paste-001&key=${key}`;
    const { page } = await open({ answer: service.answer, fragment });
    await content(page).waitFor();
    expect(reads()).toBe(1);
  });

  test('keeps the place of the keyboard, from the question to the paste', async () => {
    const { service, fragment } = await stored({ burn: true });
    let isSilent = true;
    const { page } = await open({
      fragment,
      answer: (request) => {
        const answer = service.answer(request);
        return isSilent ? undefined : answer;
      },
    });
    const question = page.getByRole('button', { name: 'Open the paste' });
    await question.focus();
    await page.keyboard.press('Enter');
    await page.getByText('Sent, waiting for the answer').waitFor();
    expect(await focused(page)).toBe('Cancel');
    await page.keyboard.press('Enter');
    await page.getByText('counts as the same one').waitFor();
    expect(await focused(page)).toBe('Open this paste?');
    isSilent = false;
    await question.focus();
    await page.keyboard.press('Enter');
    await content(page).waitFor();
    expect(await focused(page)).toBe('Paste');
    expect(await content(page).textContent()).toBe('hello');
  });

  test('tells a screen reader when a paste has opened by itself', async () => {
    const { service, fragment } = await stored();
    const { page } = await open({ answer: service.answer, fragment });
    await content(page).waitFor();
    expect(await focused(page)).toBe('Paste');
  });

  test('tries a key that is added to the address, without another read', async () => {
    const { service, fragment, reads } = await stored();
    const { page } = await open({ answer: service.answer, fragment: `${fragment}0` });
    await error(page).waitFor();
    await page.evaluate((hash) => (location.hash = hash), fragment);
    await content(page).waitFor();
    expect(reads()).toBe(1);
  });

  test('shows text as text, whatever it says, and loads nothing for it', async () => {
    const text =
      '<img src="https://evil.example/x.png" onerror="document.title=1"><script>document.title=1</script>\n' +
      '![x](https://evil.example/y.png) javascript:alert(1) \u202Eesrever';
    const { service, fragment } = await stored({ text });
    const { page, complaints } = await open({ answer: service.answer, fragment });
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await content(page).waitFor();
    expect(await content(page).textContent()).toBe(text);
    expect(await content(page).locator('*').count()).toBe(0);
    expect(await page.title()).toBe('Paste – Pastenym');
    expect(requests.filter((url) => url.includes('evil'))).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('copies it and saves it', async () => {
    const { service, fragment } = await stored({ text: 'é\r\nx' });
    const { page } = await open({ answer: service.answer, fragment });
    await page.getByRole('button', { name: 'Copy text' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as file' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('paste.txt');
    expect(readFileSync(await download.path()).toString()).toBe('é\r\nx');
  });

  test('saves an attached file under a name that harms nobody, as bytes that no browser shows', async () => {
    const bytes = new TextEncoder().encode('<script>alert(1)</script>');
    const file = { name: '../../x\u202Elmth.html', mimeType: 'text/html', bytes };
    const text = formatDocument({ text: '', file });
    const { page, complaints } = await open({
      fragment: '#/paste-001',
      answer: () => ({
        ...PUBLIC_REPLY,
        text: text.replaceAll('"', '&quot;'),
      }),
    });
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save', exact: true }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('xlmth.html');
    expect(new Uint8Array(readFileSync(await download.path()))).toEqual(bytes);
    expect(complaints).toEqual([]);
  });

  test('never shows one paste in the place of another', async () => {
    const slow = later<typeof PUBLIC_REPLY>();
    const { page } = await open({
      fragment: '#/paste-001',
      answer: (request) =>
        request.event === 'getText' && request.data.urlId === 'paste-001'
          ? slow.promise
          : { ...PUBLIC_REPLY, text: 'the second' },
    });
    await page.getByText('Sent, waiting for the answer').waitFor();
    await page.evaluate(() => (location.hash = '#/paste-002'));
    slow.resolve({ ...PUBLIC_REPLY, text: 'the first' });
    await content(page).waitFor();
    expect(await content(page).textContent()).toBe('the second');
  });

  test('is not done twice by looking at another page in between', async () => {
    const { service, fragment, reads } = await stored();
    const { page } = await open({ answer: service.answer, fragment });
    await content(page).waitFor();
    await page.evaluate(() => (location.hash = '#/about'));
    await page.getByRole('heading', { name: 'What this protects' }).waitFor();
    await page.goBack();
    await content(page).waitFor();
    expect(reads()).toBe(1);
  });

  test.each([
    ['#/x', 'This is not a link to a paste.'],
    [`#/${'A'.repeat(22)}/${'A'.repeat(43)}`, 'This link was made by a newer version of Pastenym.'],
    ['#/Nothing-here&key=abc', 'There is no such paste, or no longer.'],
  ])('says of %s: %s', async (fragment, what) => {
    const { page, complaints } = await open({ fragment });
    await error(page).getByText(what).waitFor();
    expect(complaints).toEqual([]);
  });

  test('tries again when the service could not answer', async () => {
    let isBusy = true;
    const { page } = await open({
      fragment: '#/paste-001',
      answer: () => (isBusy ? refusals.overloaded : { ...PUBLIC_REPLY, text: 'at last' }),
    });
    await error(page).getByText('The service is busy.').waitFor();
    isBusy = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await content(page).waitFor();
  });
});

const PUBLIC_REPLY = {
  text: '',
  num_view: 1,
  created_on: '2026-11-22T00:00:00Z',
  is_burn: false,
  is_ipfs: false,
  burn_view: 0,
  expiration_time: null,
  expiration_height: null,
};

describe('the connection', () => {
  test('that fails says so where one waits for it, and goes on when it can', async () => {
    let isDown = true;
    const { page, mixnet } = await open({
      start: () =>
        isDown
          ? { fault: 'start-failed', detail: 'no gateway' }
          : { address: `me-${mixnet.starts}` },
    });
    await input(page).fill('patient');
    await createButton(page).click();
    await error(page).getByText('There is no connection to the mixnet.').waitFor();
    expect(await connection(page).getAttribute('data-state')).toBe('failed');
    await connection(page).click();
    await page.getByText('The client says: no gateway').waitFor();
    await page.keyboard.press('Escape');
    isDown = false;
    await page.getByRole('button', { name: 'Try now' }).click();
    await link(page).waitFor();
  });

  test('says so when the mixnet client cannot be loaded', async () => {
    const { page } = await open();
    await page.context().route('**/nym-worker.*.js', (route) => route.abort());
    await page.reload();
    await connection(page).and(page.locator('[data-state=failed]')).waitFor();
    await connection(page).click();
    await page.getByText('The mixnet client could not be loaded').waitFor();
  });

  test('that is lost is made again with another identity, and the request goes on', async () => {
    const service = pasteService();
    let isLost = true;
    const { page, mixnet } = await open({
      answer: (request) => (isLost ? undefined : service.answer(request)),
    });
    await input(page).fill('lost once');
    await createButton(page).click();
    await page.getByText('Sent, waiting for the answer').waitFor();
    isLost = false;
    mixnet.closeSockets();
    await link(page).waitFor();
    expect(mixnet.starts).toBe(2);
    expect(mixnet.asked).toHaveLength(2);
    expect(mixnet.asked[1]).toEqual(mixnet.asked[0]);
  });

  test('that has gone deaf is noticed by its heartbeat', async () => {
    const { page, mixnet } = await open();
    await page.clock.install();
    await page.reload();
    await page.clock.runFor(5000);
    await connection(page).and(page.locator('[data-state=connected]')).waitFor();
    const starts = mixnet.starts;
    mixnet.isDeaf = true;
    await page.clock.runFor(30_000 + 15_000 + 15_000 + 2000 + 1000);
    await mixnet.untilStarts(starts + 1);
  });

  test('waits for a service that has not said yet where it is', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'address-'));
    const addressFile = join(folder, 'address');
    const early = await servePage({ service: { addressFile } });
    const { page } = await visit(browser, early);
    await connection(page).getByText('Waiting for the service').waitFor();
    await input(page).fill('early');
    await createButton(page).click();
    await page.getByText('Queued: it is sent as soon as the paste service is ready').waitFor();
    writeFileSync(addressFile, `${SERVICE_ADDRESS}\n`);
    await link(page).waitFor();
    await early.stop();
    rmSync(folder, { recursive: true });
  });

  test('shows its details in a click: gateway, own address, service', async () => {
    const { page } = await open();
    await connection(page).and(page.locator('[data-state=connected]')).waitFor();
    await connection(page).click();
    const details = page.locator('#connection-details');
    await details.getByText('Messages go out through the mixnet, and come back.').waitFor();
    expect(await details.textContent()).toMatch(
      /ws:\/\/127\.0\.0\.1:9001\/.*client-1.*EiBAqpQdqQNz…/,
    );
  });

  test('over a local network is announced on every page as one that hides nobody', async () => {
    for (const fragment of ['#/', '#/about', '#/x']) {
      const { page } = await open({ fragment });
      await page.getByText('it hides nobody', { exact: false }).first().waitFor();
    }
    const main = await servePage({
      network: 'mainnet',
      gatewayUrls: ['wss:'],
      instanceName: 'Elsewhere',
    });
    const { page } = await visit(browser, main);
    await connection(page).and(page.locator('[data-state=connected]')).waitFor();
    expect(await page.getByText('Local test network').count()).toBe(0);
    expect(await page.title()).toBe('New paste – Elsewhere');
    await main.stop();
  });
});
