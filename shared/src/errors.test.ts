import { expect, test } from '@jest/globals';
import { AppError, ERRORS, type ErrorCode } from './errors.js';

const codes = Object.keys(ERRORS) as ErrorCode[];

test('an error says what a person may read, and whether the same can succeed later', () => {
  for (const code of codes) {
    const { message, retry } = ERRORS[code];
    expect(new AppError(code)).toMatchObject({ name: 'AppError', code, message, retry });
    expect(message).toMatch(/^[A-Z].*\.$/);
  }
});

test('an error tells what is wrong with this very input, and what caused it', () => {
  const cause = new Error('deep down');
  const error = new AppError('bad-request', { detail: 'Look at "views".', cause });
  expect(error.message).toBe(`${ERRORS['bad-request'].message} Look at "views".`);
  expect(error.cause).toBe(cause);
});

test('a service that is busy says when to come back', () => {
  expect(new AppError('busy', { retryAfterMs: 1500 }).retryAfterMs).toBe(1500);
  expect(new AppError('busy').retryAfterMs).toBeUndefined();
});

test('codes stand in the order of the alphabet, so that each is found and none is there twice', () => {
  expect(codes).toEqual([...codes].sort());
});
