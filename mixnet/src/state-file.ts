import { constants } from 'node:fs';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { MixnetError } from './mixnet-error.js';

const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;

/** Whether an error is one of the system with this code. */
export const hasCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;

/** Whether a file operation failed because there is no such file. */
export const isMissing = (error: unknown): boolean => hasCode(error, 'ENOENT');

/**
 * Does something with the files of a directory. What the system refuses is told without its message and cause: those name
 * files, and files are named after clients.
 * @throws MixnetError `unavailable`, which names the directory
 */
export async function withFilesOf<T>(directory: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new MixnetError('unavailable', `cannot use ${directory}: ${error.code}`);
  }
}

const isSystemError = (error: unknown): error is { code: string } =>
  typeof error === 'object' &&
  error !== null &&
  'syscall' in error &&
  'code' in error &&
  typeof error.code === 'string';

export async function makeDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: DIRECTORY_MODE });
}

/**
 * Reads a JSON file.
 * @returns undefined when there is none
 * @throws MixnetError `corrupt-file`; its message names the file and the place in it, but quotes nothing
 */
export async function readStateFile<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  const parsed = schema.safeParse(parseJson(path, text));
  if (parsed.success) return parsed.data;
  const place = parsed.error.issues[0]?.path.join('.') ?? '';
  throw corrupt(path, place === '' ? 'it is not what it should be' : `it is wrong at ${place}`);
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw new MixnetError('unavailable', `cannot read ${path}`, { cause });
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The cause is left out: it quotes the text, and the text holds keys.
    throw corrupt(path, 'it is not JSON');
  }
}

const corrupt = (path: string, why: string): MixnetError =>
  new MixnetError(
    'corrupt-file',
    `${path} cannot be used: ${why}. Restore it, or move it away to begin anew.`,
  );

/**
 * Replaces a file in one step, so that after a crash it is the old or the new one: a temporary file beside it, flushed
 * to the disk, renamed over it, and the rename flushed too.
 */
export async function writeFileAtomically(path: string, content: string): Promise<void> {
  const temporary = `${path}.tmp`;
  const file = await open(temporary, 'w', FILE_MODE);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncDirectory(dirname(path));
}

async function syncDirectory(path: string): Promise<void> {
  // Windows can neither open nor flush a directory, and needs it not.
  if (process.platform === 'win32') return;
  const directory = await open(path, constants.O_RDONLY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** A JSON file that follows a state in memory: saves that are asked for while one is being written share the next. */
export class StateFile {
  readonly #path: string;
  readonly #content: () => unknown;
  #running: Promise<void> = Promise.resolve();
  #waiting: Promise<void> | undefined;

  /** @param content gives the state as it is when the write begins */
  constructor(path: string, content: () => unknown) {
    this.#path = path;
    this.#content = content;
  }

  /** Resolves when the state as of this call, or a later one, is on the disk. */
  save(): Promise<void> {
    this.#waiting ??= this.#saveAfter(this.#running);
    return this.#waiting;
  }

  async #saveAfter(running: Promise<void>): Promise<void> {
    // Whoever asked for the save that is running hears of its failure; this one is another attempt.
    await Promise.allSettled([running]);
    this.#running = this.#waiting ?? Promise.resolve();
    this.#waiting = undefined;
    await writeFileAtomically(this.#path, `${JSON.stringify(this.#content(), null, 1)}\n`);
  }
}
