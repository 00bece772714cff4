import { secureRandom, type RandomBytes } from '@pastenym/shared/random';

const POOL_BYTES = 4096;

/**
 * Random bytes of which many are drawn at once and each is given out once: a call of the platform's costs 10 to 50 µs however few it draws, a tenth of what the
 * service does for a paste. For names and challenges; who draws keys that outlive the process asks the platform.
 */
export function createRandomPool(draw: RandomBytes = secureRandom): RandomBytes {
  let pool = new Uint8Array(0);
  let used = 0;
  return (length) => {
    if (length > POOL_BYTES) return draw(length);
    if (used + length > pool.length) [pool, used] = [draw(POOL_BYTES), 0];
    const bytes = pool.slice(used, used + length);
    used += length;
    return bytes;
  };
}
