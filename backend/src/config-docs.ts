import { SETTINGS } from './config.js';

/** A file of the documentation that a part of is printed, between two lines that say so. */
export interface PrintedFile {
  /** From the root of the repository. */
  path: string;
  start: string;
  end: string;
  print: () => string;
}

/** What docker-compose.yml gives a setting, where that is not the program's own default. */
const COMPOSE_DEFAULTS: Readonly<Record<string, string>> = {
  NYM_CLIENT_URL: 'ws://nym-client:1977',
  DATABASE_URL: 'file:/data/pastes-$PASTENYM_NETWORK.sqlite',
};

/** From inside the container, where `127.0.0.1` is itself. */
const NEEDS_OVERRIDE =
  'what is not in docker-compose.yml is out of reach, unless a docker-compose.override.yml says how: docs/hosting.md, "What the backend cannot reach"';

/** Settings by which the service reaches something else. */
const REACHES: readonly string[] = [
  'NYM_CLIENT_URL',
  'DATABASE_URL',
  'IPFS_API_URL',
  'BITCOIN_RPC_URL',
] satisfies (keyof typeof SETTINGS)[];

/** Two containers share the file, so docker-compose.yml says where it is; and two the name, which stands among what concerns the page. */
const NOT_FOR_THE_SERVICE_ALONE = ['SERVICE_ADDRESS_FILE', 'INSTANCE_NAME'];

export const PRINTED_FILES: readonly PrintedFile[] = [
  {
    path: 'docs/config.md',
    start: '<!-- printed by `npm run docs` from backend/src/config.ts -->',
    end: '<!-- end of what is printed -->',
    print: printTable,
  },
  {
    path: '.env.example',
    start: '# From here on printed by `npm run docs` from backend/src/config.ts.',
    end: '# End of what is printed.',
    print: printEnvironment,
  },
];

/**
 * Puts what is printed now in the place of what was printed before.
 * @throws Error if the two lines are not there
 */
export function printInto(text: string, { path, start, end, print }: PrintedFile): string {
  const [from, to] = [text.indexOf(`${start}\n`), text.indexOf(`${end}\n`)];
  if (from < 0 || to < from) throw new Error(`${path} does not say where to print.`);
  return `${text.slice(0, from)}${start}\n\n${print()}\n${text.slice(to)}`;
}

/** In Markdown, with its columns aligned as the formatter does. */
function printTable(): string {
  const rows = [
    ['setting', 'meaning', 'default'],
    ...entries().map(({ name, meaning, value }) => [
      `\`${name}\``,
      meaning,
      value === '' ? '' : `\`${value}\``,
    ]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => lengthOf(row, column))));
  const [head = '', ...lines] = rows.map((row) => line(row, widths));
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |\n`;
  return head + rule + lines.join('');
}

const lengthOf = (row: string[], column: number) => row[column]?.length ?? 0;

const line = (row: string[], widths: number[]) =>
  `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |\n`;

/** For docker compose, which passes each of them on; what is commented out has the value that it shows. */
function printEnvironment(): string {
  return entries()
    .filter(({ name }) => !NOT_FOR_THE_SERVICE_ALONE.includes(name))
    .map(
      ({ name, meaning, value }) =>
        `# ${meaning}\n${REACHES.includes(name) ? `# (${NEEDS_OVERRIDE})\n` : ''}# ${name}=${COMPOSE_DEFAULTS[name] ?? value}\n`,
    )
    .join('\n');
}

function entries(): { name: string; meaning: string; value: string }[] {
  return Object.entries(SETTINGS).map(([name, setting]) => ({
    name,
    meaning: setting.meaning,
    value: 'default' in setting ? setting.default : '',
  }));
}
