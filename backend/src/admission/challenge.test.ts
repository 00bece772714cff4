import { expect, test } from '@jest/globals';
import { secureRandom } from '@pastenym/shared/random';
import { MAX_PUZZLE_DIFFICULTY } from '@pastenym/shared/v2/puzzle';
import fc from 'fast-check';
import { CHALLENGE_BYTES, Challenges, WINDOW_SECONDS } from './challenge.js';

const START = 1_800_000_000_000;
const WINDOW_MS = WINDOW_SECONDS * 1000;
const difficulty = fc.integer({ min: 0, max: MAX_PUZZLE_DIFFICULTY });

function challengesAt(time: { now: number }) {
  return new Challenges({ clock: () => time.now, random: secureRandom });
}

test('a challenge is recognised as long as was announced, and no longer', () => {
  fc.assert(
    fc.property(difficulty, fc.integer({ min: 0, max: WINDOW_MS - 1 }), (asked, after) => {
      const time = { now: START + after };
      const challenges = challengesAt(time);
      const challenge = challenges.issue(asked);
      const validForMs = challenges.validForSeconds * 1000;
      expect(validForMs).toBeGreaterThan(WINDOW_MS);
      expect(challenges.read(challenge)?.difficulty).toBe(asked);
      const ends = Math.floor(time.now / 1000) * 1000 + validForMs;
      time.now = ends - 1;
      expect(challenges.read(challenge)?.difficulty).toBe(asked);
      time.now = ends;
      expect(challenges.read(challenge)).toBeUndefined();
    }),
  );
});

test('whatever bit of it is changed, it is nobody’s', () => {
  const challenges = challengesAt({ now: START });
  const challenge = challenges.issue(1000);
  for (let bit = 0; bit < 8 * CHALLENGE_BYTES; bit++) {
    const changed = Uint8Array.from(challenge);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    expect(challenges.read(changed)).toBeUndefined();
  }
  for (const length of [0, CHALLENGE_BYTES - 1, CHALLENGE_BYTES + 1]) {
    expect(challenges.read(new Uint8Array(length))).toBeUndefined();
  }
});

test('one of another service, or of before a start, is not recognised', () => {
  const time = { now: START };
  expect(challengesAt(time).read(challengesAt(time).issue(5))).toBeUndefined();
});

test('one of a later time, should the clock be set back, is not taken', () => {
  const time = { now: START };
  const challenges = challengesAt(time);
  const challenge = challenges.issue(5);
  time.now -= WINDOW_MS;
  expect(challenges.read(challenge)).toBeUndefined();
});

test('everybody gets the same one', () => {
  const time = { now: START };
  const challenges = challengesAt(time);
  const [first, second] = [challenges.issue(1024), challenges.issue(1024)];
  expect(second).toEqual(first);
  expect(challenges.issue(2048)).not.toEqual(first);
});
