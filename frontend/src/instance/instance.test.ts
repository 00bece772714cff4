import { describe, expect, test } from '@jest/globals';
import { fakeTime, settle } from '../../test/support/fake-time.js';
import { createInstance, serviceAddressesOf } from './instance.js';

const CONFIG = {
  network: 'local',
  nymApiUrl: 'http://127.0.0.1:1/api',
  serviceAddresses: ['a', 'b', 'c'],
  instanceName: 'Here',
};

function setUp(answers: unknown[]) {
  const time = fakeTime();
  let asked = 0;
  const instance = createInstance({
    fetchConfig: () => {
      const answer = answers[Math.min(asked++, answers.length - 1)];
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
      expect(time.pending()).toBe(0);
    },
  );
});
