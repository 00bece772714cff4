import { parseArgs } from 'node:util';
import { MixnetError } from './mixnet-error.js';
import type { MixnetOptions } from './options.js';

/** A setting of the command line; the help is printed from this table. */
interface Setting {
  readonly flag: string;
  /** What stands for its value in the help. */
  readonly value: string;
  /** The environment variable that sets it where the flag does not. */
  readonly variable: string;
  readonly help: string;
  readonly set: (options: MixnetOptions, value: string) => void;
}

function numberFrom(value: string): number {
  // Number('') is 0, and that is not what an empty variable means.
  return value.trim() === '' ? NaN : Number(value);
}

const SETTINGS: readonly Setting[] = [
  {
    flag: 'data',
    value: 'DIR',
    variable: 'MIXNET_DATA',
    help: 'keep keys, ports, registrations and stored messages here; else they end with the network',
    set: (options, value) => (options.dataDir = value),
  },
  {
    flag: 'port-base',
    value: 'N',
    variable: 'MIXNET_PORT_BASE',
    help: 'nym-api at N, websockets from N+10, mix ports from N+30; else free ports',
    set: (options, value) => (options.portBase = numberFrom(value)),
  },
  {
    flag: 'gateways',
    value: 'N',
    variable: 'MIXNET_GATEWAYS',
    help: 'how many gateways (2)',
    set: (options, value) => (options.gateways = numberFrom(value)),
  },
  {
    flag: 'mixes-per-layer',
    value: 'N',
    variable: 'MIXNET_MIXES_PER_LAYER',
    help: 'how many mix nodes in each of the three layers (2)',
    set: (options, value) => (options.mixNodesPerLayer = numberFrom(value)),
  },
  {
    flag: 'host',
    value: 'H',
    variable: 'MIXNET_HOST',
    help: 'where nym-api and websockets listen (127.0.0.1)',
    set: (options, value) => (options.host = value),
  },
  {
    flag: 'loss',
    value: 'P',
    variable: 'MIXNET_LOSS',
    help: 'share of packets lost between any two nodes, 0 to 1 (0)',
    set: (options, value) => (options.lossRate = numberFrom(value)),
  },
  {
    flag: 'delay-ms',
    value: 'N',
    variable: 'MIXNET_DELAY_MS',
    help: 'extra milliseconds between any two nodes (0)',
    set: (options, value) => (options.extraDelayMs = numberFrom(value)),
  },
];

export type CommandLine =
  { readonly kind: 'help' } | { readonly kind: 'start'; readonly options: MixnetOptions };

/**
 * @param args without the names of Node.js and the program
 * @throws MixnetError `bad-option` for flags that do not exist or lack their value; values are checked by `startMixnet`
 */
export function parseCommandLine(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): CommandLine {
  const values = parseFlags(args);
  if (values['help'] === true) return { kind: 'help' };
  const options: MixnetOptions = {};
  for (const { flag, variable, set } of SETTINGS) {
    const value = values[flag] ?? environment[variable];
    if (typeof value === 'string' && value !== '') set(options, value);
  }
  return { kind: 'start', options };
}

function parseFlags(args: readonly string[]): Record<string, string | boolean | undefined> {
  const flags = SETTINGS.map(({ flag }) => [flag, { type: 'string' }] as const);
  try {
    const options = {
      ...Object.fromEntries(flags),
      help: { type: 'boolean', short: 'h' } as const,
    };
    return parseArgs({ args: [...args], options }).values;
  } catch (cause) {
    const why = cause instanceof Error ? firstLine(cause.message) : 'the arguments make no sense';
    throw new MixnetError('bad-option', `${why} (see --help)`, { cause });
  }
}

const firstLine = (text: string): string => text.split('\n', 1).join('');

/** Said wherever the network introduces itself. */
export const WHAT_IT_IS =
  'A local Nym network for trying out and testing. It hides nobody: this one process holds all keys.';

const HELP_COLUMN = 24;

export function helpText(): string {
  const lines = SETTINGS.map(({ flag, value, variable, help }) => {
    const left = `  --${flag} ${value}`.padEnd(HELP_COLUMN);
    return `${left}${help} [${variable}]`;
  });
  return [
    WHAT_IT_IS,
    '',
    'Usage: npm run mixnet -- [options]',
    '',
    ...lines,
    `${'  --help'.padEnd(HELP_COLUMN)}print this`,
    '',
    'In brackets: the environment variable for the same. SIGUSR2 prints the counters, SIGINT and',
    'SIGTERM end the network.',
  ].join('\n');
}
