import { setTimeout as sleep } from 'node:timers/promises';

/** Figures of a load: how many a second, and how long each took. */
export interface Figures {
  perSecond: number;
  medianMs: number;
  p99Ms: number;
  maxMs: number;
}

/** As much as can be done: keeps so many pieces of work under way until all are done. How long each takes is mostly how long it waits for the others. */
export async function saturate<T>(
  items: readonly T[],
  concurrency: number,
  work: (item: T) => Promise<unknown>,
): Promise<Figures> {
  const durations: number[] = [];
  let next = 0;
  const worker = async () => {
    for (let item; (item = items[next++]) !== undefined;) {
      const begun = performance.now();
      await work(item);
      durations.push(performance.now() - begun);
    }
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: concurrency }, worker));
  return summarize(durations, performance.now() - begun);
}

/**
 * As clients come: so many a second, evenly, whether earlier ones are done or not. Each is timed from the moment at which it was due, so whatever holds this process up counts
 * as well.
 */
export async function pace<T>(
  items: readonly T[],
  perSecond: number,
  work: (item: T) => Promise<unknown>,
): Promise<Figures> {
  const durations: number[] = [];
  const underWay = new Set<Promise<unknown>>();
  const failures: unknown[] = [];
  const begun = performance.now();
  for (let sent = 0; sent < items.length;) {
    const due = Math.floor(((performance.now() - begun) / 1000) * perSecond);
    for (const item of items.slice(sent, due)) {
      const at = begun + (sent++ / perSecond) * 1000;
      const one = work(item)
        .then(() => durations.push(performance.now() - at))
        .catch((error: unknown) => failures.push(error))
        .finally(() => underWay.delete(one));
      underWay.add(one);
    }
    if (failures.length > 0) break;
    await sleep(1);
  }
  await Promise.all(underWay);
  if (failures.length > 0) throw new Error('A request has failed.', { cause: failures[0] });
  return summarize(durations, performance.now() - begun);
}

function summarize(durations: number[], tookMs: number): Figures {
  const sorted = durations.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? NaN;
  return {
    perSecond: (sorted.length / tookMs) * 1000,
    medianMs: at(0.5),
    p99Ms: at(0.99),
    maxMs: at(1),
  };
}
