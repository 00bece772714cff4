import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { AppError } from '@pastenym/shared/errors';
import Database from 'better-sqlite3';
import { describeError } from './describe-error.js';

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('It did not throw.');
}

test('what a parser quotes does not get into the log', () => {
  const error = thrownBy(() => JSON.parse('{"text": secret-paste}') as unknown);
  expect(String(error)).toContain('secret');
  expect(JSON.stringify(describeError(error))).not.toContain('secret');
});

test('neither does what it caused, nor a thrown value', () => {
  const cause = thrownBy(() => JSON.parse('secret') as unknown);
  const described = describeError(new AppError('internal', { cause }));
  expect(described).toMatchObject({ name: 'AppError', code: 'internal' });
  expect(described.cause?.name).toBe('SyntaxError');
  expect(JSON.stringify(described)).not.toContain('secret');
  expect(describeError('secret')).toEqual({ name: 'string' });
});

test('a message of several lines does not look like frames of a stack', () => {
  const described = describeError(new Error('first\n    at secret (secret:1:2)\nlast $& (secret)'));
  expect(JSON.stringify(described)).not.toContain('secret');
  expect(described.at?.[0]).toContain('describe-error.test');
});

test('what the database or the system says stays, since it is about files and not about pastes', () => {
  const db = new Database(':memory:');
  const ofSqlite = thrownBy(() => db.prepare('SELECT * FROM missing'));
  db.close();
  expect(describeError(ofSqlite)).toMatchObject({
    code: 'SQLITE_ERROR',
    message: 'no such table: missing',
  });
  expect(describeError(thrownBy(() => readFileSync('/missing'))).message).toContain('ENOENT');
});

test('causes that go round in a circle come to an end', () => {
  const error = new Error('x');
  error.cause = error;
  expect(JSON.stringify(describeError(error)).length).toBeLessThan(50_000);
});
