import { LaunchError } from './launch-error.js';
import { launch } from './launcher.js';
import type { Patience } from './readiness.js';
import { HELP, readSettings, SettingsError } from './settings.js';
import { listenForStop } from './stop-signals.js';

const EXIT_INTERRUPTED = 130;
const say = (line: string) => process.stderr.write(`${line}\n`);

/**
 * What `npm start` does with its arguments and environment.
 * @param root of the repository
 * @returns the exit code
 */
export async function start(root: string, patience?: Patience): Promise<number> {
  try {
    return await run(root, patience);
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') return EXIT_INTERRUPTED;
    const expected = error instanceof SettingsError || error instanceof LaunchError;
    say(expected ? error.message : String(error instanceof Error ? error.stack : error));
    return 1;
  }
}

async function run(root: string, patience: Patience | undefined): Promise<number> {
  const settings = readSettings(process.argv.slice(2), process.env, root);
  if (settings === undefined) {
    process.stdout.write(HELP);
    return 0;
  }
  survivePrinting();
  const signals = listenForStop();
  signals.stop.addEventListener('abort', () => say('Stopping. Ctrl-C again stops at once.'));
  const launcher = await launch({ settings, root, say, signals, patience });
  process.stdout.write(`Pastenym is ready: ${launcher.url}\n`);
  await aborted(signals.stop);
  await launcher.stop();
  return signals.stopAtOnce.aborted ? EXIT_INTERRUPTED : 0;
}

/** Whoever closes the terminal wants everything stopped, in order; what is printed meanwhile has nowhere to go. */
function survivePrinting(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      resolve();
    };
    if (signal.aborted) done();
    else signal.addEventListener('abort', done, { once: true });
  });
}
