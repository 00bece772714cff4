/** Figures of a load: how many a second, and how long each took. */
export interface Figures {
  perSecond: number;
  medianMs: number;
  p99Ms: number;
  maxMs: number;
}

/** Keeps so many pieces of work under way until all are done. */
export async function drive<T>(
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
