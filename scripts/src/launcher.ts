import { checkNymApi, waitForPage } from './answers.js';
import { Part } from './part.js';
import { checkPortsFree } from './ports.js';
import { PATIENCE, untilReady, type Patience } from './readiness.js';
import { lockDataFolder, unlockDataFolder, writeRunFile } from './run-file.js';
import type { Settings } from './settings.js';
import { describeParts, nymClientUrl, type PartName } from './stack.js';
import type { StopSignals } from './stop-signals.js';

/** All parts together: the service takes up to ten seconds to answer what it has taken, the others a moment. */
const STOP_TIMEOUT_MS = 15_000;

export interface Launcher {
  url: string;
  stop(): Promise<void>;
}

export interface LaunchOptions {
  settings: Settings;
  /** Of the repository. */
  root: string;
  /** Gets a line now and then: about what is waited for, and about parts that had to be started again. */
  say: (line: string) => void;
  signals: StopSignals;
  patience?: Patience | undefined;
}

/**
 * Starts all parts and resolves when a request has gone round: from the service through the network to itself, and back. A signal ends the
 * start; what has been started is stopped again.
 * @throws SettingsError, LaunchError, AbortError
 */
export async function launch(options: LaunchOptions): Promise<Launcher> {
  const { settings, root, say, signals } = options;
  lockDataFolder(settings.dataFolder);
  const parts = new Map<PartName, Part>();
  const stop = async () => {
    await stopParts([...parts.values()].reverse(), signals.stopAtOnce);
    unlockDataFolder(settings.dataFolder);
  };
  try {
    await checkPortsFree(settings);
    if (settings.network === 'mainnet') await checkNymApi(settings.nymApiUrl, signals.stop);
    say(`Starting, on ${settings.network === 'local' ? 'a local' : 'the public'} Nym network …`);
    for (const [name, part] of describeParts(settings, root)) parts.set(name, new Part(part));
    const serviceAddress = await startParts(parts, options);
    const url = `http://localhost:${settings.pagePort}`;
    await waitForPage(url, signals.stop);
    keepRunFile(settings, url, serviceAddress, parts);
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @returns the service's address, once it has answered itself through the network */
async function startParts(
  parts: ReadonlyMap<PartName, Part>,
  { settings, say, signals, patience = PATIENCE[settings.network] }: LaunchOptions,
): Promise<string> {
  for (const part of parts.values()) {
    reportTrouble(part, say);
    part.start();
  }
  const backend = parts.get('backend');
  if (backend === undefined) throw new Error('There is no backend.');
  const message = await untilReady(backend, [...parts.values()], patience, say, signals.stop);
  return String(message['serviceAddress']);
}

function reportTrouble(part: Part, say: (line: string) => void): void {
  part.on('ended', (reason) => {
    say(`${part.name} ended (${reason}); starting it again. Its log: ${part.logFile}`);
  });
  part.on('unlogged', ({ message }) => {
    say(`The log of ${part.name} cannot be written: ${message}`);
  });
}

/** One after the other, since the service needs the network to answer what it has taken; but all of it within a limit. */
async function stopParts(parts: readonly Part[], atOnce: AbortSignal): Promise<void> {
  const late = new AbortController();
  const limit = setTimeout(() => {
    late.abort();
  }, STOP_TIMEOUT_MS);
  const hurry = AbortSignal.any([atOnce, late.signal]);
  for (const part of parts) await part.stop(hurry);
  clearTimeout(limit);
}

/** Writes `run.json`, and again whenever a part has been started anew, because its process id is another then. */
function keepRunFile(
  settings: Settings,
  url: string,
  serviceAddress: string,
  parts: ReadonlyMap<PartName, Part>,
): void {
  const write = () => {
    const pids: Record<string, number> = { launcher: process.pid };
    for (const [name, part] of parts) if (part.pid !== undefined) pids[name] = part.pid;
    writeRunFile(settings.dataFolder, {
      url,
      nymApiUrl: settings.nymApiUrl,
      nymClientUrl: nymClientUrl(settings),
      serviceAddress,
      pids,
    });
  };
  for (const part of parts.values()) part.on('started', write);
  write();
}
