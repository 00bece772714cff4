/** What a command has to say. */
export interface Result {
  exitCode: 0 | 1;
  /** For people. */
  lines: string[];
  /** For programs. */
  json: unknown;
}

/** `name  value` lines, with the values below each other. */
export function table(entries: readonly (readonly [name: string, value: string | number])[]) {
  const width = Math.max(0, ...entries.map(([name]) => name.length)) + 2;
  return entries.map(
    ([name, value]) => `${name.padEnd(width)}${typeof value === 'number' ? count(value) : value}`,
  );
}

/** `1,234,567` */
export const count = (value: number) => value.toLocaleString('en-US');

export const done = (lines: string[], json: unknown): Result => ({ exitCode: 0, lines, json });

export const notDone = (lines: string[], json: unknown): Result => ({ exitCode: 1, lines, json });
