import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

const ADDRESS_BYTES = 96;
const TAG_BYTES = 16;
const U64_BYTES = 8;

/** First bytes of frames of nym-client's binary API: what the application sends, and what it gets. */
const REQUEST = { sendAnonymous: 1, reply: 2, selfAddress: 3 };
const RESPONSE = { received: 1, selfAddress: 2 };

/**
 * A nym-client's websocket without a mixnet behind it, so that the service is measured and nothing else: requests go in as anonymous messages, and
 * replies come out by their sender tags. What the service sends to itself comes back to it.
 */
export class NymClientStandIn {
  readonly url: string;
  readonly #server: WebSocketServer;
  readonly #address = randomBytes(ADDRESS_BYTES);
  readonly #waiting = new Map<string, (reply: Buffer) => void>();
  readonly #ownTags = new Set<string>();
  #socket: WebSocket | undefined;
  #tags = 0;

  private constructor(server: WebSocketServer) {
    this.#server = server;
    this.url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('connection', (socket) => {
      this.#socket = socket;
      socket.on('message', (data: Buffer) => {
        this.#onFrame(data);
      });
    });
  }

  static async listen(): Promise<NymClientStandIn> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
    await once(server, 'listening');
    return new NymClientStandIn(server);
  }

  /** Sends a request as somebody new, and resolves with the reply. */
  ask(message: Uint8Array): Promise<Buffer> {
    const tag = this.#newTag();
    return new Promise((resolve) => {
      this.#waiting.set(tag.toString('hex'), resolve);
      this.#push(message, tag);
    });
  }

  async close(): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #newTag(): Buffer {
    const tag = Buffer.alloc(TAG_BYTES);
    tag.writeUInt32BE(++this.#tags, TAG_BYTES - 4);
    return tag;
  }

  #push(message: Uint8Array, tag: Buffer | undefined): void {
    const sender = tag === undefined ? Buffer.of(0) : Buffer.concat([Buffer.of(1), tag]);
    const length = Buffer.alloc(U64_BYTES);
    length.writeBigUInt64BE(BigInt(message.length));
    this.#socket?.send(Buffer.concat([Buffer.of(RESPONSE.received), sender, length, message]));
  }

  #onFrame(frame: Buffer): void {
    switch (frame[0]) {
      case REQUEST.selfAddress:
        this.#socket?.send(Buffer.concat([Buffer.of(RESPONSE.selfAddress), this.#address]));
        return;
      case REQUEST.sendAnonymous: {
        const tag = this.#newTag();
        this.#ownTags.add(tag.toString('hex'));
        this.#push(frame.subarray(5 + ADDRESS_BYTES + 2 * U64_BYTES), tag);
        return;
      }
      case REQUEST.reply: {
        const tag = frame.subarray(1, 1 + TAG_BYTES).toString('hex');
        const message = frame.subarray(1 + TAG_BYTES + 2 * U64_BYTES);
        if (this.#ownTags.delete(tag)) this.#push(message, undefined);
        this.#waiting.get(tag)?.(message);
        this.#waiting.delete(tag);
        return;
      }
      default:
        throw new Error('The service has sent a frame that is not known here.');
    }
  }
}
