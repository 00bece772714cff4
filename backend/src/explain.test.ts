import { expect, test } from '@jest/globals';
import { AppError } from '@pastenym/shared/errors';
import { explain } from './explain.js';

const withCode = (code: string, message: string) => Object.assign(new Error(message), { code });

test.each([
  [new AppError('busy'), 'Try again'],
  [new AppError('store-full'), 'Make room'],
  [withCode('SQLITE_READONLY', 'attempt to write a readonly database'), 'readonly database.'],
  [withCode('SQLITE_CORRUPT_INDEX', 'database disk image is malformed'), 'is malformed.'],
])('what an operator can mend is a sentence', (error, sentence) => {
  expect(explain(error)).toContain(sentence);
  expect(explain(error)).not.toMatch(/[{}]/);
});

test('of a defect, where it is, and not what it quotes', () => {
  expect(JSON.parse(explain(new Error('a secret')))).toMatchObject({ at: expect.any(Array) });
  expect(explain(new Error('a secret'))).not.toContain('secret');
  expect(JSON.parse(explain(withCode('SQLITE_ERROR', 'near "x"')))).toMatchObject({
    code: 'SQLITE_ERROR',
  });
});
