import { describe, expect, test } from '@jest/globals';
import type { JsonValue } from '@pastenym/shared/v1/python-json';
import { refusals } from '@pastenym/shared/v1/replies';
import { settle } from '../../test/support/fake-time.js';
import { pasteService, transportTo } from '../../test/support/paste-service.js';
import { createPaste } from '../pastes/create.js';
import { createReader, type PasteLink, type Reader } from './reader.js';

async function stored(views?: number) {
  const service = pasteService();
  const draft = { text: 'hello', expiry: undefined, views, encrypted: true };
  const link = await createPaste(draft, service.transport);
  if (link.version !== 1) throw new Error('not version 1');
  const reads = () => service.asked.filter(({ event }) => event === 'getText').length;
  return { service, link, reads };
}

/** Waits for the reader to come to rest. */
function rest(reader: Reader): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (reader.get().name === 'fetching') return;
      stop();
      resolve();
    };
    const stop = reader.subscribe(look);
    look();
  });
}

async function read(link: PasteLink, service: ReturnType<typeof pasteService>) {
  const reader = createReader(link, service.transport, { now: () => 1000 });
  await rest(reader);
  return reader;
}

describe('a reader', () => {
  test('opens a paste by its link', async () => {
    const { service, link } = await stored();
    const reader = await read(link, service);
    expect(reader.get()).toMatchObject({ name: 'open', document: { text: 'hello' } });
  });

  test('asks before it opens what reading destroys, and opens it once, however often it is pressed', async () => {
    const { service, link, reads } = await stored(1);
    const reader = createReader(link, service.transport);
    await settle();
    expect(reader.get()).toEqual({ name: 'asking', because: 'burn' });
    expect(reads()).toBe(0);
    await Promise.all([reader.fetch(), reader.fetch()]);
    await reader.fetch();
    expect(reads()).toBe(1);
    expect(reader.get()).toMatchObject({ name: 'open', facts: { views: 1, maxViews: 1 } });
  });

  test('without a key asks for one, and tries keys without asking the service again', async () => {
    const { service, link, reads } = await stored(1);
    const reader = createReader({ ...link, key: undefined }, service.transport);
    await reader.fetch();
    expect(reader.get()).toMatchObject({ name: 'sealed', failure: undefined });
    await reader.tryKey('wrong');
    expect(reader.get()).toMatchObject({
      name: 'sealed',
      failure: { what: 'This key does not open the paste.' },
    });
    await reader.tryKey(link.key ?? '');
    expect(reader.get()).toMatchObject({ name: 'open', document: { text: 'hello' } });
    expect(reads()).toBe(1);
  });

  test('with a wrong key in the link keeps what it has fetched', async () => {
    const { service, link, reads } = await stored();
    const reader = await read({ ...link, key: 'wrong' }, service);
    expect(reader.get().name).toBe('sealed');
    await reader.tryKey(link.key ?? '');
    expect(reader.get().name).toBe('open');
    expect(reads()).toBe(1);
  });

  test('shows the last key that was tried, not the one that took longest', async () => {
    const { service, link } = await stored();
    const reader = await read({ ...link, key: undefined }, service);
    await Promise.all([reader.tryKey('wrong'), reader.tryKey(link.key ?? '')]);
    expect(reader.get().name).toBe('open');
  });

  test('says that a paste is gone or never was, and that trying again does not help', async () => {
    const { service } = await stored();
    const reader = await read({ id: 'nothing-here', key: 'key', burn: false }, service);
    expect(reader.get()).toMatchObject({
      name: 'failed',
      failure: { what: 'There is no such paste, or no longer.', retry: false },
    });
  });

  test('tries again after a failure', async () => {
    const { service, link } = await stored();
    let isDown = true;
    const transport = transportTo((request) =>
      isDown ? refusals.overloaded : service.answer(request),
    );
    const reader = createReader(link, transport);
    await rest(reader);
    expect(reader.get()).toMatchObject({ name: 'failed', failure: { retry: true } });
    isDown = false;
    await reader.fetch();
    expect(reader.get().name).toBe('open');
  });

  test('that is cancelled or closed takes no late answer', async () => {
    const { service, link } = await stored();
    for (const leave of ['cancel', 'close'] as const) {
      let answer!: () => void;
      const transport = transportTo(
        (request) =>
          new Promise<JsonValue>((resolve) => {
            answer = () => {
              resolve(service.answer(request));
            };
          }),
      );
      const reader = createReader(link, transport);
      await settle();
      reader[leave]();
      const left = reader.get();
      answer();
      await settle();
      expect(reader.get()).toBe(left);
      if (leave === 'cancel') expect(left).toEqual({ name: 'asking', because: 'cancelled-late' });
    }
  });
});
