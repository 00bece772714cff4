import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startMixnet, type Mixnet } from '@pastenym/mixnet';
import { connectNymClient, type NymConnection } from '@pastenym/nym-client/connection';
import {
  buildNymClient,
  startNymClient,
  type NymClientProcess,
} from './support/nym-client-process.js';
import { HEADER, idIn, NOT_FOUND, PING_REPLY, web } from './support/original-clients.js';
import { until } from './support/running-service.js';
import { buildService, startService, type ServiceProcess } from './support/service-process.js';

const TIMEOUT_MS = 180_000;
const REPLY_SURBS = 60;

let folder: string;
let mixnet: Mixnet;
let serviceNym: NymClientProcess;
let reader: NymConnection;
let service: ServiceProcess;
/** How to end what has been started, the last first. */
const endings: (() => unknown)[] = [];

/** Sends a message through the mixnet, without saying who asks, and waits for what comes back. */
async function ask(recipient: string, message: string): Promise<string> {
  const answered = new Promise<string>((resolve) => {
    reader.once('message', (reply) => {
      resolve(Buffer.from(reply.message).toString());
    });
  });
  await reader.sendAnonymous(recipient, message, REPLY_SURBS);
  return answered;
}

beforeAll(async () => {
  buildService();
  buildNymClient();
  folder = mkdtempSync(join(tmpdir(), 'pastenym-mixnet-'));
  endings.push(() => {
    rmSync(folder, { recursive: true });
  });
  mixnet = await startMixnet({ dataDir: join(folder, 'mixnet') });
  endings.push(() => mixnet.stop());
  const { nymApiUrl } = mixnet;
  serviceNym = await startNymClient({ data: join(folder, 'service'), nymApiUrl });
  endings.push(() => serviceNym.stop());
  const readerNym = await startNymClient({ data: join(folder, 'reader'), nymApiUrl });
  endings.push(() => readerNym.stop());
  reader = await connectNymClient(readerNym.url);
  endings.push(() => reader.close());
  service = startService({
    NYM_CLIENT_URL: serviceNym.url,
    DATABASE_URL: `file:${join(folder, 'pastes.sqlite')}`,
  });
  endings.push(() => {
    service.child.kill('SIGTERM');
    return service.ended;
  });
}, TIMEOUT_MS);

afterAll(async () => {
  for (const end of endings.reverse()) await end();
}, TIMEOUT_MS);

test(
  'pastes go through three mixes and back, also after the service’s nym-client was killed',
  async () => {
    const { serviceAddress } = await service.ready;
    expect(await ask(serviceAddress, web.ping)).toBe(PING_REPLY);
    expect(await ask(serviceAddress, HEADER + web.ping)).toBe(HEADER + PING_REPLY);

    const text = randomBytes(15_000).toString('base64');
    const id = idIn(await ask(serviceAddress, web.newText({ text, burn: true, burnView: 2 })));
    expect(await ask(serviceAddress, web.getText(id))).toContain(text);

    const port = Number(new URL(serviceNym.url).port);
    await serviceNym.stop('SIGKILL');
    serviceNym = await startNymClient({
      data: join(folder, 'service'),
      nymApiUrl: mixnet.nymApiUrl,
      port,
    });
    // It reaches itself again, at the same address.
    await until(() => service.output().split('"ready: ').length === 3);
    expect(await ask(serviceAddress, web.getText(id))).toContain(text);
    expect(await ask(serviceAddress, web.getText(id))).toBe(NOT_FOUND);
  },
  TIMEOUT_MS,
);
