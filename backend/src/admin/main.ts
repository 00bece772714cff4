#!/usr/bin/env node
import { systemClock } from '@pastenym/shared/clock';
import { readConfig } from '../config.js';
import { explain } from '../explain.js';
import { createPresent } from '../pastes/present.js';
import { formatHelp, readArguments, UsageError, type Arguments } from './arguments.js';
import { COMMANDS } from './commands.js';
import { nameDatabase, openOperatorStore } from './open-operator-store.js';

const USAGE_EXIT_CODE = 2;

async function run(given: Arguments): Promise<void> {
  if (given.command === 'help') {
    process.stdout.write(formatHelp());
    return;
  }
  const { command, argument, json } = given;
  // Of the service's settings this one alone matters here.
  const { DATABASE_URL } = readConfig({ DATABASE_URL: process.env['DATABASE_URL'] });
  // Not among what programs read.
  process.stderr.write(`Database: ${nameDatabase(DATABASE_URL)}\n`);
  const store = await openOperatorStore(DATABASE_URL, { mayCreate: command === 'import' });
  try {
    const result = await COMMANDS[command](store, argument, createPresent(systemClock));
    const text = json ? JSON.stringify(result.json) : result.lines.join('\n');
    process.stdout.write(`${text}\n`);
    process.exitCode = result.exitCode;
  } finally {
    await store.close();
  }
}

try {
  await run(readArguments(process.argv.slice(2)));
} catch (error) {
  const isUsage = error instanceof UsageError;
  process.stderr.write(isUsage ? `${error.message}\nTry --help.\n` : `${explain(error)}\n`);
  process.exitCode = isUsage ? USAGE_EXIT_CODE : 1;
}
