import { AppError } from '@pastenym/shared/errors';
import { connectNymClient } from '@pastenym/nym-client/connection';
import type { Logger } from '../logger.js';
import type { OpenMixnet } from './mixnet.js';

/** How long a connection may take to send what waits and to close, before it gives up on the rest. */
export const CLOSE_MS = 6000;

/** The mixnet behind a nym-client's websocket. It is connected to again and again, at the start and whenever it is lost. */
export function createOpenMixnet(log: Logger): OpenMixnet {
  return async (url, events, signal) => {
    const connection = await connectNymClient(url, { signal });
    events.connected(connection.selfAddress);
    connection
      .on('connected', ({ selfAddress }) => {
        events.connected(selfAddress);
      })
      .on('disconnected', () => {
        events.disconnected();
      })
      .on('error', (error) => {
        // Of an AppError not the message: here it may be the nym-client's, which may quote anything.
        const what = error instanceof AppError ? { code: error.code } : { err: error };
        log.warn(what, 'the nym-client was not understood, or did not understand');
      })
      .on('message', ({ message, senderTag }) => {
        events.message(message, senderTag);
      });
    return connection;
  };
}
