/** Runs `task` once, after `delayMs`. What comes back forgets it. An argument wherever time passes, so that tests can let it pass. */
export type Schedule = (delayMs: number, task: () => void) => () => void;

export const systemSchedule: Schedule = (delayMs, task) => {
  const timer = setTimeout(task, delayMs);
  return () => {
    clearTimeout(timer);
  };
};
