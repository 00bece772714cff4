import { readFileSync } from 'node:fs';

/** The 22nd field of `/proc/PID/stat` (proc(5)), counted from the third, which follows the program's name in brackets. */
const START_TIME_FIELD = 22 - 3;

/**
 * What tells a process from a later one with the same id: which boot, and how many ticks after it.
 * @returns undefined where there is no such process, or the system does not tell (it is not Linux)
 */
export function processStart(pid: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name may hold brackets and spaces too.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return `${boot}/${fields[START_TIME_FIELD] ?? ''}`;
  } catch {
    return undefined;
  }
}
