import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { processStart } from './process-start.js';
import { SettingsError } from './settings.js';

/** `run.json` in the data folder: what runs now, for scripts and tests. It exists exactly while the page can be used. */
export interface RunFile {
  url: string;
  nymApiUrl: string;
  nymClientUrl: string;
  serviceAddress: string;
  pids: Record<string, number>;
}

const runFile = (dataFolder: string) => join(dataFolder, 'run.json');
/** Holds the launcher's process id from its very start, and when that process was started: after a reboot, another may have the id. */
const lockFile = (dataFolder: string) => join(dataFolder, 'launcher.pid');

/**
 * Takes the data folder for this process: two launchers on one folder would be two services with one address.
 * @throws SettingsError when another launcher has it
 */
export function lockDataFolder(dataFolder: string): void {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  for (;;) {
    try {
      writeFileSync(lockFile(dataFolder), ownMark(), { flag: 'wx' });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const pid = findHolder(lockFile(dataFolder));
    if (pid !== undefined) {
      throw new SettingsError(
        `Pastenym runs already in ${dataFolder} (process ${pid}). PASTENYM_DATA chooses another folder.`,
      );
    }
    rmSync(lockFile(dataFolder), { force: true });
  }
}

export function unlockDataFolder(dataFolder: string): void {
  rmSync(runFile(dataFolder), { force: true });
  rmSync(lockFile(dataFolder), { force: true });
}

/** Readers see the old file or the new one, never a part of it. */
export function writeRunFile(dataFolder: string, content: RunFile): void {
  const temporary = `${runFile(dataFolder)}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(content, null, 2)}\n`);
  renameSync(temporary, runFile(dataFolder));
}

const ownMark = () => `${process.pid} ${processStart(process.pid) ?? ''}\n`;

/** @returns the process that wrote this lock, if it still runs */
function findHolder(file: string): number | undefined {
  const [pidText, start = ''] = readFileSync(file, 'utf8').trim().split(' ');
  const pid = Number(pidText);
  if (!isAlive(pid)) return undefined;
  const presentStart = processStart(pid);
  const isSame =
    start === '' || presentStart === undefined
      ? statSync(file).mtimeMs > bootedAtMs()
      : start === presentStart;
  return isSame ? pid : undefined;
}

const bootedAtMs = () => Date.now() - uptime() * 1000;

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
