import { setTimeout as sleep } from 'node:timers/promises';

/** Waits; returns early, without an error, when the signal is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/**
 * Waits for a promise, but only so long.
 * @throws what it rejects with
 */
export async function atMost(ms: number, promise: Promise<unknown>): Promise<void> {
  const settled = new AbortController();
  try {
    await Promise.race([promise, pause(ms, settled.signal)]);
  } finally {
    settled.abort();
  }
}
