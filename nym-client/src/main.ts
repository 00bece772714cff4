#!/usr/bin/env node
import { init, initHelp } from './commands/init.js';
import { run, runHelp } from './commands/run.js';
import type { CommandContext } from './commands/context.js';
import { UsageError } from './commands/flags.js';
import { errorText } from './error-text.js';
import { isLogLevel, lineLogger } from './logger.js';
import { VERSION } from './version.js';

const HELP = `A Nym client with a websocket for applications, by the official WASM client.

nym-client init --id <ID> [options]   make a client
nym-client run --id <ID> [options]    connect it and serve its websocket
nym-client --version
nym-client <command> --help
`;

const COMMANDS: Record<string, (args: string[], context: CommandContext) => Promise<void>> = {
  init,
  run,
};

/** @returns the exit code */
async function main(argv: string[], context: CommandContext): Promise<number> {
  // A flag of the native client, allowed anywhere. There is no banner.
  const [name = '--help', ...args] = argv.filter((argument) => argument !== '--no-banner');
  try {
    await perform(name, args, context);
    return 0;
  } catch (error) {
    const hint = error instanceof UsageError ? ` (see \`${helpFor(name)}\`)` : '';
    context.logger.error(`An error occurred: ${errorText(error)}${hint}`);
    return 1;
  }
}

async function perform(name: string, args: string[], context: CommandContext): Promise<void> {
  if (name === '--help' || name === '-h' || name === 'help') {
    context.print([HELP, initHelp, runHelp].join('\n'));
    return;
  }
  if (name === '--version' || name === '-V') {
    context.print(`nym-client ${VERSION}\n`);
    return;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) throw new UsageError(`there is no command '${name}'`);
  await command(args, context);
}

function helpFor(name: string): string {
  return Object.hasOwn(COMMANDS, name) ? `nym-client ${name} --help` : 'nym-client --help';
}

/** Aborted by the first SIGINT or SIGTERM; a further one finds Node's own, quicker way. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    controller.abort();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  return controller.signal;
}

const level = process.env['NYM_CLIENT_LOG'] ?? 'info';
process.exitCode = await main(process.argv.slice(2), {
  env: process.env,
  print: (text) => process.stdout.write(text),
  logger: lineLogger((line) => process.stderr.write(line), isLogLevel(level) ? level : 'info'),
  stop: stopSignal(),
});
