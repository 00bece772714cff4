import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

/** What a real server answered to one request: the status and the body. */
interface Answer {
  status: number;
  body: string;
}

type Exchanges = Record<string, Answer[]>;

/**
 * A server that answers as a real one did when it was recorded, to the same requests; to any other with 500. With the address of a real one it hands
 * requests on to that instead, and with RECORD=1 writes down what it answers.
 *
 * A request is known by its path, its query and what it carries; the same one may have been answered differently in turn.
 */
export class RecordedServer {
  readonly url: URL;
  readonly #server: Server;
  readonly #file: string;
  readonly #real: string | undefined;
  readonly #recorded: Exchanges;
  readonly #made: Exchanges = {};

  private constructor(server: Server, file: string, real: string | undefined) {
    this.#server = server;
    this.#file = file;
    this.#real = real;
    this.#recorded = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Exchanges) : {};
    this.url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  /** @param name of the recording, in test/recorded */
  static async listen(name: string, real: string | undefined): Promise<RecordedServer> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const file = fileURLToPath(new URL(`../recorded/${name}.json`, import.meta.url));
    const recorded = new RecordedServer(server, file, real);
    server.on('request', (request, response) => {
      void recorded.#answer(request).then(({ status, body }) => {
        response.writeHead(status).end(body);
      });
    });
    return recorded;
  }

  async close(): Promise<void> {
    if (process.env['RECORD'] === '1') {
      writeFileSync(this.#file, `${JSON.stringify(this.#made, undefined, 2)}\n`);
    }
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    const key = `${request.method ?? ''} ${request.url ?? ''} ${digest(body)}`;
    if (this.#real !== undefined) return this.#handOn(key, request, body);
    const answers = this.#recorded[key] ?? [];
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    return answer ?? { status: 500, body: `There is no recording of ${key}` };
  }

  async #handOn(key: string, request: IncomingMessage, body: Buffer): Promise<Answer> {
    const { 'content-type': type = '', authorization } = request.headers;
    const response = await fetch(new URL(request.url ?? '', this.#real), {
      method: request.method ?? 'GET',
      headers: { 'content-type': type, ...(authorization && { authorization }) },
      ...(body.length > 0 && { body: Uint8Array.from(body) }),
    });
    const answer = { status: response.status, body: await response.text() };
    (this.#made[key] ??= []).push(answer);
    return answer;
  }
}

/** Of what a request carries; a form's boundary is drawn anew each time. */
function digest(body: Buffer): string {
  if (body.length === 0) return '-';
  const boundary = body.subarray(0, Math.max(body.indexOf('\r\n'), 0)).toString('latin1');
  const content = boundary.startsWith('--')
    ? body.toString('latin1').replaceAll(boundary, '')
    : body.toString('latin1');
  return createHash('sha256').update(content, 'latin1').digest('hex').slice(0, 16);
}
