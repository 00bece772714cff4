export interface Backoff {
  /** The longest first wait. */
  baseMs: number;
  /** The longest wait of all. */
  capMs: number;
}

/** Returns a number in [0, 1). */
export type Random = () => number;

/**
 * How long to wait before try number `attempt` (from 0): exponential, with full jitter, so that many who lost the same
 * server do not return to it in step (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
 */
export function backoffDelayMs(
  attempt: number,
  { baseMs, capMs }: Backoff,
  random: Random,
): number {
  return random() * Math.min(capMs, baseMs * 2 ** attempt);
}
