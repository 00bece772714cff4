import { expect, test } from '@jest/globals';
import { AppError } from '@pastenym/shared/errors';
import { explain, isTrouble } from './explain.js';
import { StartupError } from './startup-error.js';

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

test('of what it could not wait for, the reason is quoted that the database or the system gives, and nothing else', () => {
  const because = (cause: unknown) => explain(new AppError('busy', { cause }));
  const refused = Object.assign(withCode('ECONNREFUSED', 'connect ECONNREFUSED 10.0.0.1:5432'), {
    syscall: 'connect',
  });
  expect(because(refused)).toMatch(/moment\. \(connect ECONNREFUSED 10\.0\.0\.1:5432\)$/);
  expect(because(withCode('57P03', 'the database system is starting up'))).toMatch(
    /\(the database system is starting up\)$/,
  );
  expect(because(withCode('SQLITE_BUSY', 'database is locked'))).toMatch(/\(database is locked\)$/);
  // Of several addresses, each of which has failed.
  expect(because(withCode('ECONNREFUSED', ''))).toMatch(/\(ECONNREFUSED\)$/);
  expect(because(new Error('a secret'))).toBe(explain(new AppError('busy')));
  expect(because(withCode('22021', 'a secret'))).not.toContain('secret');
});

test.each([
  [new StartupError(['x']), true],
  [new AppError('busy'), true],
  [new AppError('store-full'), true],
  [withCode('SQLITE_IOERR_WRITE', 'disk I/O error'), true],
  [new AppError('internal'), false],
  [new TypeError('x'), false],
])('%s: may succeed later: %s', (error, expected) => {
  expect(isTrouble(error)).toBe(expected);
});

test('of a defect, where it is, and not what it quotes', () => {
  expect(JSON.parse(explain(new Error('a secret')))).toMatchObject({ at: expect.any(Array) });
  expect(explain(new Error('a secret'))).not.toContain('secret');
  expect(JSON.parse(explain(withCode('SQLITE_ERROR', 'near "x"')))).toMatchObject({
    code: 'SQLITE_ERROR',
  });
});
