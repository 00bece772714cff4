import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, jest, test } from '@jest/globals';
import { idIn, NOT_FOUND, PING_REPLY, web } from './support/original-clients.js';
import { runService, until, type RunningService } from './support/running-service.js';
import { ScriptedNymClient } from './support/scripted-nym-client.js';

jest.setTimeout(60_000);

let service: RunningService;

afterEach(async () => {
  await service.stop();
});

const ask = (which: number, message: string) => service.nyms[which]!.ask(message);

test('each request is answered by the nym-client that it came to, and all have the same pastes', async () => {
  service = await runService({ nymClients: 2 });
  const strays: number[] = [];
  const texts = Array.from({ length: 40 }, (_, i) => Buffer.from(`text ${i}`).toString('base64'));
  // `ask` waits at the nym-client that it asked: an answer that left elsewhere would never come.
  const ids = await Promise.all(
    texts.map(async (text, i) => idIn(await ask(i % 2, web.newText({ text, burn: true })))),
  );
  service.nyms.forEach((nym, which) => nym.on('reply', () => strays.push(which)));
  const replies = await Promise.all(ids.map((id, i) => ask((i + 1) % 2, web.getText(id))));
  expect(replies.map((reply) => (JSON.parse(reply) as { text: string }).text)).toEqual(texts);
  expect(strays.filter((which) => which === 0)).toHaveLength(20);
  expect(await ask(0, web.getText(ids[0]!))).toBe(NOT_FOUND);
});

test('the last view goes to one reader, whichever way they all come', async () => {
  service = await runService({ nymClients: 3 });
  const id = idIn(await ask(0, web.newText({ burn: true, burnView: 5 })));
  const replies = await Promise.all(
    Array.from({ length: 60 }, (_, i) => ask(i % 3, web.getText(id))),
  );
  expect(replies.filter((reply) => reply !== NOT_FOUND)).toHaveLength(5);
});

test('one that stops reading does not keep the others waiting, however much waits for it', async () => {
  service = await runService({ nymClients: 2, env: { DRAIN_SECONDS: '7' } });
  const [stuck, well] = service.nyms as [ScriptedNymClient, ScriptedNymClient];
  const large = idIn(await well.ask(web.newText({ text: 'x'.repeat(500_000) })));
  stuck.stopReading();
  for (let i = 0; i < 200; i++) stuck.deliver(web.getText(large), ScriptedNymClient.newTag());
  await until(() => service.service.heldMessages > 64);
  expect(await well.ask(web.ping)).toBe(PING_REPLY);
  expect((await well.ask(web.getText(large))).length).toBeGreaterThan(500_000);
  stuck.drop();
});

test('one that is gone does not touch the others, and is there again when it comes back', async () => {
  service = await runService({ nymClients: 2 });
  const { port, address } = service.nyms[1]!;
  await service.nyms[1]!.close();
  await until(() => !service.service.endpoints[1]!.isConnected);
  expect(await ask(0, web.ping)).toBe(PING_REPLY);
  expect(service.service.endpoints.map(({ isConnected }) => isConnected)).toEqual([true, false]);
  service.nyms[1] = await ScriptedNymClient.listen({ port });
  await until(() => service.readyTimes() === 3);
  expect(service.nyms[1].address).not.toBe(address);
  expect(await ask(1, web.ping)).toBe(PING_REPLY);
});

test('the address file has one address a line, of those that are known, in the order of the setting', async () => {
  service = await runService({ nymClients: 2 });
  await service.stop();
  const file = join(service.folder, 'service-address');
  service = await runService({ nymClients: 3, env: { SERVICE_ADDRESS_FILE: file } });
  const addresses = () => readFileSync(file, 'utf8').trimEnd().split('\n');
  expect(addresses()).toEqual(service.nyms.map(({ address }) => address));
  const { port } = service.nyms[1]!;
  await service.nyms[1]!.close();
  service.nyms[1] = await ScriptedNymClient.listen({ port });
  await until(() => addresses()[1] === service.nyms[1]!.address);
  expect(addresses()).toEqual(service.nyms.map(({ address }) => address));
});
