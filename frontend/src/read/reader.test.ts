import { describe, expect, test } from '@jest/globals';
import type { JsonValue } from '@pastenym/shared/v1/python-json';
import { createPassphrase, sealText } from '@pastenym/shared/v1/encryption';
import { refusals } from '@pastenym/shared/v1/replies';
import { settle } from '../../test/support/fake-time.js';
import {
  createPaste,
  lossyTransportTo,
  pasteService,
  transportTo,
} from '../../test/support/paste-service.js';
import type { Transport } from '../connection/transport.js';
import { formatShareLink } from '@pastenym/shared/share-link';
import { parsePasteLink, type PasteLink } from '../pastes/paste-link.js';
import { createReader, type Reader } from './reader.js';

async function stored(views?: number) {
  const service = pasteService();
  const draft = { text: 'hello', expiry: undefined, views, encrypted: true };
  const made = await createPaste(draft, service.transport);
  const link = parsePasteLink(formatShareLink('', made));
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
    expect(reader.get()).toEqual({ name: 'asking', because: 'limited', lacksKey: false });
    expect(reads()).toBe(0);
    await Promise.all([reader.fetch(), reader.fetch()]);
    await reader.fetch();
    expect(reads()).toBe(1);
    expect(reader.get()).toMatchObject({ name: 'open', facts: { views: 1, maxViews: 1 } });
  });

  test('asks for the key before it opens a link that was cut before it', async () => {
    const { service, link, reads } = await stored(1);
    const reader = createReader({ ...link, key: undefined }, service.transport);
    await settle();
    expect(reader.get()).toEqual({ name: 'asking', because: 'limited', lacksKey: true });
    await reader.fetch(link.key);
    expect(reads()).toBe(1);
    expect(reader.get()).toMatchObject({ name: 'open' });
  });

  test('opens a public paste of one read without a key', async () => {
    const service = pasteService();
    const draft = { text: 'hello', expiry: undefined, views: 1, encrypted: false };
    const link = await createPaste(draft, service.transport);
    const reader = createReader(
      { ...link, version: 1, key: undefined, reads: 'limited' },
      service.transport,
    );
    await reader.fetch('');
    expect(reader.get()).toMatchObject({ name: 'open', document: { text: 'hello' } });
  });

  test('without a key asks for one, and tries keys without asking the service again', async () => {
    const { service, link, reads } = await stored(1);
    const reader = createReader({ ...link, key: undefined }, service.transport);
    await reader.fetch();
    expect(reader.get()).toMatchObject({ name: 'sealed', failure: undefined });
    expect(reader.holdsUnseenLast()).toBe(true);
    await reader.tryKey('wrong');
    expect(reader.get()).toMatchObject({
      name: 'sealed',
      failure: { what: 'This key does not open the paste.' },
    });
    await reader.tryKey(link.key ?? '');
    expect(reader.get()).toMatchObject({ name: 'open', document: { text: 'hello' } });
    expect(reader.holdsUnseenLast()).toBe(false);
    expect(reads()).toBe(1);
  });

  describe('whose answer was lost', () => {
    async function lose(views?: number) {
      const { service, link } = await stored(views);
      let isLosing = true;
      const reader = createReader(
        link,
        lossyTransportTo(service, () => isLosing),
      );
      if (views !== undefined) await reader.fetch();
      await rest(reader);
      expect(reader.get()).toMatchObject({ name: 'failed', failure: { retry: true } });
      isLosing = false;
      return { service, reader };
    }

    test('gets the paste that was destroyed with it when it tries again', async () => {
      const { service, reader } = await lose(1);
      expect(service.pastes.size).toBe(0);
      expect(reader.holdsUnseenLast()).toBe(true);
      await reader.fetch();
      expect(reader.get()).toMatchObject({ name: 'open', document: { text: 'hello' } });
    });

    test('has spent one read and no more', async () => {
      const { reader } = await lose();
      await reader.fetch();
      expect(reader.get()).toMatchObject({ name: 'open', facts: { views: 1 } });
    });
  });

  test('that cancelled after the request had gone opens the paste that was destroyed with it', async () => {
    const { service, link } = await stored(1);
    let isSlow = true;
    const transport = transportTo((request) => {
      const answer = service.answer(request);
      return isSlow ? undefined : answer;
    });
    const reader = createReader(link, transport);
    void reader.fetch();
    reader.cancel();
    expect(reader.get()).toMatchObject({ because: 'cancelled-late' });
    isSlow = false;
    await reader.fetch();
    expect(reader.get()).toMatchObject({ name: 'open', document: { text: 'hello' } });
  });

  test.each([
    ['is encrypted in a way that is not supported', { iter: 1 }, 'encrypted in a way'],
    ['holds something that is no paste', {}, 'what is inside is no paste'],
  ])('asks for no other key where the paste %s', async (_, change, what) => {
    const key = createPassphrase();
    const { text, encParams } = await sealText('no document', key);
    const transport = transportTo(() => ({
      text,
      num_view: 1,
      created_on: '2026-11-22T00:00:00Z',
      is_burn: false,
      is_ipfs: false,
      burn_view: 0,
      expiration_time: null,
      expiration_height: null,
      encParams: { ...encParams, ...change },
    }));
    const link: PasteLink = { version: 1, id: 'paste-001', key, reads: 'unlimited' };
    const reader = createReader(link, transport);
    await rest(reader);
    expect(reader.get()).toMatchObject({
      name: 'failed',
      failure: { what: expect.stringContaining(what), retry: false },
    });
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
    const nowhere = { version: 1, id: 'nothing-here', key: 'key', reads: 'unlimited' } as const;
    const reader = await read(nowhere, service);
    expect(reader.holdsUnseenLast()).toBe(false);
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

  test('that is cancelled takes no late answer', async () => {
    const { service, link } = await stored();
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
    reader.cancel();
    const left = reader.get();
    expect(left).toEqual({ name: 'asking', because: 'cancelled-late', lacksKey: false });
    answer();
    await settle();
    expect(reader.get()).toBe(left);
  });

  test('that is cancelled says whether a request has gone, even when its link has broken since', async () => {
    const { link } = await stored(1);
    const transport: Transport = {
      request: (_request, options) => {
        options?.onProgress?.({ stage: 'waiting', attempt: 1, isAgain: false });
        options?.onProgress?.({ stage: 'queued', waitingFor: 'connection' });
        return new Promise(() => undefined);
      },
    };
    const reader = createReader(link, transport);
    void reader.fetch();
    reader.cancel();
    expect(reader.get()).toMatchObject({ name: 'asking', because: 'cancelled-late' });
  });
});
