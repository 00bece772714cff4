import { setTimeout as delay } from 'node:timers/promises';
import { LaunchError } from './launch-error.js';

const NYM_API_TIMEOUT_MS = 10_000;
const RETRY_MS = 50;

/** How long the page as a whole, and each attempt at it, may take. */
const PAGE_LIMITS = { allMs: 30_000, attemptMs: 5000 };

/** @throws LaunchError if the network's API does not answer */
export async function checkNymApi(nymApiUrl: string, signal: AbortSignal): Promise<void> {
  const url = `${nymApiUrl.replace(/\/$/, '')}/v1/epoch/key-rotation-info`;
  const problem = await findProblem(url, NYM_API_TIMEOUT_MS, signal);
  if (problem === undefined) return;
  throw new LaunchError(
    `The Nym API at ${nymApiUrl} did not answer (${problem}). Is this machine online?`,
  );
}

/** @throws LaunchError if the page is not there in time */
export async function waitForPage(
  url: string,
  signal: AbortSignal,
  { allMs, attemptMs } = PAGE_LIMITS,
): Promise<void> {
  const deadline = Date.now() + allMs;
  for (;;) {
    const problem = await findProblem(url, attemptMs, signal);
    if (problem === undefined) return;
    if (Date.now() > deadline)
      throw new LaunchError(`The page at ${url} did not answer (${problem}).`);
    await delay(RETRY_MS, undefined, { signal });
  }
}

/**
 * Asks once.
 * @returns what was wrong with the answer, or that there was none
 * @throws AbortError when the signal aborts
 */
async function findProblem(
  url: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const timeout = AbortSignal.timeout(timeoutMs);
    const answer = await fetch(url, { signal: AbortSignal.any([signal, timeout]) });
    await answer.body?.cancel();
    return answer.ok ? undefined : `it answered ${answer.status}`;
  } catch (error) {
    signal.throwIfAborted();
    return describeCause(error);
  }
}

/** `fetch` says only that it failed; why stands in the cause. */
function describeCause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
