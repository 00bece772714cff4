import type { Logger as PinoLogger } from 'pino';

/** What the network needs of a logger; a pino logger will do. Nothing that names a client or a packet is logged. */
export type Logger = Pick<PinoLogger, 'info' | 'warn' | 'error'>;

/**
 * What may be logged of an error: its kind and where it was thrown. Not its message: those of the file system name
 * files, and files are named after clients.
 */
export function describeFailure(error: unknown): object {
  if (typeof error !== 'object' || error === null) return { thrown: typeof error };
  const part = (name: string): unknown => Reflect.get(error, name);
  const stack = part('stack');
  const lines = typeof stack === 'string' ? stack.split('\n') : [];
  const frames = lines.filter((line) => line.startsWith('    at '));
  return { name: part('name'), code: part('code'), syscall: part('syscall'), frames };
}

const ignore = (): void => undefined;

export const silentLogger: Logger = { info: ignore, warn: ignore, error: ignore };
