/** `npm start`: everything on this machine, until Ctrl-C. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch, LaunchError } from './launcher.js';
import { HELP, readSettings, SettingsError } from './settings.js';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const say = (line: string) => process.stderr.write(`${line}\n`);

async function main(): Promise<void> {
  const settings = readSettings(process.argv.slice(2), process.env, root);
  if (settings === undefined) {
    process.stdout.write(HELP);
    return;
  }
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      stopping.abort();
    });
  }
  const launcher = await launch(settings, root, say, stopping.signal);
  process.stdout.write(`Pastenym is ready: ${launcher.url}\n`);
  await aborted(stopping.signal);
  await launcher.stop();
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else
      signal.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true },
      );
  });

try {
  await main();
} catch (error) {
  const expected = error instanceof SettingsError || error instanceof LaunchError;
  const aborted = error instanceof Error && error.name === 'AbortError';
  if (!aborted)
    say(expected ? error.message : String(error instanceof Error ? error.stack : error));
  process.exitCode = aborted ? 130 : 1;
}
