import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { formatV2Request } from '@pastenym/shared/v2/wire';
import { idIn, PING_REPLY, web } from './support/original-clients.js';
import { ScriptedNymClient } from './support/scripted-nym-client.js';
import { buildService, startService, type ServiceProcess } from './support/service-process.js';
import { CHUNK_BYTES, createCall, newId, newPaste, store, succeed } from './support/v2-client.js';

const BUILD_TIMEOUT_MS = 120_000;

jest.setTimeout(180_000);

const MEGABYTE = 1_000_000;
/** Of each kind, unless they are small: then so many. */
const BYTES_OF_A_KIND = 25 * MEGABYTE;
const MOST_OF_A_KIND = 300;
/** What the service may take at the worst moment, resident. */
const MOST_BYTES = 400 * MEGABYTE;

let folder: string;
let nym: ScriptedNymClient;
let service: ServiceProcess;

beforeAll(buildService, BUILD_TIMEOUT_MS);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pastenym-flood-'));
  nym = await ScriptedNymClient.listen();
  service = startService({
    NYM_CLIENT_URL: nym.url,
    DATABASE_URL: `file:${join(folder, 'pastes.sqlite')}`,
    STORE_QUOTA_BYTES: String(30 * MEGABYTE),
    LOG_LEVEL: 'warn',
  });
  await service.ready;
});

afterEach(async () => {
  service.child.kill('SIGKILL');
  await service.ended;
  await nym.close();
  rmSync(folder, { recursive: true });
});

/** Its largest resident set so far, as Linux counts it (proc(5), `VmHWM`). */
function peakBytes(): number {
  const status = readFileSync(`/proc/${service.child.pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

/** What somebody sends who means no good. `paste` is a large one of version 1. */
const kindsOf = (paste: string): Record<string, () => string | Buffer> => ({
  'chunks that nobody announced': () =>
    formatV2Request(newId(), 'putChunk', {
      uploadId: newId(),
      index: 0,
      content: randomBytes(CHUNK_BYTES),
    }),
  'pastes of version 2': () =>
    formatV2Request(
      newId(),
      'createPaste',
      newPaste({ content: randomBytes(CHUNK_BYTES) }).request,
    ),
  'pastes of version 1': () => web.newText({ text: 'x'.repeat(MEGABYTE) }),
  'messages as long as any': () => Buffer.alloc(16 * MEGABYTE, ' '),
  'lists in lists': () => '['.repeat(2 * MEGABYTE),
  'empty objects': () => `[${'{},'.repeat(MEGABYTE)}{}]`,
  'escaped quotes': () => web.newPublicText('"'.repeat(MEGABYTE)),
  'base64 of base64': () =>
    Buffer.from(web.newText({ text: randomBytes(MEGABYTE).toString('base64') })).toString('base64'),
  'requests for a large paste': () => web.getText(paste), // tiny, with an answer of 8 MB
  'very small requests': () => formatV2Request(newId(), 'info', {}),
});

test('200 MB of messages, as fast as they are taken, do not fill its memory, nor end it, and afterwards it serves as before', async () => {
  const paste = idIn(await nym.ask(web.newText({ text: 'y'.repeat(8 * MEGABYTE) })));
  const before = peakBytes();
  const begun = Date.now();
  const kinds = Object.entries(kindsOf(paste));
  const peaks = [];
  let sentBytes = 0;
  for (const [kind, make] of kinds) {
    sentBytes += await flood(make);
    peaks.push(`${kind} ${megabytes(peakBytes())}`);
  }
  const seconds = (Date.now() - begun) / 1000;
  process.stdout.write(
    `${megabytes(sentBytes)} MB in ${seconds.toFixed(0)} s. At rest ${megabytes(before)} MB; peak after each kind: ${peaks.join(', ')} MB\n`,
  );
  expect(sentBytes).toBeGreaterThan(200 * MEGABYTE);
  expect(peakBytes()).toBeLessThan(MOST_BYTES);

  expect(await nym.ask(web.ping)).toBe(PING_REPLY);
  const call = createCall((message) => nym.ask(message));
  const own = newPaste({ content: randomBytes(1000) });
  const pasteId = await store(call, own);
  await succeed(call('readPaste', { pasteId, accessProof: own.accessProof }));
});

const megabytes = (bytes: number) => (bytes / MEGABYTE).toFixed(0);

const MOST_IN_SOCKET_BYTES = 20 * MEGABYTE;

/** Sends as fast as they are taken, whether they are answered or not. @returns how many bytes */
async function flood(make: () => string | Buffer): Promise<number> {
  let sent = 0;
  let inSocket = 0;
  for (let n = 0; n < MOST_OF_A_KIND && sent < BYTES_OF_A_KIND; n++) {
    const message = make();
    nym.deliver(message, ScriptedNymClient.newTag());
    sent += message.length;
    inSocket += message.length;
    if (inSocket > MOST_IN_SOCKET_BYTES) {
      await nym.ask(web.ping); // what came before it has been read
      inSocket = 0;
    }
  }
  await nym.ask(web.ping);
  return sent;
}
