import { readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MixnetError } from './mixnet-error.js';
import { hasCode, isMissing } from './state-file.js';

const FILE_MODE = 0o600;
/** Whose lock it is: the number of the process, and when it began (0 where the system does not tell). */
const LOCK_FILE = /^lock-(\d{1,10})-(\d{1,20})$/;

/** The directories that this process has locked. */
const locked = new Set<string>();

/**
 * The right to use a directory, for one network at a time. Each process that wants it leaves a file there, named after
 * itself, and then looks for those of others; of two that come at the same time at least one sees the other. So no lock
 * is ever taken over, which cannot be done without a race. Files of processes that have ended are removed, and a process
 * is known by more than its number: in a container that starts again it has the same one. Processes that cannot see each
 * other, as in two containers, are not kept apart.
 */
export class DirectoryLock {
  readonly #directory: string;
  readonly #path: string;
  #isReleased = false;

  private constructor(directory: string, lockFile: string) {
    this.#directory = directory;
    this.#path = join(directory, lockFile);
  }

  /**
   * @param path of a directory that exists
   * @throws MixnetError `directory-in-use`
   */
  static async take(path: string): Promise<DirectoryLock> {
    const [directory, lockFile] = [await realpath(path), await lockFileOf(process.pid)];
    if (locked.has(directory)) throw inUse(path, String(process.pid));
    locked.add(directory);
    const lock = new DirectoryLock(directory, lockFile);
    try {
      await writeFile(lock.#path, '', { mode: FILE_MODE });
      const owner = await lock.#findOther();
      if (owner !== undefined) throw inUse(path, owner);
      return lock;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  async release(): Promise<void> {
    // The next owner's may have the same name.
    if (this.#isReleased) return;
    this.#isReleased = true;
    await rm(this.#path, { force: true });
    locked.delete(this.#directory);
  }

  /** @returns the number of a living process that has a lock here */
  async #findOther(): Promise<string | undefined> {
    for (const name of await readdir(this.#directory)) {
      const [, pid, startedAt] = LOCK_FILE.exec(name) ?? [];
      const path = join(this.#directory, name);
      if (pid === undefined || path === this.#path) continue;
      if (await isAlive(Number(pid), startedAt)) return pid;
      await rm(path, { force: true });
    }
    return undefined;
  }
}

const inUse = (path: string, pid: string): MixnetError =>
  new MixnetError('directory-in-use', `${path} is used by another network (process ${pid})`);

/** What the lock of a process is called. */
export async function lockFileOf(pid: number): Promise<string> {
  return `lock-${pid}-${(await startOf(pid)) ?? 0}`;
}

async function isAlive(pid: number, startedAt: string | undefined): Promise<boolean> {
  if (process.platform === 'linux') return (await startOf(pid)) === startedAt;
  try {
    return pid !== process.pid && process.kill(pid, 0);
  } catch (error) {
    // It is there, and somebody else's.
    return hasCode(error, 'EPERM');
  }
}

/** Behind the name, which is in brackets and may hold anything: the state, and 19 fields on the start (proc(5)). */
const START_FIELD = 19;
const ENDED_STATES = ['Z', 'X'];

/** When a living process began, in ticks since the machine did. Only Linux tells. */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return ENDED_STATES.includes(fields[0] ?? '') ? undefined : fields[START_FIELD];
  } catch (error) {
    if (isMissing(error) || hasCode(error, 'ESRCH')) return undefined;
    throw error;
  }
}
