import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { chooseEncoding, readPublicFiles, type PublicFile } from './public-files.js';
import { securityHeaders } from './security-headers.js';
import { serviceAddressReader } from './service-addresses.js';
import type { Settings } from './settings.js';

export interface PageServer {
  /** Where the page is, with the port that was really taken. */
  url: string;
  /** Lets requests under way end, for a moment, and closes. */
  stop(): Promise<void>;
}

const STOP_GRACE_MS = 2000;

/** The original's links were `https://host/<id>`. Asking for one has told the id to this server already; the answer does not repeat it. */
const OLD_LINK = /^\/[A-Za-z0-9_-]{8,64}$/;
const NOT_FOUND = 'There is nothing here. The page is at /\n';
const OLD_LINK_HINT =
  'There is nothing here. If this was a link to a paste: they have changed, and are opened by the page itself.\n' +
  'Put /#/ in the place of the slash before its last part.\n';

/**
 * Sends the built page, the same to everybody. It writes no log of requests: a path can hold the id of a paste by mistake.
 * @param report is told what an operator should know; never anything about a request
 * @throws Error of the listening socket, such as `EADDRINUSE`
 */
export async function startPageServer(
  settings: Settings,
  publicFolder: string,
  report: (problem: string) => void,
): Promise<PageServer> {
  const files = await readPublicFiles(publicFolder);
  const headers = securityHeaders(settings);
  const readConfig = configReader(settings, report);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      sendText(response, 405, 'Only GET and HEAD.\n');
      return;
    }
    const [path = '/'] = (request.url ?? '/').split('?');
    if (path === '/config.json') {
      sendJson(response, await readConfig());
      return;
    }
    const file = files.get(path);
    if (file !== undefined) sendFile(response, file, request.headers['accept-encoding']);
    else sendText(response, 404, OLD_LINK.test(path) ? OLD_LINK_HINT : NOT_FOUND);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => {
      // The cause is the operator's address file, and says nothing to a browser.
      report('the service address could not be read');
      sendText(response, 500, 'Something went wrong.\n');
    });
  });
  server.listen(settings.port, settings.host);
  await once(server, 'listening');

  return {
    url: urlOf(settings.host, server.address()),
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      const cut = setTimeout(() => {
        server.closeAllConnections();
      }, STOP_GRACE_MS);
      await closed;
      clearTimeout(cut);
    },
  };
}

/** What the page must know about this instance. Nothing in it depends on who asks. */
function configReader(settings: Settings, report: (problem: string) => void) {
  const { network, nymApiUrl, service, instanceName } = settings;
  const readAddresses = serviceAddressReader(service, report);
  return async () => ({
    network,
    nymApiUrl,
    serviceAddresses: await readAddresses(),
    instanceName,
  });
}

function sendFile(response: ServerResponse, file: PublicFile, acceptEncoding: unknown): void {
  const { body, encoding } = chooseEncoding(
    file,
    typeof acceptEncoding === 'string' ? acceptEncoding : '',
  );
  if (encoding !== undefined) response.setHeader('Content-Encoding', encoding);
  response.setHeader('Vary', 'Accept-Encoding');
  response.setHeader('Cache-Control', file.cacheControl);
  send(response, 200, file.contentType, body);
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.setHeader('Cache-Control', 'no-cache');
  send(response, 200, 'application/json', Buffer.from(JSON.stringify(value)));
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.setHeader('Cache-Control', 'no-store');
  send(response, status, 'text/plain; charset=utf-8', Buffer.from(text));
}

/** Node leaves the body of an answer to HEAD away by itself. */
function send(response: ServerResponse, status: number, type: string, body: Buffer): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': body.length });
  response.end(body);
}

function urlOf(host: string, address: ReturnType<ReturnType<typeof createServer>['address']>) {
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}/`;
}
