import { describe, expect, test } from '@jest/globals';
import { refusals } from '@pastenym/shared/v1/replies';
import { lossyTransportTo, pasteService, transportTo } from '../../test/support/paste-service.js';
import { MAX_PASTE_BYTES } from '../pastes/limits.js';
import { createComposer, holdsUnsentText, obstacleOf, type Composer } from './composer.js';

const compose = (transport = pasteService().transport) =>
  createComposer(transport, { now: () => 1000 });

/** Encryption takes a moment. */
function untilSent(composer: Composer): Promise<void> {
  return new Promise((resolve) => {
    const stop = composer.subscribe(() => {
      const { phase } = composer.get();
      if (phase.name !== 'sending' || phase.progress.stage !== 'waiting') return;
      stop();
      resolve();
    });
  });
}

describe('the composer', () => {
  test('begins with an encrypted paste that lasts a week', () => {
    expect(compose().get()).toMatchObject({
      text: '',
      options: { expiry: '1 week', reads: 'any', encrypted: true },
      phase: { name: 'writing' },
    });
  });

  test('creates a paste, and shows its link', async () => {
    const service = pasteService();
    const composer = compose(service.transport);
    composer.write('hello');
    composer.choose({ reads: 'several', severalReads: 5, expiry: '1 day' });
    await composer.create();
    expect(composer.get().phase).toMatchObject({
      name: 'done',
      link: { id: 'paste-001', burn: true },
      lifetime: { expiry: '1 day', views: 5 },
      createdAt: 1000,
    });
    expect(service.asked).toMatchObject([{ data: { views: 5, expiration: '1 day' } }]);
  });

  test('does not create the same paste twice, however often it is pressed', async () => {
    const service = pasteService();
    const composer = compose(service.transport);
    composer.write('hello');
    await Promise.all([composer.create(), composer.create(), composer.create()]);
    expect(service.asked).toHaveLength(1);
  });

  test('keeps the text when it fails, and says why', async () => {
    const composer = compose(transportTo(() => refusals.overloaded));
    composer.write('hello');
    await composer.create();
    expect(composer.get()).toMatchObject({
      text: 'hello',
      phase: { name: 'failed', failure: { what: 'The service is busy.' } },
    });
    composer.write('hello!');
    expect(composer.get().phase).toEqual({ name: 'writing' });
  });

  test('keeps the text when it is cancelled, and takes no late answer', async () => {
    let answer!: (reply: { ipfs: boolean; url_id: string }) => void;
    const late = new Promise<{ ipfs: boolean; url_id: string }>((resolve) => (answer = resolve));
    const composer = compose(transportTo(() => late));
    composer.write('hello');
    const creating = composer.create();
    await untilSent(composer);
    composer.cancel();
    answer({ ipfs: false, url_id: 'too-late' });
    await creating;
    expect(composer.get()).toMatchObject({ text: 'hello', phase: { name: 'cancelled' } });
  });

  test('that is cancelled before anything was sent is as if it had not begun', async () => {
    const composer = compose();
    composer.write('hello');
    const creating = composer.create();
    composer.cancel();
    await creating;
    expect(composer.get().phase).toEqual({ name: 'writing' });
  });

  describe('whose answer was lost', () => {
    async function lose() {
      const service = pasteService();
      let isLosing = true;
      const composer = compose(lossyTransportTo(service, () => isLosing));
      composer.write('hello');
      await composer.create();
      expect(composer.get().phase).toMatchObject({ name: 'failed', failure: { retry: true } });
      isLosing = false;
      return { service, composer };
    }

    test('stores no second paste when it is pressed again', async () => {
      const { service, composer } = await lose();
      await composer.create();
      expect(composer.get().phase).toMatchObject({ name: 'done', link: { id: 'paste-001' } });
      expect(service.pastes.size).toBe(1);
      expect(service.asked[1]).toEqual(service.asked[0]);
    });

    test('stores no second paste either when something was typed and taken back', async () => {
      const { service, composer } = await lose();
      composer.write('hello!');
      composer.write('hello');
      await composer.create();
      expect(service.pastes.size).toBe(1);
    });

    test.each<[string, (composer: Composer) => void]>([
      [
        'text',
        (composer) => {
          composer.write('hello!');
        },
      ],
      [
        'options',
        (composer) => {
          composer.choose({ reads: 'one' });
        },
      ],
    ])('makes another paste of another %s', async (_, change) => {
      const { service, composer } = await lose();
      change(composer);
      await composer.create();
      expect(composer.get().phase).toMatchObject({ name: 'done', link: { id: 'paste-002' } });
      expect(service.asked.map(({ id }) => id)).toHaveLength(2);
    });

    test('makes another paste after one that was created', async () => {
      const { service, composer } = await lose();
      await composer.create();
      composer.clear();
      composer.write('hello');
      await composer.create();
      expect(service.pastes.size).toBe(2);
    });
  });

  test('that was cancelled on the way stores no second paste when it is pressed again', async () => {
    const service = pasteService();
    let isSlow = true;
    const composer = compose(
      transportTo((request) => {
        const answer = service.answer(request);
        return isSlow ? undefined : answer;
      }),
    );
    composer.write('hello');
    const creating = composer.create();
    await untilSent(composer);
    composer.cancel();
    await creating;
    expect(composer.get().phase).toEqual({ name: 'cancelled' });
    isSlow = false;
    await composer.create();
    expect(service.pastes.size).toBe(1);
  });

  test('asks anew after a refusal that would only be repeated', async () => {
    const service = pasteService();
    let refusal: string | undefined = refusals.badText;
    const ids: (string | undefined)[] = [];
    const composer = compose(
      transportTo((request) => {
        ids.push(request.id);
        return refusal ?? service.answer(request);
      }),
    );
    composer.write('hello');
    await composer.create();
    expect(composer.get().phase).toMatchObject({ name: 'failed', failure: { retry: false } });
    refusal = undefined;
    await composer.create();
    expect(composer.get().phase.name).toBe('done');
    expect(new Set(ids).size).toBe(2);
  });

  test('says how far it is', async () => {
    const composer = compose();
    const stages: string[] = [];
    composer.subscribe(() => {
      const { phase } = composer.get();
      stages.push(phase.name === 'sending' ? phase.progress.stage : phase.name);
    });
    composer.write('hello');
    await composer.create();
    expect(stages).toEqual(['writing', 'encrypting', 'sending', 'waiting', 'done']);
  });

  test('begins anew with the same options', async () => {
    const composer = compose();
    composer.choose({ expiry: '1 hour', encrypted: false });
    composer.write('hello');
    await composer.create();
    composer.clear();
    expect(composer.get()).toMatchObject({
      text: '',
      options: { expiry: '1 hour', encrypted: false },
      phase: { name: 'writing' },
    });
  });

  test('knows what stands in the way', () => {
    const composer = compose();
    expect(obstacleOf(composer.get())).toBe('empty');
    composer.write('x'.repeat(MAX_PASTE_BYTES));
    expect(obstacleOf(composer.get())).toBeUndefined();
    composer.write('x'.repeat(MAX_PASTE_BYTES + 1));
    expect(obstacleOf(composer.get())).toBe('too-large');
    composer.choose({ reads: 'several', severalReads: Number.NaN });
    expect(obstacleOf(composer.get())).toBe('bad-reads');
    for (const severalReads of [0, 1.5, 10_001]) {
      composer.choose({ severalReads });
      expect(obstacleOf(composer.get())).toBe('bad-reads');
    }
  });

  test('holds text that would be lost, until it is stored', async () => {
    const composer = compose();
    expect(holdsUnsentText(composer.get())).toBe(false);
    composer.write('hello');
    expect(holdsUnsentText(composer.get())).toBe(true);
    await composer.create();
    expect(holdsUnsentText(composer.get())).toBe(false);
  });
});
