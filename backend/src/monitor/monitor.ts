import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeError } from '../describe-error.js';
import { StartupError } from '../startup-error.js';
import { shareUnfinished } from './share-unfinished.js';

/** What is said at one path. */
export interface Page {
  status: number;
  contentType: string;
  body: string;
}

export interface MonitorOptions {
  host: string;
  /** 0 for any that is free. */
  port: number;
  pages: Readonly<Record<string, () => Promise<Page>>>;
}

export interface Monitor {
  url: string;
  close: () => Promise<void>;
}

const MAX_CONNECTIONS = 32;
const MAX_HEADER_BYTES = 8 * 1024;
const REQUEST_TIMEOUT_MS = 5000;

/**
 * A small web server for the operator's own machines: some pages, nothing to send to it. Asked for the same page by many at once, it makes it once.
 * @throws StartupError if it cannot listen there
 */
export async function openMonitor({ host, port, pages }: MonitorOptions): Promise<Monitor> {
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: REQUEST_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: REQUEST_TIMEOUT_MS,
  });
  server.maxConnections = MAX_CONNECTIONS;
  const shared = new Map(
    Object.entries(pages).map(([path, make]) => [path, shareUnfinished(make)]),
  );
  server.on('request', (request, response) => {
    void answer(request, response, shared);
  });
  await listen(server, host, port);
  const { port: boundPort } = server.address() as AddressInfo;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${boundPort}`;
  return { url, close: () => close(server) };
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  try {
    server.listen({ host, port });
    await once(server, 'listening');
  } catch (cause) {
    const { message = 'It cannot be opened.' } = describeError(cause);
    throw new StartupError([`METRICS_HOST, METRICS_PORT: ${message}`], { cause });
  }
}

async function close(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}

async function answer(
  { method, url = '' }: IncomingMessage,
  response: ServerResponse,
  pages: ReadonlyMap<string, () => Promise<Page>>,
): Promise<void> {
  const make = pages.get(url.replace(/\?.*$/s, ''));
  if (make === undefined) send(response, text(404, 'There is no such page.'));
  else if (method !== 'GET') send(response.setHeader('allow', 'GET'), text(405, 'Only GET.'));
  else send(response, await make().catch(() => text(500, 'It failed.')));
}

const text = (status: number, body: string): Page => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  body: `${body}\n`,
});

function send(response: ServerResponse, { status, contentType, body }: Page): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    // What else the asker sends is not waited for.
    ...(status >= 400 && status !== 503 ? { connection: 'close' } : {}),
  });
  response.end(body);
}
