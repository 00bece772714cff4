import { beforeEach, expect, test } from '@jest/globals';
import { AppError } from '@pastenym/shared/errors';
import { createCounters, createRefusals, type Counters, type Refusals } from '../counters.js';
import { createLogger } from '../logger.js';
import { Failures } from './failures.js';

let time: { now: number };
let counters: Counters;
let refusals: Refusals;
let lines: string[];
let failures: Failures;

beforeEach(() => {
  time = { now: 1_800_000_000_000 };
  counters = createCounters();
  refusals = createRefusals();
  lines = [];
  const log = createLogger('trace', { write: (line) => lines.push(line) });
  failures = new Failures({ clock: () => time.now, counters, refusals, log });
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
  expect(refusals).toEqual({ ...createRefusals(), 'not-found': 1, busy: 2, internal: 2 });
});

test('that there is no room is logged at the first time and then once a minute', () => {
  const cause = Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
  for (let second = 0; second < 150; second++) {
    const error = new AppError('store-full', { cause });
    expect(failures.report(error)).toBe(error);
    time.now += 1000;
  }
  expect(lines).toHaveLength(3);
  expect(lines[0]).toContain('SQLITE_FULL');
  expect(counters.failed).toBe(0);
});
