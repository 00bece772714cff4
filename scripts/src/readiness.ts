import { once } from 'node:events';
import { LaunchError } from './launch-error.js';
import type { Part, PartEvents } from './part.js';
import type { Network } from './settings.js';

/** How long the first start may take before something is said, and before it is given up. */
export interface Patience {
  firstWordMs: number;
  everyMs: number;
  /** Infinity: never. */
  giveUpMs: number;
}

/** The local network is on this machine: what is not there after so long does not come. The public one may be slow, or away for a while. */
export const PATIENCE: Record<Network, Patience> = {
  local: { firstWordMs: 15_000, everyMs: 30_000, giveUpMs: 90_000 },
  mainnet: { firstWordMs: 15_000, everyMs: 30_000, giveUpMs: Infinity },
};

/** How often a part may die right after its start before the launcher gives up on the first start. */
const MAX_QUICK_ENDS = 4;

/**
 * Waits until one of these parts, which needs those before it, has said that it is ready.
 * @param say gets a line about what is being waited for
 * @returns what it said
 * @throws LaunchError when that does not happen in time, or a part does not stay alive; AbortError when the signal aborts
 */
export async function untilReady(
  wanted: Part,
  parts: readonly Part[],
  patience: Patience,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const failed = new AbortController();
  const giveUp = (part: Part, problem: string) => {
    failed.abort(new LaunchError(describe(part, problem)));
  };
  for (const part of parts) {
    part.on('ended', (_, quickEnds) => {
      if (quickEnds >= MAX_QUICK_ENDS) giveUp(part, 'does not start');
    });
  }
  const endWatch = watch(parts, patience, say, giveUp);
  try {
    const [message] = (await once(wanted, 'ready', {
      signal: AbortSignal.any([signal, failed.signal]),
    })) as PartEvents['ready'];
    return message;
  } catch (error) {
    throw failed.signal.aborted ? failed.signal.reason : error;
  } finally {
    endWatch();
  }
}

/** @returns what ends it */
function watch(
  parts: readonly Part[],
  { firstWordMs, everyMs, giveUpMs }: Patience,
  say: (line: string) => void,
  giveUp: (part: Part, problem: string) => void,
): () => void {
  const startedAt = Date.now();
  const tell = (use: (part: Part, problem: string) => void) => {
    // In the order of their start: each needs those before it.
    const part = parts.find(({ isReady }) => !isReady);
    const seconds = Math.round((Date.now() - startedAt) / 1000);
    if (part !== undefined) use(part, `is not ready after ${seconds} s`);
  };
  const speak = () => {
    tell((part, problem) => {
      say(describe(part, problem));
    });
    word = setTimeout(speak, everyMs);
  };
  let word = setTimeout(speak, firstWordMs);
  const end = Number.isFinite(giveUpMs) ? setTimeout(tell, giveUpMs, giveUp) : undefined;
  return () => {
    clearTimeout(word);
    clearTimeout(end);
  };
}

function describe({ name, logFile, lastLine }: Part, problem: string): string {
  const said =
    lastLine === '' ? 'It has printed nothing' : `The last that it printed:\n  ${lastLine}`;
  return `${name} ${problem}. Its log: ${logFile}. ${said}`;
}
