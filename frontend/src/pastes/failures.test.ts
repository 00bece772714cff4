import { expect, test } from '@jest/globals';
import { AppError, ERRORS, type ErrorCode } from '@pastenym/shared/errors';
import { FAILURES, failureOf } from './failures.js';

test('every error that can cross a boundary says what happened and what to do, in whole sentences', () => {
  for (const code of Object.keys(ERRORS) as ErrorCode[]) {
    const { what, next, retry } = failureOf(new AppError(code, { detail: 'not for people' }));
    expect(what).toMatch(/^[A-Z].+\.$/);
    expect(next).toMatch(/^[A-Z].+\.$/);
    expect(`${what} ${next}`).not.toContain('not for people');
    expect(retry).toBe(ERRORS[code].retry);
  }
  expect(Object.keys(FAILURES).sort()).toEqual(Object.keys(ERRORS).sort());
});

test('a defect of the page is not blamed on anybody, and can be tried again', () => {
  expect(failureOf(new TypeError('x is not a function'))).toMatchObject({
    what: 'Something went wrong in this page.',
    retry: true,
  });
});
