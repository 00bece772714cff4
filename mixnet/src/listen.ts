import { randomInt } from 'node:crypto';
import type { Server } from 'node:net';
import { MixnetError } from './mixnet-error.js';

const errorCode = (error: Error): string | undefined =>
  'code' in error && typeof error.code === 'string' ? error.code : undefined;

/**
 * Where free ports are looked for: below those that systems hand out by themselves (Linux from 32768, others from
 * 49152). One of these may belong to somebody's outgoing connection when the network starts again and wants it back.
 */
const FIRST_FREE_PORT = 20_000;
const LAST_FREE_PORT = 32_000;
const FREE_PORT_ATTEMPTS = 20;

/**
 * Starts listening.
 * @param port 0 for any free one
 * @param whose names the port in the error, such as `mix port of gateway 1`
 * @returns the port
 * @throws MixnetError `port-taken`, `unavailable`
 */
export async function listen(
  server: Server,
  host: string,
  port: number,
  whose: string,
): Promise<number> {
  for (let attempt = 0; port === 0 && attempt < FREE_PORT_ATTEMPTS; attempt++) {
    try {
      return await listenAt(server, host, randomInt(FIRST_FREE_PORT, LAST_FREE_PORT), whose);
    } catch (error) {
      if (!(error instanceof MixnetError) || error.code !== 'port-taken') throw error;
    }
  }
  return listenAt(server, host, port, whose);
}

function listenAt(server: Server, host: string, port: number, whose: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void => {
      server.off('listening', succeed);
      reject(listenError(cause, host, port, whose));
    };
    const succeed = (): void => {
      server.off('error', fail);
      // Later errors are connections that could not be accepted, for want of file descriptors: only those are lost.
      server.on('error', () => undefined);
      resolve(portOf(server));
    };
    server.once('error', fail);
    server.once('listening', succeed);
    server.listen({ host, port });
  });
}

function listenError(cause: Error, host: string, port: number, whose: string): MixnetError {
  const where = `port ${port} on ${host} (${whose})`;
  return errorCode(cause) === 'EADDRINUSE'
    ? new MixnetError('port-taken', `${where} is already in use`, { cause })
    : new MixnetError('unavailable', `cannot listen at ${where}: ${cause.message}`, { cause });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}

/** Stops listening and resolves when all connections have ended; the caller ends those. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // The only error is "not running", which is what is wanted.
    server.close(() => {
      resolve();
    });
  });
}
