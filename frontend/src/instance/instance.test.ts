import { describe, expect, test } from '@jest/globals';
import { fakeTime, settle } from '../../test/support/fake-time.js';
import { ASK_TIMEOUT_MS, createInstance, serviceAddressesOf } from './instance.js';

const CONFIG = {
  network: 'local',
  nymApiUrl: 'http://127.0.0.1:1/api',
  serviceAddresses: ['a', 'b', 'c'],
  instanceName: 'Here',
};

/** A request that hangs until it is aborted. */
const HANGS = Symbol('hangs');

function setUp(answers: unknown[]) {
  const time = fakeTime();
  let asked = 0;
  const instance = createInstance({
    fetchConfig: (signal) => {
      const answer = answers[Math.min(asked++, answers.length - 1)];
      if (answer === HANGS) {
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            reject(signal.reason as Error);
          });
        });
      }
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    schedule: time.schedule,
    random: () => 0.5,
  });
  return { time, instance, asked: () => asked };
}

describe('the instance', () => {
  test('is asked once, and begins with an address that chance picks', async () => {
    const { instance, time, asked } = setUp([CONFIG]);
    expect(serviceAddressesOf(instance).get()).toEqual([]);
    instance.load();
    instance.load();
    await time.pass(3600_000);
    instance.load();
    expect(instance.get()).toEqual({
      name: 'ready',
      config: { ...CONFIG, serviceAddresses: ['b', 'c', 'a'] },
    });
    expect(serviceAddressesOf(instance).get()).toEqual(['b', 'c', 'a']);
    expect(asked()).toBe(1);
  });

  test('is asked again while the service has no address yet, and is ready all the same', async () => {
    const { instance, time, asked } = setUp([{ ...CONFIG, serviceAddresses: [] }, CONFIG]);
    instance.load();
    await settle();
    expect(instance.get()).toMatchObject({ name: 'ready', config: { serviceAddresses: [] } });
    await time.pass(1000);
    expect(serviceAddressesOf(instance).get()).toHaveLength(3);
    expect(asked()).toBe(2);
  });

  test('whose server hangs is unreachable after a while, and asked again', async () => {
    const { instance, time, asked } = setUp([HANGS, CONFIG]);
    instance.load();
    await time.pass(ASK_TIMEOUT_MS);
    expect(instance.get()).toEqual({ name: 'unreachable' });
    await time.pass(1000);
    expect(asked()).toBe(2);
    expect(instance.get().name).toBe('ready');
    expect(time.pending()).toBe(0);
  });

  test('is asked anew when somebody wants it and the request under way hangs', async () => {
    const { instance, time, asked } = setUp([new Error('down'), HANGS, CONFIG]);
    instance.load();
    await time.pass(1000);
    expect(asked()).toBe(2);
    instance.load();
    await settle();
    expect(asked()).toBe(3);
    expect(instance.get().name).toBe('ready');
    await time.pass(3600_000);
    expect(asked()).toBe(3);
  });

  test('is asked once more when the service does not answer, and may have moved', async () => {
    const moved = { ...CONFIG, serviceAddresses: ['d'] };
    const { instance, time, asked } = setUp([CONFIG, moved]);
    instance.load();
    await settle();
    instance.refresh();
    instance.refresh();
    await settle();
    expect(serviceAddressesOf(instance).get()).toEqual(['d']);
    await time.pass(3600_000);
    expect(asked()).toBe(2);
  });

  test.each([
    ['does not answer either', new Error('down')],
    ['has forgotten the address', { ...CONFIG, serviceAddresses: [] }],
  ])('stays what it was when its server %s', async (_, answer) => {
    const { instance, time, asked } = setUp([CONFIG, answer]);
    instance.load();
    await settle();
    const before = instance.get();
    instance.refresh();
    await time.pass(3600_000);
    expect(instance.get()).toBe(before);
    expect(asked()).toBe(2);
  });

  test.each([
    ['does not answer', new Error('down')],
    ['answers something else', { network: 'moon' }],
  ])(
    'whose server %s is asked less and less often, and at once when somebody wants it',
    async (_, answer) => {
      const { instance, time, asked } = setUp([answer]);
      instance.load();
      await time.pass(0);
      expect(instance.get()).toEqual({ name: 'unreachable' });
      await time.pass(60_000);
      expect(asked()).toBe(8); // at 0, 1, 3, 7, 15, 30, 45 and 60 seconds
      instance.load();
      expect(asked()).toBe(9);
      expect(time.pending()).toBe(1); // the time-out of this request, and nothing that was waited for before
    },
  );
});
