import pino from 'pino';
import { helpText, parseCommandLine, WHAT_IT_IS } from './cli-options.js';
import { type Mixnet, MixnetError, startMixnet } from './network.js';
import type { MixnetOptions } from './options.js';

/** The network as a program: `npm run mixnet -- --help`. */

const STDERR = 2;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

async function main(): Promise<void> {
  const commandLine = parseCommandLine(process.argv.slice(2), process.env);
  if (commandLine.kind === 'help') print(helpText());
  else await runNetwork(commandLine.options);
}

async function runNetwork(options: MixnetOptions): Promise<void> {
  print(WHAT_IT_IS);
  const logger = pino({ base: null }, pino.destination({ fd: STDERR, sync: true }));
  const mixnet = await startMixnet({ ...options, logger });
  // Before the line that says so: whoever reads it may send a signal at once.
  const ended = endOnSignal(mixnet);
  process.on('SIGUSR2', () => {
    print(mixnet.countersLine());
  });
  print(readyLine(mixnet));
  await ended;
}

const readyLine = ({ nymApiUrl, gateways, mixNodes }: Mixnet): string =>
  `Ready: nym-api at ${nymApiUrl} (${gateways.length} gateways, ${mixNodes.length} mix nodes)`;

function endOnSignal(mixnet: Mixnet): Promise<void> {
  return new Promise((resolve, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      // A second signal finds the network stopping already, which `stop` allows for.
      process.on(signal, () => {
        mixnet.stop().then(resolve, reject);
      });
    }
  });
}

try {
  await main();
} catch (error) {
  // What the operator can put right takes one line; anything else is a defect and needs its stack.
  if (!(error instanceof MixnetError)) throw error;
  process.stderr.write(`mixnet: ${error.message}\n`);
  process.exitCode = 1;
}
