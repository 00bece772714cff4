import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { describeFailure } from './logger.js';

function failureOf(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}

test('a failure of the file system is described without the name of the file', () => {
  const error = failureOf(() => readFileSync('/nowhere/named-after-a-client'));
  expect(describeFailure(error)).toMatchObject({ code: 'ENOENT', syscall: 'open' });
  expect(JSON.stringify(describeFailure(error))).not.toContain('named-after-a-client');
});

test('a defect is described by where it is', () => {
  const description = JSON.stringify(describeFailure(new Error('secret')));
  expect(description).toContain('logger.test');
  expect(description).not.toContain('secret');
});

test.each([undefined, null, 'text', 7])('%s, thrown, is described', (thrown) => {
  expect(describeFailure(thrown)).toEqual({ thrown: typeof thrown });
});
