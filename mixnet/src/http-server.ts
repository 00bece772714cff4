import { createServer, type RequestListener, type Server } from 'node:http';
import { HTTP_REQUEST_MS } from './limits.js';

/**
 * An HTTP server that does not wait for ever for a request, or for the end of one.
 * @param requestMs how long it waits; Node.js looks after it from time to time only, so it may be half as long again
 */
export function createHttpServer(listener: RequestListener, requestMs = HTTP_REQUEST_MS): Server {
  const limits = { requestTimeout: requestMs, connectionsCheckingInterval: requestMs / 2 };
  return createServer(limits, listener);
}
