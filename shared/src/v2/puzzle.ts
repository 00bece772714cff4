import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '../bytes.js';
import { nextTask } from '../next-task.js';

/**
 * The price of a paste. The service knows no addresses that it could limit by, so it asks for work: find nonces whose hashes are small.
 *
 *     statement = SHA-256("pastenym/v2 puzzle" ‖ challenge ‖ commitment)
 *     for each part i of PARTS:  the first 6 bytes of SHA-256(statement ‖ u8 i ‖ u64 nonce_i), as a number, < 2^48 · PARTS / difficulty
 *
 * `challenge` is the service's, good for a limited time, so that nobody can work ahead for long; `commitment` is the hash of the paste, so that no work serves two pastes.
 * `difficulty` is the number of hashes that it takes on average. Several parts make that average reliable: with 8 of them, one in a hundred authors waits twice as long as the
 * average; with one, one in seven.
 *
 * Why SHA-256 and not a memory-hard function: checking must cost the service next to nothing, under attack most of all, and phones must not need memory for it. That an attacker's graphics card
 * hashes a thousand times faster than a phone's browser is the price; but all of his pastes pass a nym-client that carries some hundred packets a second.
 */
export const PUZZLE_PARTS = 8;
const NONCE_BYTES = 8;
export const PUZZLE_SOLUTION_BYTES = PUZZLE_PARTS * NONCE_BYTES;
/** Difficulty 0 asks for nothing; anything below one hash a part is solved by the first try. A solver refuses to work for hours: 2^32 hashes. */
export const MAX_PUZZLE_DIFFICULTY = 2 ** 32;

const LABEL = 'pastenym/v2 puzzle';
/** A solver gives way to others after so long: a frame. */
const TURN_MS = 16;
/** It looks at the clock after so many hashes: a millisecond of a slow phone. */
const HASHES_PER_LOOK = 256;

export interface Puzzle {
  challenge: Uint8Array;
  /** SHA-256 over what the work is for, 32 bytes. */
  commitment: Uint8Array;
  /** Hashes on average. */
  difficulty: number;
}

/** @returns whether `solution` solves it. Costs PUZZLE_PARTS + 1 hashes at the most. */
export function isSolved(puzzle: Puzzle, solution: Uint8Array): boolean {
  if (solution.length !== PUZZLE_SOLUTION_BYTES) return false;
  const statement = state(puzzle);
  const bound = boundOf(puzzle.difficulty);
  return Array.from({ length: PUZZLE_PARTS }, (_, part) => part).every((part) => {
    const nonce = solution.subarray(part * NONCE_BYTES, (part + 1) * NONCE_BYTES);
    return worth(attempt(statement, part, nonce)) < bound;
  });
}

/**
 * Finds a solution, giving way to others in between.
 * @param onProgress gets the share of the work that is done, 0 to 1
 * @throws the signal's reason when it is aborted; RangeError for a difficulty beyond MAX_PUZZLE_DIFFICULTY
 */
export async function solvePuzzle(
  puzzle: Puzzle,
  options: { signal?: AbortSignal; onProgress?: (share: number) => void } = {},
): Promise<Uint8Array> {
  if (!(puzzle.difficulty <= MAX_PUZZLE_DIFFICULTY))
    throw new RangeError('The puzzle is too hard.');
  const statement = state(puzzle);
  const bound = boundOf(puzzle.difficulty);
  const solution = new Uint8Array(PUZZLE_SOLUTION_BYTES);
  const giveWay = createTurns(options.signal);
  for (let part = 0; part < PUZZLE_PARTS; part++) {
    const nonce = await findNonce(statement, part, bound, giveWay);
    solution.set(nonce, part * NONCE_BYTES);
    options.onProgress?.((part + 1) / PUZZLE_PARTS);
  }
  return solution;
}

async function findNonce(
  statement: Uint8Array,
  part: number,
  bound: number,
  giveWay: () => Promise<void>,
): Promise<Uint8Array> {
  const input = attempt(statement, part, new Uint8Array(NONCE_BYTES));
  const nonce = input.subarray(input.length - NONCE_BYTES);
  const counter = new DataView(input.buffer, nonce.byteOffset);
  for (let n = 0; ; n++) {
    counter.setUint32(0, Math.floor(n / 2 ** 32));
    counter.setUint32(4, n);
    if (worth(input) < bound) return nonce;
    if (n % HASHES_PER_LOOK === HASHES_PER_LOOK - 1) await giveWay();
  }
}

const state = ({ challenge, commitment }: Puzzle) =>
  sha256(concatBytes(new TextEncoder().encode(LABEL), challenge, commitment));

const attempt = (statement: Uint8Array, part: number, nonce: Uint8Array) =>
  concatBytes(statement, Uint8Array.of(part), nonce);

/** 48 bits, which a JavaScript number holds exactly. */
function worth(input: Uint8Array): number {
  const digest = sha256(input);
  const view = new DataView(digest.buffer, digest.byteOffset);
  return view.getUint16(0) * 2 ** 32 + view.getUint32(2);
}

const boundOf = (difficulty: number) =>
  difficulty > PUZZLE_PARTS ? (2 ** 48 * PUZZLE_PARTS) / difficulty : 2 ** 48;

/** @returns what gives way if a turn is over */
function createTurns(signal: AbortSignal | undefined): () => Promise<void> {
  let turnEndsAt = performance.now() + TURN_MS;
  return async () => {
    if (performance.now() < turnEndsAt) return;
    await nextTask();
    signal?.throwIfAborted();
    turnEndsAt = performance.now() + TURN_MS;
  };
}
