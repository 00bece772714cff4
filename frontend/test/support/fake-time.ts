import type { Schedule } from '../../src/schedule.js';

/** Time that passes when a test says so. */
export interface FakeTime {
  schedule: Schedule;
  now: () => number;
  /** Lets `ms` pass; what falls due runs in its order, and so does what it causes, promises included. */
  pass: (ms: number) => Promise<void>;
  /** How many tasks wait. */
  pending: () => number;
}

interface Task {
  at: number;
  run: () => void;
}

export function fakeTime(): FakeTime {
  let now = 0;
  const tasks = new Set<Task>();

  const nextDue = (until: number): Task | undefined =>
    [...tasks].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];

  return {
    now: () => now,
    pending: () => tasks.size,
    schedule(delayMs, run) {
      const task = { at: now + delayMs, run };
      tasks.add(task);
      return () => tasks.delete(task);
    },
    async pass(ms) {
      const until = now + ms;
      await settle();
      for (let task = nextDue(until); task !== undefined; task = nextDue(until)) {
        now = task.at;
        tasks.delete(task);
        task.run();
        await settle();
      }
      now = until;
    },
  };
}

/** Lets promises that are settled already do what they cause. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}
