import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { nymClientUrl, describeParts, type PartName } from './stack.js';
import { Part } from './part.js';
import { checkPortsFree } from './ports.js';
import { lockDataFolder, unlockDataFolder, writeRunFile } from './run-file.js';
import type { Settings } from './settings.js';

/** How often a part may die right after its start before the launcher gives up on the first start. */
const MAX_QUICK_ENDS = 4;
const NYM_API_TIMEOUT_MS = 10_000;
const PAGE_TIMEOUT_MS = 30_000;

export interface Launcher {
  url: string;
  stop(): Promise<void>;
}

/** What cannot start says so in words for the person at the terminal. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError';
}

/**
 * Starts all parts and resolves when a request has gone round: from the service through the network to itself, and back.
 * @param say gets a line now and then, about parts that had to be started again
 * @param signal aborts the start; what has been started is stopped again
 */
export async function launch(
  settings: Settings,
  root: string,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Launcher> {
  lockDataFolder(settings.dataFolder);
  const parts = new Map<PartName, Part>();
  const stop = async () => {
    for (const part of [...parts.values()].reverse()) await part.stop();
    unlockDataFolder(settings.dataFolder);
  };
  try {
    await checkPortsFree(settings);
    if (settings.network === 'mainnet') await checkNymApi(settings.nymApiUrl, signal);
    for (const [name, options] of describeParts(settings, root)) parts.set(name, new Part(options));
    const serviceAddress = await startParts(parts, say, signal);
    const url = `http://localhost:${settings.pagePort}`;
    await waitForPage(url, signal);
    keepRunFile(settings, url, serviceAddress, parts);
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @returns the service's address, once it has answered itself through the network */
async function startParts(
  parts: Map<PartName, Part>,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  for (const part of parts.values()) {
    part.on('ended', (reason, quickEnds) => {
      say(`${part.name} ended (${reason}); starting it again. Its log: ${part.logFile}`);
      if (quickEnds >= MAX_QUICK_ENDS) failed.abort(new LaunchError(describeFailure(part)));
    });
    part.start();
  }
  const backend = parts.get('backend');
  if (backend === undefined) throw new Error('There is no backend.');
  try {
    const [message] = (await once(backend, 'ready', { signal: either })) as [
      Record<string, unknown>,
    ];
    return String(message['serviceAddress']);
  } catch (error) {
    throw failed.signal.aborted ? failed.signal.reason : error;
  }
}

function describeFailure({ name, logFile }: Part): string {
  const lastLine = readFileSync(logFile, 'utf8').trimEnd().split('\n').at(-1) ?? '';
  return `${name} does not start. The last line of its log, ${logFile}:\n${lastLine}`;
}

async function checkNymApi(nymApiUrl: string, signal: AbortSignal): Promise<void> {
  const url = `${nymApiUrl.replace(/\/$/, '')}/v1/epoch/key-rotation-info`;
  try {
    const timeout = AbortSignal.timeout(NYM_API_TIMEOUT_MS);
    const answer = await fetch(url, { signal: AbortSignal.any([signal, timeout]) });
    if (!answer.ok) throw new Error(`it answered ${answer.status}`);
  } catch (error) {
    throw new LaunchError(
      `The Nym API at ${nymApiUrl} did not answer (${describeCause(error)}). Is this machine online?`,
    );
  }
}

/** `fetch` says only that it failed; why stands in the cause. */
function describeCause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

async function waitForPage(url: string, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + PAGE_TIMEOUT_MS;
  for (;;) {
    try {
      const answer = await fetch(url, { signal });
      if (answer.ok) return;
    } catch (error) {
      signal.throwIfAborted();
      if (Date.now() > deadline)
        throw new LaunchError(`The page at ${url} did not answer (${describeCause(error)}).`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Writes `run.json`, and again whenever a part has been started anew, because its process id is another then. */
function keepRunFile(
  settings: Settings,
  url: string,
  serviceAddress: string,
  parts: Map<PartName, Part>,
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
