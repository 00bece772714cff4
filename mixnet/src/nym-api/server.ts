import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Clock } from '../clock.js';
import { createHttpServer } from '../http-server.js';
import { closeServer, listen } from '../listen.js';
import {
  announcedHostname,
  describeGateway,
  describeMixNode,
  keyRotationInfo,
  paginated,
  rewardedSet,
  type Topology,
} from './topology.js';

/**
 * The part of a nym-api that clients ask for, under `/api`. Clients ask for bincode but decode by the answer's content
 * type, so everything is JSON.
 */

interface Question {
  readonly topology: Topology;
  readonly page: number;
  readonly hostname: string | null;
  /** When the network did: it stays in the epoch of that time. */
  readonly startedAtMs: number;
  readonly nowMs: number;
}

const entryGateways = ({ topology, hostname }: Question): object[] =>
  topology.gateways.map((gateway) => describeGateway(gateway, hostname));
const mixNodes = ({ topology }: Question): object[] => topology.mixNodes.map(describeMixNode);

const NODES = '/api/v2/unstable/nym-nodes/skimmed';

const ROUTES: Readonly<Record<string, (question: Question) => object>> = {
  '/api/v1/epoch/key-rotation-info': ({ startedAtMs }) => keyRotationInfo(startedAtMs),
  '/api/v1/nym-nodes/rewarded-set': ({ topology, startedAtMs }) =>
    rewardedSet(topology, startedAtMs),
  [`${NODES}/mixnodes/active`]: (question) =>
    paginated(mixNodes(question), question.page, question),
  [`${NODES}/entry-gateways`]: (question) =>
    paginated(entryGateways(question), question.page, question),
  [NODES]: (question) =>
    paginated([...mixNodes(question), ...entryGateways(question)], question.page, question),
};

const EVERYBODY = { 'access-control-allow-origin': '*', 'cache-control': 'no-store' };
/** Clients set a content type that is not a "simple" one, so browsers ask first, every time. */
const PREFLIGHT = {
  ...EVERYBODY,
  'access-control-allow-methods': 'GET, OPTIONS',
  'access-control-allow-headers': 'content-type, accept, user-agent',
  'access-control-max-age': '86400',
};
const JSON_TYPE = { 'content-type': 'application/json' };

export class NymApiServer {
  readonly #server: Server;

  /** @param requestMs see {@link createHttpServer} */
  constructor(topology: Topology, clock: Clock, requestMs?: number) {
    const startedAtMs = clock();
    this.#server = createHttpServer((request, response) => {
      answer(request, response, { topology, startedAtMs, nowMs: clock() });
    }, requestMs);
  }

  /** @returns the port; see `listen` for the errors */
  start(host: string, port: number): Promise<number> {
    return listen(this.#server, host, port, 'nym-api');
  }

  async stop(): Promise<void> {
    const closed = closeServer(this.#server);
    this.#server.closeAllConnections();
    await closed;
  }
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  network: Pick<Question, 'topology' | 'startedAtMs' | 'nowMs'>,
): void {
  if (request.method === 'OPTIONS') {
    response.writeHead(204, PREFLIGHT).end();
    return;
  }
  const isReading = request.method === 'GET' || request.method === 'HEAD';
  if (!isReading) {
    send(response, 405, { message: 'only GET is answered here' }, { allow: 'GET, OPTIONS' });
    return;
  }
  const { path, page } = parseTarget(request.url ?? '/');
  const hostname = announcedHostname(request.headers.host);
  const route = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
  if (route === undefined) send(response, 404, { message: 'there is nothing here' });
  else send(response, 200, route({ ...network, page, hostname }));
}

function parseTarget(target: string): { path: string; page: number } {
  const [rawPath = '', query = ''] = target.split('?', 2);
  const page = Number(new URLSearchParams(query).get('page') ?? 0);
  return {
    path: rawPath.replaceAll(/\/+/g, '/').replace(/\/$/, ''),
    page: Number.isSafeInteger(page) && page >= 0 ? page : 0,
  };
}

function send(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { ...EVERYBODY, ...JSON_TYPE, ...headers });
  response.end(JSON.stringify(body));
}
