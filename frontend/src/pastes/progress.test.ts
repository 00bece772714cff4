import { expect, test } from '@jest/globals';
import { describeProgress, isOnItsWay } from './progress.js';

test('progress reads as what is really going on', () => {
  expect(describeProgress({ stage: 'encrypting' })).toBe('Encrypting in this browser');
  expect(describeProgress({ stage: 'queued', waitingFor: 'connection' })).toContain('connection');
  expect(describeProgress({ stage: 'queued', waitingFor: 'service' })).toContain('service');
  const first = { attempt: 1, isAgain: false };
  expect(describeProgress({ stage: 'sending', ...first })).toBe('Sending');
  expect(describeProgress({ stage: 'waiting', ...first })).toBe('Sent, waiting for the answer');
  expect(describeProgress({ stage: 'sending', attempt: 1, isAgain: true })).toBe('Sending again');
  expect(describeProgress({ stage: 'waiting', attempt: 2, isAgain: true })).toBe(
    'Sent again (attempt 2 of 4), waiting for the answer',
  );
});

test('only what has been sent can have reached the service', () => {
  expect(isOnItsWay({ stage: 'queued', waitingFor: 'connection' })).toBe(false);
  expect(isOnItsWay({ stage: 'waiting', attempt: 1, isAgain: false })).toBe(true);
});
