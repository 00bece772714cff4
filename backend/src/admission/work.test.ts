import { beforeEach, expect, test } from '@jest/globals';
import { secureRandom } from '@pastenym/shared/random';
import { isSolved, solvePuzzle } from '@pastenym/shared/v2/puzzle';
import { WINDOW_SECONDS } from './challenge.js';
import { ProofOfWork, type Work } from './work.js';

const required = expect.objectContaining({ code: 'puzzle-required' });
const newHash = () => secureRandom(32);

let time: { now: number };
let difficulty: number;
let work: ProofOfWork;

beforeEach(() => {
  time = { now: 1_800_000_000_000 };
  difficulty = 500;
  work = new ProofOfWork({
    clock: () => time.now,
    random: secureRandom,
    difficulty: () => difficulty,
    maxSpent: 3,
  });
});

async function workFor(contentHash: Uint8Array, request = 'request'): Promise<Work> {
  const { difficulty, challenge } = work.demand();
  const solution = await solvePuzzle({ challenge, commitment: contentHash, difficulty });
  return { request, contentHash, puzzle: { challenge, solution } };
}

const spend = (done: Work) => () => {
  work.spend(done);
};

test('who has done the work is let in', async () => {
  expect(spend(await workFor(newHash()))).not.toThrow();
});

test('where nothing is asked, nothing is needed', () => {
  difficulty = 0;
  expect(work.demand().difficulty).toBe(0);
  expect(spend({ request: 'a', contentHash: newHash(), puzzle: undefined })).not.toThrow();
});

test('who has done none, or has guessed, is not', () => {
  const contentHash = newHash();
  expect(spend({ request: 'a', contentHash, puzzle: undefined })).toThrow(required);
  const puzzle = { challenge: work.demand().challenge, solution: new Uint8Array(64) };
  difficulty = 2 ** 30;
  expect(spend({ request: 'a', contentHash, puzzle })).toThrow(required);
});

test('work for one content does not serve another', async () => {
  const done = await workFor(newHash());
  expect(spend({ ...done, contentHash: newHash() })).toThrow(required);
});

test('the same request may come again; another one with the same work is refused, as long as the challenge is good', async () => {
  const done = await workFor(newHash());
  expect(spend(done)).not.toThrow();
  expect(spend(done)).not.toThrow();
  expect(spend({ ...done, request: 'another' })).toThrow(required);
  time.now += WINDOW_SECONDS * 1000;
  expect(spend({ ...done, request: 'another' })).toThrow(required);
  expect(spend(done)).not.toThrow();
  time.now += WINDOW_SECONDS * 1000;
  expect(spend(done)).toThrow(required);
});

test('work of a quiet time counts as long as it was not far too little, and no work never does', async () => {
  difficulty = 0;
  const free = await workFor(newHash());
  difficulty = 500;
  expect(spend(free)).toThrow(required);
  const cheap = await workFor(newHash());
  difficulty = 2000;
  expect(spend(cheap)).not.toThrow();
  difficulty = 2001;
  expect(spend(cheap)).toThrow(required);
});

test('who works anew for a higher price, as they are told to when it has risen, is let in', async () => {
  const content = newHash();
  expect(spend(await workFor(content))).not.toThrow();
  difficulty = 5000;
  expect(spend(await workFor(content, 'another'))).not.toThrow();
  expect(spend(await workFor(content, 'a third'))).toThrow(required);
});

test('a second solution for the same content and challenge is no new work', async () => {
  const content = newHash();
  const done = await workFor(content);
  expect(spend(done)).not.toThrow();
  const solution = new Uint8Array(done.puzzle!.solution);
  const statement = { challenge: done.puzzle!.challenge, commitment: content, difficulty };
  do solution.set(secureRandom(8), 0);
  while (!isSolved(statement, solution));
  const puzzle = { challenge: done.puzzle!.challenge, solution };
  expect(spend({ ...done, request: 'another', puzzle })).toThrow(required);
});

test('what must be remembered is bounded, and forgotten with its window', async () => {
  const first = await workFor(newHash(), 'first');
  spend(first)();
  for (let n = 0; n < 2; n++) spend(await workFor(newHash(), `${n}`))();
  const late = await workFor(newHash());
  expect(spend(late)).toThrow(expect.objectContaining({ code: 'busy' }));
  expect(spend(first)).not.toThrow(); // It is remembered already.
  time.now += WINDOW_SECONDS * 1000;
  expect(spend(await workFor(newHash()))).not.toThrow();
});
