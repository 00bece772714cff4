import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MAX_MESSAGE_BYTES, MAX_V1_TEXT_LENGTH } from '@pastenym/shared/limits';
import { formatShareLink, parseShareLink, type ShareLink } from '@pastenym/shared/share-link';
import { refusals } from '@pastenym/shared/v1/replies';
import type { Transport } from '../connection/transport.js';
import { createPaste, pasteService, transportTo } from '../../test/support/paste-service.js';
import type { Draft } from './create.js';
import { createRead, fetchPaste, isDestroyed } from './fetch.js';
import { MAX_PASTE_BYTES } from './limits.js';
import { openPaste } from './open.js';

const draft = (change: Partial<Draft> = {}): Draft => ({
  text: 'Hello mixnet! é😀 <b>&amp;</b>',
  expiry: '1 week',
  views: undefined,
  encrypted: true,
  ...change,
});

const fetchById = (id: string, transport: Transport) => fetchPaste(createRead(id), transport);

async function readBack(link: ShareLink, service: ReturnType<typeof pasteService>) {
  if (link.version !== 1) throw new Error('not version 1');
  const { content } = await fetchById(link.id, service.transport);
  return openPaste(content, link.key);
}

describe('a paste that is created', () => {
  // Each run stretches two keys, on a machine that does other things as well.
  test('comes back as it was, whatever stands in it, encrypted or not', async () => {
    const text = fc.oneof(
      fc.string({ minLength: 1, unit: 'binary' }),
      fc.constantFrom('&amp;lt;', '</script>', '\u0000', '\r\n\t', '😀'),
    );
    await fc.assert(
      fc.asyncProperty(text, fc.boolean(), async (written, encrypted) => {
        const service = pasteService();
        const link = await createPaste(draft({ text: written, encrypted }), service.transport);
        const address = formatShareLink('https://paste.example/', link);
        const { text: read } = await readBack(parseShareLink(address), service);
        expect(read).toBe(written);
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  test('is ciphertext at the service, and its key is in the link alone', async () => {
    const service = pasteService();
    const link = await createPaste(draft(), service.transport);
    const sent = JSON.stringify(service.asked);
    expect(sent).not.toContain('mixnet');
    expect(link).toMatchObject({ version: 1, key: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(sent).not.toContain((link as { key: string }).key);
  });

  test('has another key every time', async () => {
    const { transport } = pasteService();
    const links = await Promise.all([1, 2, 3].map(() => createPaste(draft(), transport)));
    expect(new Set(links.map((link) => (link.version === 1 ? link.key : ''))).size).toBe(3);
  });

  test('tells the service its expiry and its reads, and marks the link when reading destroys it', async () => {
    const service = pasteService();
    expect(await createPaste(draft({ views: 3 }), service.transport)).toMatchObject({ burn: true });
    expect(await createPaste(draft(), service.transport)).toMatchObject({ burn: false });
    expect(service.asked).toMatchObject([
      { data: { views: 3, expiration: '1 week' } },
      { data: { views: undefined, expiration: '1 week' } },
    ]);
  });

  test('that is public has a link without a key', async () => {
    const service = pasteService();
    const link = await createPaste(draft({ encrypted: false }), service.transport);
    expect(link).toMatchObject({ key: undefined });
    expect(service.asked).toMatchObject([{ data: { encParams: undefined } }]);
  });

  test('must have a text, and one that is not too large', async () => {
    const { transport } = pasteService();
    await expect(createPaste(draft({ text: '' }), transport)).rejects.toMatchObject({
      code: 'paste-empty',
    });
    const tooLarge = 'é'.repeat(MAX_PASTE_BYTES / 2 + 1);
    await expect(createPaste(draft({ text: tooLarge }), transport)).rejects.toMatchObject({
      code: 'paste-too-large',
    });
  });

  test('of the largest size fits into a message, even if every character has to be escaped', async () => {
    const service = pasteService();
    const text = '\u0001'.repeat(MAX_PASTE_BYTES);
    for (const encrypted of [true, false]) {
      await createPaste(draft({ text, encrypted }), service.transport);
    }
    for (const request of service.asked) {
      expect(request).toMatchObject({ event: 'newText' });
      const { text: sent } = (request as { data: { text: string } }).data;
      expect(sent.length).toBeLessThan(MAX_V1_TEXT_LENGTH);
      expect(JSON.stringify(request).length).toBeLessThan(MAX_MESSAGE_BYTES);
    }
  });

  test.each([
    ['a busy service', refusals.overloaded, 'busy'],
    ['a paste that is too long for it', refusals.tooLong(1000), 'paste-too-large'],
    ['an expiry that it does not take', refusals.badExpiry('Too far.'), 'bad-expiry'],
    ['a failure inside of it', refusals.internal, 'internal'],
    ['a refusal of another kind', refusals.badText, 'not-available'],
    ['words of some other service', 'Message has no text!', 'not-available'],
    ['an id with a key', { ipfs: false, url_id: 'paste-001&key=known' }, 'bad-message'],
    ['an id with a path', { ipfs: false, url_id: 'paste-001/secret' }, 'bad-message'],
    ['an object of some other kind', { version: '2.0.3' }, 'bad-message'],
  ])('tells %s from the others', async (_, reply, code) => {
    await expect(
      createPaste(
        draft(),
        transportTo(() => reply),
      ),
    ).rejects.toMatchObject({ code });
  });
});

describe('a paste that is fetched', () => {
  const reply = {
    text: 'x',
    num_view: 1,
    created_on: '2026-11-22T00:00:00Z',
    is_burn: false,
    is_ipfs: false,
    burn_view: 0,
    expiration_time: null,
    expiration_height: null,
  };

  test('says what the service knows of it', async () => {
    const service = pasteService();
    const link = await createPaste(draft({ views: 2 }), service.transport);
    const { facts } = await fetchById((link as { id: string }).id, service.transport);
    expect(facts).toEqual({
      views: 1,
      maxViews: 2,
      createdOn: new Date('2026-11-22T00:00:00Z'),
      expiresAt: new Date('2026-11-29T14:05:09Z'),
    });
    expect(isDestroyed(facts)).toBe(false);
    expect(isDestroyed({ ...facts, views: 2 })).toBe(true);
    expect(isDestroyed({ ...facts, maxViews: undefined })).toBe(false);
  });

  test('of the oldest kind has a date with a space, and is read as UTC', async () => {
    const old = { ...reply, created_on: '2023-05-30 00:00:00' };
    const { facts } = await fetchById(
      'paste',
      transportTo(() => old),
    );
    expect(facts.createdOn).toEqual(new Date('2023-05-30T00:00:00Z'));
  });

  test('with a date that is none has no date', async () => {
    const odd = { ...reply, created_on: 'yesterday' };
    expect(
      (
        await fetchById(
          'paste',
          transportTo(() => odd),
        )
      ).facts.createdOn,
    ).toBeUndefined();
  });

  test('by the original command line client, with empty parameters, is public', async () => {
    const encParams = {
      salt: '',
      adata: '',
      iv: '',
      ks: 0,
      v: 0,
      ts: 0,
      mode: '',
      cipher: '',
      iter: 0,
    };
    const text = '{&quot;text&quot;:&quot;a &amp;lt; b&quot;,&quot;file&quot;:null}';
    const { content } = await fetchById(
      'paste',
      transportTo(() => ({ ...reply, text, encParams })),
    );
    expect(content.kind).toBe('public');
    expect(await openPaste(content, undefined)).toEqual({ text: 'a &lt; b', file: undefined });
  });

  test('of the original web page, with a file, opens with its key', async () => {
    const encParams = {
      iv: '8ODQwLCgkIBwYFBA',
      v: 1,
      iter: 10_000,
      ks: 256,
      ts: 128,
      mode: 'gcm',
      adata: '',
      cipher: 'aes',
      salt: 'obLD1OX2Bxg=',
    };
    const text =
      'ALEPGTQ4L6Rurix4we7B4TlOAmq1emQ62G0p/svo8BwUhF7Zb8aRBlU44pTkvc/0VBgZXzXLrj1vAIxyOL7eLRkyV2exaBdNnBx3mEhk5x96MI4fO/l4XGrlz1tKk48D7CbqI0BJX2fbrnBqWcZJHJ4mAlWLvSdLSBw=';
    const { content } = await fetchById(
      'paste',
      transportTo(() => ({ ...reply, text, encParams })),
    );
    const document = await openPaste(content, 'b5hstfjtd6ojkuwsj9a46di964qreocf');
    expect(document).toMatchObject({ text: 'hi <3', file: { name: 'a.txt' } });
    await expect(openPaste(content, 'another')).rejects.toMatchObject({ code: 'wrong-key' });
  });

  test('that is public and no document is shown as it is', async () => {
    const { content } = await fetchById(
      'paste',
      transportTo(() => ({ ...reply, text: 'a &amp; b' })),
    );
    expect(await openPaste(content, undefined)).toEqual({ text: 'a & b', file: undefined });
  });

  test('that is not there is not found, in the words of both services', async () => {
    for (const missing of [refusals.notFound, JSON.stringify(refusals.notFound)]) {
      await expect(
        fetchById(
          'paste',
          transportTo(() => missing),
        ),
      ).rejects.toMatchObject({
        code: 'not-found',
      });
    }
  });
});
