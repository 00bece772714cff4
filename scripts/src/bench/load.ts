import { setTimeout as sleep } from 'node:timers/promises';

/** Figures of a load: how many a second were answered, and how long each of them took. */
export interface Figures {
  perSecond: number;
  medianMs: number;
  p99Ms: number;
  maxMs: number;
  /** Why others failed, and how many of them. */
  failures: ReadonlyMap<string, number>;
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
 * as well. One that fails (the service is busy) is counted, and the others go on.
 */
export async function pace<T>(
  items: readonly T[],
  perSecond: number,
  work: (item: T) => Promise<unknown>,
): Promise<Figures> {
  const durations: number[] = [];
  const failures = new Map<string, number>();
  const underWay = new Set<Promise<unknown>>();
  const begun = performance.now();
  for (let sent = 0; sent < items.length;) {
    const due = Math.floor(((performance.now() - begun) / 1000) * perSecond);
    for (const item of items.slice(sent, due)) {
      const at = begun + (sent++ / perSecond) * 1000;
      const one = work(item)
        .then(() => durations.push(performance.now() - at))
        .catch((error: unknown) => {
          const what = error instanceof Error ? error.message : String(error);
          failures.set(what, (failures.get(what) ?? 0) + 1);
        })
        .finally(() => underWay.delete(one));
      underWay.add(one);
    }
    await sleep(1);
  }
  await Promise.all(underWay);
  return summarize(durations, performance.now() - begun, failures);
}

function summarize(
  durations: number[],
  tookMs: number,
  failures: ReadonlyMap<string, number> = new Map(),
): Figures {
  const sorted = durations.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? NaN;
  return {
    perSecond: (sorted.length / tookMs) * 1000,
    medianMs: at(0.5),
    p99Ms: at(0.99),
    maxMs: at(1),
    failures,
  };
}
