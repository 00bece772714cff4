import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parseShareLink } from '@pastenym/shared/share-link';
import { readCidInAnyBase } from '../ipfs/cid.js';

/** What can be done: what it needs, and what it does. */
export const COMMANDS = {
  stats: { needs: undefined, does: 'counts what there is, by kind' },
  show: {
    needs: 'ID',
    does: 'tells how large a paste is, how often it has been read, when it ends',
  },
  delete: { needs: 'ID', does: 'destroys a paste' },
  block: { needs: 'ID', does: 'destroys a paste and refuses its id from now on, or that of none' },
  unblock: { needs: 'ID', does: 'no longer refuses an id; what was destroyed stays so' },
  purge: {
    needs: undefined,
    does: 'deletes what is over; erases what is deleted, if the store can',
  },
  vacuum: { needs: undefined, does: 'gives room that is not used back to the file system' },
  backup: { needs: 'FILE', does: 'copies the database, as it is at one moment, into a new file' },
  import: { needs: 'FILE', does: "imports the pastes of the original Pastenym's data.db" },
  check: {
    needs: undefined,
    does: 'looks for what must not be; the exit code is 1 if it finds any',
  },
} as const satisfies Record<string, { needs: 'ID' | 'FILE' | undefined; does: string }>;

export type CommandName = keyof typeof COMMANDS;

export type Arguments =
  | { command: 'help' }
  | {
      command: CommandName;
      /** An id, or the absolute path of a file, if it needs one. */ argument: string;
      json: boolean;
    };

/** The command line is not one of ours. The message is for whoever wrote it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError */
export function readArguments(args: string[]): Arguments {
  const { values, positionals } = parse(args);
  if (values.help) return { command: 'help' };
  const [command, argument, ...more] = positionals;
  if (command === undefined) throw new UsageError('What is to be done?');
  if (!isCommand(command)) throw new UsageError('There is no such command.');
  const { needs } = COMMANDS[command];
  const isComplete = (argument !== undefined) === (needs !== undefined);
  if (!isComplete || more.length > 0) {
    throw new UsageError(`It is: ${[command, needs].filter(Boolean).join(' ')}`);
  }
  const value = needs === 'ID' ? readId(argument ?? '') : resolve(argument ?? '');
  return { command, argument: value, json: values.json };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : 'Wrong usage.';
    throw new UsageError(message, { cause });
  }
}

const isCommand = (text: string): text is CommandName => Object.hasOwn(COMMANDS, text);

/**
 * The id alone, of whatever part of a link was pasted; what opens the paste is cut before anything is read.
 * @throws UsageError, which does not repeat it
 */
export function readId(text: string): string {
  const link = text.trim().replace(/^ipfs:\/\//, '');
  const isPath = /^https?:/i.test(link) && !link.includes('#');
  const id = isPath ? link : cutKeys(link);
  // Which may be longer than other ids, and have a slash in it.
  const cid = readCidInAnyBase(link) ?? readCidInAnyBase(id);
  if (cid !== undefined) return cid;
  try {
    return parseShareLink(id).id;
  } catch (cause) {
    throw new UsageError('This is neither the id of a paste nor a link to one.', { cause });
  }
}

/** What stands between `#/`, if that is there, and whatever comes after the id. */
const cutKeys = (link: string) =>
  link
    .slice(link.indexOf('#') + 1)
    .replace(/^\//, '')
    .replace(/[/&].*$/s, '');

const WIDTH = 14;

export function formatHelp(): string {
  const lines = Object.entries(COMMANDS).map(
    ([name, { needs, does }]) => `  ${`${name} ${needs ?? ''}`.padEnd(WIDTH)}${does}`,
  );
  return `What an operator of Pastenym does with the database, while services run on it or not.

Usage: npm run admin -- COMMAND [--json]

${lines.join('\n')}

  --json        prints the result as JSON
  --help        prints this

ID is the id of a paste, or a link to it, of which only the id is used. One that begins with "-" goes behind a "--".
The database is that of DATABASE_URL (docs/config.md); run this as the user that the service runs as.

Exit codes: 0 it is done; 1 it is not, or there is no such paste, or the check found something; 2 the usage is wrong.
`;
}
