import { beforeEach, describe, expect, test } from '@jest/globals';
import { errorAdvice } from '@pastenym/shared/docs/meanings';
import { AppError } from '@pastenym/shared/errors';
import { createCounters, createErrorCounts, type Counters, type ErrorCounts } from '../counters.js';
import { createLogger } from '../logger.js';
import { Failures } from './failures.js';

let time: { now: number };
let counters: Counters;
let errorCounts: ErrorCounts;
let lines: string[];
let failures: Failures;

beforeEach(() => {
  time = { now: 1_800_000_000_000 };
  counters = createCounters();
  errorCounts = createErrorCounts();
  lines = [];
  const log = createLogger('trace', { write: (line) => lines.push(line) });
  failures = new Failures({ clock: () => time.now, counters, errorCounts, log });
});

test('what is the sender’s fault is told to the sender alone', () => {
  const error = new AppError('not-found');
  expect(failures.report(error)).toBe(error);
  expect(lines).toEqual([]);
  expect(counters.failed).toBe(0);
});

test('what is not known is an internal error, of which the operator hears the cause', () => {
  const told = failures.report(
    Object.assign(new Error('disk on fire'), { code: 'EIO', syscall: 'write' }),
  );
  expect(told).toMatchObject({ code: 'internal', message: 'Something went wrong in the service.' });
  expect(lines.join()).toContain('EIO');
  expect(counters.failed).toBe(1);
});

test('each is counted under the code that its sender is told', () => {
  const errors = ['not-found', 'busy', 'internal', 'busy'] as const;
  for (const code of errors) failures.report(new AppError(code));
  failures.report(new Error('disk on fire'));
  expect(errorCounts).toEqual({ ...createErrorCounts(), 'not-found': 1, busy: 2, internal: 2 });
});

test('those are counted from 0 that come over the wire, and others once they come', () => {
  const onTheWire = Object.entries(errorAdvice).filter(([, advice]) => advice !== null);
  const codes = onTheWire.map(([code]) => code);
  expect(Object.keys(errorCounts).sort()).toEqual([...codes, 'not-available'].sort());
  failures.report(new AppError('bad-params'));
  expect(errorCounts['bad-params']).toBe(1);
});

describe('what the service needs is reported at the first time and then once a minute', () => {
  test.each<[string, AppError, string]>([
    [
      'a full disk',
      new AppError('store-full', {
        cause: Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' }),
      }),
      'SQLITE_FULL',
    ],
    ['a full quota', new AppError('store-full'), 'no room'],
    [
      'a database that is away',
      new AppError('busy', {
        cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED', syscall: 'connect' }),
      }),
      'ECONNREFUSED',
    ],
    ['a node that refuses', new AppError('not-available', { detail: 'HTTP 500.' }), 'HTTP 500.'],
  ])('%s', (_, error, said) => {
    for (let second = 0; second < 150; second++) {
      expect(failures.report(error)).toBe(error);
      time.now += 1000;
    }
    expect(lines).toHaveLength(3);
    expect(lines[0]).toContain(said);
    expect(counters.failed).toBe(0);
    expect(errorCounts[error.code]).toBe(150);
  });

  test('and does not keep another trouble from being reported', () => {
    failures.report(new AppError('store-full'));
    failures.report(new AppError('not-available'));
    failures.report(new AppError('busy', { cause: new Error('away') }));
    expect(lines).toHaveLength(3);
  });
});

test('that much is asked for is not reported, nor what a sender has written', () => {
  failures.report(new AppError('busy', { retryAfterMs: 1000 }));
  failures.report(new AppError('bad-request', { cause: new Error('of a parser') }));
  expect(lines).toEqual([]);
});

test('what a database says of a row is not logged', () => {
  const values = { detail: 'Key (id)=(SECRET) exists.', parameters: ['SECRET'], where: 'SECRET' };
  const cause = Object.assign(new Error('SECRET is locked'), { code: '55P03', ...values });
  failures.report(new AppError('busy', { cause }));
  expect(lines.join()).toContain('55P03');
  expect(lines.join()).not.toContain('SECRET');
});
