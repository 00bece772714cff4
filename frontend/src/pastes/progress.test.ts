import { expect, test } from '@jest/globals';
import { describeProgress, isOnItsWay } from './progress.js';

test('progress reads as what is really going on', () => {
  expect(describeProgress({ stage: 'encrypting' })).toBe('Encrypting in this browser');
  expect(describeProgress({ stage: 'queued', waitingFor: 'connection' })).toContain('connection');
  expect(describeProgress({ stage: 'queued', waitingFor: 'service' })).toContain('service');
  expect(describeProgress({ stage: 'sending', copy: 1 })).toBe('Sending');
  expect(describeProgress({ stage: 'waiting', copy: 1 })).toBe('Sent, waiting for the answer');
  expect(describeProgress({ stage: 'waiting', copy: 2 })).toBe(
    'Sent again (2 of 4), waiting for the answer',
  );
});

test('only what has been sent can have reached the service', () => {
  expect(isOnItsWay({ stage: 'queued', waitingFor: 'connection' })).toBe(false);
  expect(isOnItsWay({ stage: 'waiting', copy: 1 })).toBe(true);
});
