import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { WorkLoop, type WorkSource } from './work-loop.js';

/** A source with so many pieces of work, each of which takes a while. */
function source(name: string, pieces: number, log: string[], pieceMs = 0): WorkSource {
  let left = pieces;
  return {
    work() {
      const end = performance.now() + pieceMs;
      while (performance.now() < end);
      log.push(name);
      left -= 1;
      return left > 0;
    },
  };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await nextTurn();
}

test('sources take turns', async () => {
  const loop = new WorkLoop();
  const log: string[] = [];
  loop.add(source('a', 3, log));
  loop.add(source('b', 2, log));
  await until(() => log.length === 5);
  expect(log).toEqual(['a', 'b', 'a', 'b', 'a']);
});

test('others get their turn while much work is waiting', async () => {
  const loop = new WorkLoop();
  const log: string[] = [];
  let turns = 0;
  loop.add(source('a', 40, log, 1));
  await until(() => {
    turns += 1;
    return log.length === 40;
  });
  expect(turns).toBeGreaterThan(4);
});

test('a source that is removed does no more', async () => {
  const loop = new WorkLoop();
  const log: string[] = [];
  const a = source('a', 100, log);
  loop.add(a);
  loop.add(source('b', 1, log));
  loop.remove(a);
  await until(() => log.length > 0);
  await nextTurn();
  expect(log).toEqual(['b']);
});
