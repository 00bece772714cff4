import { isIP } from 'node:net';
import { parseArgs, type ParseArgsConfig } from 'node:util';

/** A command line that makes no sense. Its message is for the person who typed it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

interface FlagDescription {
  short?: string;
  /** What stands for the value in the help; a flag without it is a switch. */
  value?: string;
  help: string;
}

export type FlagTable = Record<string, FlagDescription>;

export type FlagValues<T extends FlagTable> = {
  [Name in keyof T]: T[Name] extends { value: string } ? string | undefined : boolean | undefined;
};

/** @throws UsageError for what is not in the table, and for arguments that belong to no flag */
export function parseFlags<T extends FlagTable>(table: T, args: string[]): FlagValues<T> {
  const options: ParseArgsConfig['options'] = Object.fromEntries(
    Object.entries(table).map(([name, { short, value }]) => [
      name,
      { type: value === undefined ? 'boolean' : 'string', ...(short !== undefined && { short }) },
    ]),
  );
  try {
    // The values have the types that the table was just translated to.
    return parseArgs({ args, options, strict: true, allowPositionals: false })
      .values as FlagValues<T>;
  } catch (error) {
    // Node goes on with advice about '--' that helps nobody here.
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(message.split('. ')[0] ?? message);
  }
}

export function formatFlags(table: FlagTable): string {
  const rows = Object.entries(table).map(([name, { short, value, help }]) => {
    const names = `${short === undefined ? '    ' : `-${short}, `}--${name}`;
    return [value === undefined ? names : `${names} <${value}>`, help] as const;
  });
  const width = Math.max(...rows.map(([names]) => names.length));
  return rows.map(([names, help]) => `  ${names.padEnd(width)}  ${help}`).join('\n');
}

/** @throws UsageError */
export function parseNumber(name: string, text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(`--${name} must be a whole number from ${min} to ${max}, not '${text}'`);
}

/** @throws UsageError */
export function parseHost(text: string): string {
  if (isIP(text) !== 0) return text;
  throw new UsageError(`--host must be an IP address, not '${text}'`);
}

/**
 * Comma-separated URLs.
 * @param source the flag or variable that they come from
 * @throws UsageError
 */
export function parseNymApis(source: string, text: string): string[] {
  const urls = text.split(',').map((part) => part.trim());
  for (const url of urls) {
    const protocol = URL.canParse(url) ? new URL(url).protocol : '';
    if (protocol === 'http:' || protocol === 'https:') continue;
    throw new UsageError(`${source} must be http(s) URLs with commas between, not '${text}'`);
  }
  return urls;
}

/** @throws UsageError */
export function parseChoice<T extends string>(
  name: string,
  text: string,
  choices: readonly T[],
): T {
  const choice = choices.find((known) => known === text);
  if (choice !== undefined) return choice;
  throw new UsageError(`--${name} must be ${choices.join(' or ')}, not '${text}'`);
}
