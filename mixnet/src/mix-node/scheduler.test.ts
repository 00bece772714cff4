import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Scheduler } from './scheduler.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test('packets leave when their time has come, not in the order in which they came', () => {
  const scheduler = new Scheduler();
  const left: string[] = [];
  scheduler.hold(1, 30, () => left.push('late'));
  scheduler.hold(1, 10, () => left.push('early'));
  scheduler.hold(1, 0.2, () => left.push('at once'));
  expect(left).toEqual(['at once']);
  jest.advanceTimersByTime(20);
  expect(left).toEqual(['at once', 'early']);
  jest.advanceTimersByTime(20);
  expect(left).toEqual(['at once', 'early', 'late']);
});

test('no more is held than there is room for', () => {
  const scheduler = new Scheduler(10);
  expect(scheduler.hold(6, 5, () => undefined)).toBe(true);
  expect(scheduler.hold(6, 5, () => undefined)).toBe(false);
  jest.advanceTimersByTime(5);
  expect(scheduler.hold(6, 5, () => undefined)).toBe(true);
});

test('what is cleared never leaves, and no timer stays behind', () => {
  const scheduler = new Scheduler();
  let left = 0;
  scheduler.hold(1, 5, () => (left += 1));
  scheduler.hold(1, 5, () => (left += 1));
  expect(scheduler.clear()).toBe(2);
  expect(jest.getTimerCount()).toBe(0);
  jest.advanceTimersByTime(10);
  expect(left).toBe(0);
});
