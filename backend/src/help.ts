import { SETTINGS } from './config.js';

const NAME_WIDTH = Math.max(...Object.keys(SETTINGS).map((name) => name.length)) + 2;

/** What `--help` prints: every setting, from the table that reads them. */
export function formatHelp(): string {
  const lines = Object.entries(SETTINGS).map(([name, setting]) => {
    const value = 'default' in setting ? `[${setting.default}]` : '[none]';
    return `  ${name.padEnd(NAME_WIDTH)}${setting.meaning}\n  ${''.padEnd(NAME_WIDTH)}${value}`;
  });
  return `The paste service of Pastenym, behind a nym-client.

Usage: npm run backend [-- --help]

Settings are environment variables:

${lines.join('\n')}

SIGTERM or SIGINT lets it finish what it has taken, then stops it; a second one stops it at once.
`;
}
