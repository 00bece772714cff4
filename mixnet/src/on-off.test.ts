import { expect, test } from '@jest/globals';
import { OnOff } from './on-off.js';

function recorder(failures = 0): { log: string[]; power: OnOff } {
  const log: string[] = [];
  let left = failures;
  const turnOn = async (): Promise<void> => {
    log.push('going on');
    await Promise.resolve();
    if (left-- > 0) throw new Error('no');
    log.push('on');
  };
  const turnOff = async (): Promise<void> => {
    log.push('going off');
    await Promise.resolve();
    log.push('off');
  };
  return { log, power: new OnOff(turnOn, turnOff) };
}

test('what is asked for twice is done once', async () => {
  const { log, power } = recorder();
  await Promise.all([power.off(), power.on(), power.on()]);
  expect(log).toEqual(['going on', 'on']);
});

test('on and off wait for each other', async () => {
  const { log, power } = recorder();
  await Promise.all([power.on(), power.off(), power.on()]);
  expect(log).toEqual(['going on', 'on', 'going off', 'off', 'going on', 'on']);
});

test('after a failure one can try again', async () => {
  const { log, power } = recorder(1);
  await expect(power.on()).rejects.toThrow('no');
  await power.on();
  expect(log).toEqual(['going on', 'going on', 'on']);
});

test('what has ended is off, and cannot be turned on again', async () => {
  const { log, power } = recorder();
  const turnedOn = power.on();
  const ended = power.end();
  await expect(power.on()).rejects.toMatchObject({ code: 'unavailable' });
  await Promise.all([turnedOn, ended]);
  expect(log).toEqual(['going on', 'on', 'going off', 'off']);
  await power.off();
  await power.end();
});
