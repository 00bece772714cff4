export interface Difficulties {
  /** What is asked at any time, in hashes; 0: nothing. */
  base: number;
  /** What is asked when there is no token left. Not above `base`: it never rises. */
  max: number;
}

/** As long as the bucket of creates is this full, everything is well. */
export const QUIET_FULLNESS = 0.5;
/** From nothing it rises to this first: a hundredth of a second of a phone's time. */
const LEAST_DIFFICULTY = 1024;

/**
 * What a paste costs, given how full the bucket of creates is: the base while that is half full or more, from there on rising by the same factor with each token that is missing, up to the
 * maximum. In powers of two, so that challenges differ by load and by nothing else.
 * @param fullness 1: full, 0: empty
 */
export function difficultyAt(fullness: number, { base, max }: Difficulties): number {
  const load = Math.min(1, (QUIET_FULLNESS - fullness) / QUIET_FULLNESS);
  if (load <= 0 || max <= base) return base;
  const lowest = Math.min(max, Math.max(base, LEAST_DIFFICULTY));
  const risen = lowest * (max / lowest) ** load;
  return Math.min(max, Math.max(lowest, 2 ** Math.round(Math.log2(risen))));
}
