import { expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { isSolved, PUZZLE_SOLUTION_BYTES, solvePuzzle, type Puzzle } from './puzzle.js';

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const puzzle = (difficulty: number): Puzzle => ({
  challenge: new Uint8Array(32).fill(1),
  commitment: new Uint8Array(32).fill(2),
  difficulty,
});

test('a solution solves its own puzzle, and no other', async () => {
  await fc.assert(
    fc.asyncProperty(bytes32, bytes32, async (challenge, commitment) => {
      const mine = { challenge, commitment, difficulty: 20_000 };
      const solution = await solvePuzzle(mine);
      expect(isSolved(mine, solution)).toBe(true);
      const other = Uint8Array.from(commitment, (byte) => byte ^ 1);
      expect(isSolved({ ...mine, commitment: other }, solution)).toBe(false);
      expect(isSolved({ ...mine, challenge: other }, solution)).toBe(false);
    }),
    { numRuns: 5 },
  );
});

test('a puzzle takes about as many hashes as its difficulty says', () => {
  const worthless = new Uint8Array(PUZZLE_SOLUTION_BYTES);
  let solved = 0;
  const tries = 4000;
  for (let n = 0; n < tries; n++) {
    new DataView(worthless.buffer).setUint32(0, n);
    if (isSolved({ ...puzzle(16), commitment: Uint8Array.of(n & 255, n >> 8) }, worthless))
      solved++;
  }
  // Each of the 8 parts is right with one chance in two.
  expect(solved / tries).toBeGreaterThan(1 / 512);
  expect(solved / tries).toBeLessThan(1 / 128);
});

test('difficulty zero costs nothing, but a solution has its length all the same', () => {
  expect(isSolved(puzzle(0), new Uint8Array(PUZZLE_SOLUTION_BYTES))).toBe(true);
  expect(isSolved(puzzle(0), new Uint8Array(PUZZLE_SOLUTION_BYTES - 1))).toBe(false);
});

test('somebody who guesses fails', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: PUZZLE_SOLUTION_BYTES, maxLength: PUZZLE_SOLUTION_BYTES }),
      (guess) => {
        expect(isSolved(puzzle(1_000_000), guess)).toBe(false);
      },
    ),
  );
});

test('solving tells how far it is, and stops when asked to', async () => {
  const shares: number[] = [];
  await solvePuzzle(puzzle(1000), { onProgress: (share) => shares.push(share) });
  expect(shares).toHaveLength(8);
  expect(shares.at(-1)).toBe(1);
  const signal = AbortSignal.timeout(20);
  await expect(solvePuzzle(puzzle(2 ** 32), { signal })).rejects.toMatchObject({
    name: 'TimeoutError',
  });
});

test('solving leaves others their turns, and needs no timers, which stand nearly still in a hidden tab', async () => {
  jest.useFakeTimers({ doNotFake: ['performance', 'setImmediate', 'clearImmediate'] });
  let turns = 0;
  const countTurns = () => {
    turns++;
    immediate = setImmediate(countTurns);
  };
  let immediate = setImmediate(countTurns);
  const begun = performance.now();
  await solvePuzzle(puzzle(200_000));
  clearImmediate(immediate);
  jest.useRealTimers();
  // A busy machine stretches a turn.
  expect(turns).toBeGreaterThan((performance.now() - begun) / 16 / 8);
});

test('a service that demands hours of work is refused', async () => {
  await expect(solvePuzzle(puzzle(2 ** 33))).rejects.toThrow(RangeError);
  await expect(solvePuzzle(puzzle(Number.NaN))).rejects.toThrow(RangeError);
});
