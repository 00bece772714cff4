#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { readConfig } from './config.js';
import { createContext, type Context } from './context.js';
import { explain } from './explain.js';
import { formatHelp } from './help.js';
import type { Logger } from './logger.js';
import { monitorService } from './monitor/service-monitor.js';
import { Service } from './service.js';
import { StartupError } from './startup-error.js';

/**
 * How much what has lived longer may grow, in percent, before what is no longer needed of it is looked for. By itself V8 lets a small heap grow fourfold; of a service whose messages live for
 * milliseconds that is 50 MB of rubbish. Measured: the same speed.
 */
const HEAP_GROWTH_PERCENT = 100;
setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`);

/** Runs the service until a signal asks it to stop. */
async function run(): Promise<void> {
  const askedToStop = firstSignal();
  const context = await createContext(readConfig(process.env));
  const { service, hopeless } = startService(context);
  try {
    const monitor = await monitorService(context, service);
    await Promise.race([askedToStop, firstDefect(context.log), hopeless]);
    await monitor?.close();
  } finally {
    await service.stop();
  }
}

/** Without one of its nym-clients it would look alive and be deaf at one of its addresses: whoever keeps it running shall see it end. */
function startService(context: Context): { service: Service; hopeless: Promise<void> } {
  let giveUp: () => void = () => undefined;
  const hopeless = new Promise<void>((resolve) => {
    giveUp = () => {
      process.exitCode = 1;
      resolve();
    };
  });
  const service = new Service(context, { onReady: tellLauncher, onHopeless: giveUp });
  return { service, hopeless };
}

/** The second signal finds the system's own behaviour again: it ends the process at once, which does not hurt the database. */
function firstSignal(): Promise<void> {
  const signals = ['SIGTERM', 'SIGINT'] as const;
  return new Promise((resolve) => {
    const stop = () => {
      for (const signal of signals) process.off(signal, stop);
      resolve();
    };
    for (const signal of signals) process.on(signal, stop);
  });
}

/** What nobody has caught. Node would print its message, which may quote a paste. */
function firstDefect(log: Logger): Promise<void> {
  return new Promise((resolve) => {
    process.on('uncaughtException', (error) => {
      log.fatal({ err: error }, 'a defect: the service stops');
      process.exitCode = 1;
      resolve();
    });
  });
}

/** Whoever has started the service with a channel to it (as `npm start` does) hears when it can be used. */
function tellLauncher(serviceAddress: string): void {
  if (process.connected) process.send?.({ event: 'ready', serviceAddress }, ignoreGone);
}

/** A launcher that is gone needs no news. */
const ignoreGone = () => undefined;

function isHelpWanted(): boolean {
  try {
    return parseArgs({ options: { help: { type: 'boolean', short: 'h' } } }).values.help ?? false;
  } catch (cause) {
    // Its message says which argument is not known.
    throw new StartupError([cause instanceof Error ? cause.message : 'Wrong usage.'], { cause });
  }
}

try {
  if (isHelpWanted()) process.stdout.write(formatHelp());
  else await run();
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}
