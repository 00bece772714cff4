import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { base58 } from '@scure/base';
import { WebSocketServer, type WebSocket } from 'ws';

/**
 * The other side of the service's border: a nym-client's websocket, as the native program serves it (nymtech/nym,
 * clients/native/websocket-requests), with a mixnet behind it that is the test. One application at a time; a pushed message takes the form of
 * the last frame that the application sent, and is binary before there was one.
 *
 * What the application sends to the client's own address comes back to it, as it would through a mixnet: an anonymous message with a sender
 * tag, and the reply to that tag without one.
 */
export interface NymClientEvents {
  /** The application has asked for the address, as every application does first. */
  connected: [];
  reply: [tag: string, message: Buffer];
}

const ADDRESS_BYTES = 96;
const TAG_BYTES = 16;
const U64_BYTES = 8;
const REPLY_TIMEOUT_MS = 50_000;

const FRAME = { send: 0, sendAnonymous: 1, reply: 2, selfAddress: 3 };

export class ScriptedNymClient extends EventEmitter<NymClientEvents> {
  readonly port: number;
  readonly #server: WebSocketServer;
  readonly #address: Buffer;
  readonly #ownTags = new Set<string>();
  readonly #awaited = new Map<string, (message: Buffer) => void>();
  #socket: WebSocket | undefined;
  #isText: boolean | undefined;
  /** `text`: pushes are text frames, whatever the application speaks. */
  pushes: 'as-asked' | 'text' = 'as-asked';
  /** Nothing comes back that the application sends to itself. */
  isDeaf = false;

  private constructor(server: WebSocketServer, address: Buffer) {
    super();
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
    this.#address = address;
    server.on('connection', (socket) => {
      this.#accept(socket);
    });
  }

  static async listen({
    port = 0,
    address = randomBytes(ADDRESS_BYTES),
  } = {}): Promise<ScriptedNymClient> {
    const server = new WebSocketServer({ host: '127.0.0.1', port, perMessageDeflate: false });
    await once(server, 'listening');
    return new ScriptedNymClient(server, address);
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  /** `<identity>.<encryption>@<gateway>` */
  get address(): string {
    const [identity, encryption, gateway] = [0, 32, 64].map((at) =>
      base58.encode(this.#address.subarray(at, at + 32)),
    );
    return `${identity}.${encryption}@${gateway}`;
  }

  get isConnected(): boolean {
    return this.#socket !== undefined;
  }

  static newTag(): string {
    return base58.encode(randomBytes(TAG_BYTES));
  }

  /** Pushes a message to the application, as one that somebody has sent. */
  deliver(message: string | Uint8Array, tag?: string): void {
    if (this.#socket === undefined) throw new Error('No application is connected.');
    const body = Buffer.from(message);
    if (this.pushes === 'text' || this.#isText) {
      const senderTag = tag ?? null;
      this.#socket.send(JSON.stringify({ type: 'received', message: body.toString(), senderTag }));
      return;
    }
    const sender = tag === undefined ? [0] : [1, ...base58.decode(tag)];
    this.#socket.send(Buffer.concat([Buffer.from([1, ...sender]), u64(body.length), body]));
  }

  /** Sends a message as somebody, and waits for what they get back. */
  async ask(message: string | Uint8Array, tag = ScriptedNymClient.newTag()): Promise<string> {
    const answered = this.replyTo(tag);
    this.deliver(message, tag);
    return (await answered).toString();
  }

  /** @throws if there is none in time */
  replyTo(tag: string): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const patience = setTimeout(() => {
        reject(new Error('There was no reply.'));
      }, REPLY_TIMEOUT_MS);
      patience.unref(); // Whoever waits no longer, need not be waited for.
      this.#awaited.set(tag, (message) => {
        clearTimeout(patience);
        resolve(message);
      });
    });
  }

  /** The application's connection breaks. */
  drop(): void {
    this.#socket?.terminate();
  }

  /** It reads nothing more of what the application sends. */
  stopReading(): void {
    this.#socket?.pause();
  }

  /** The nym-client ends, as a killed one does. */
  async close(): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(socket: WebSocket): void {
    if (this.#socket !== undefined) {
      socket.terminate();
      return;
    }
    this.#socket = socket;
    this.#isText = undefined;
    socket.on('message', (data: Buffer, isBinary) => {
      this.#isText = !isBinary;
      if (isBinary) this.#readBinary(data);
      else throw new Error('The service speaks the binary API.');
    });
    socket.on('close', () => {
      this.#socket = undefined;
    });
  }

  #readBinary(frame: Buffer): void {
    switch (frame[0]) {
      case FRAME.selfAddress:
        this.#socket?.send(Buffer.concat([Buffer.from([2]), this.#address]));
        this.emit('connected');
        break;
      case FRAME.sendAnonymous: {
        const recipient = frame.subarray(5, 5 + ADDRESS_BYTES);
        const message = frame.subarray(5 + ADDRESS_BYTES + 2 * U64_BYTES);
        if (!recipient.equals(this.#address)) throw new Error('The service wrote to a stranger.');
        this.#comeBack(message);
        break;
      }
      case FRAME.reply:
        this.#onReply(
          frame.subarray(1, 1 + TAG_BYTES),
          frame.subarray(1 + TAG_BYTES + 2 * U64_BYTES),
        );
        break;
      default:
        throw new Error(`The service sent a frame ${frame[0] ?? 'without a tag'}.`);
    }
  }

  #comeBack(message: Buffer): void {
    if (this.isDeaf) return;
    const tag = ScriptedNymClient.newTag();
    this.#ownTags.add(tag);
    this.deliver(message, tag);
  }

  #onReply(tagBytes: Buffer, message: Buffer): void {
    const tag = base58.encode(tagBytes);
    if (this.#ownTags.delete(tag)) this.deliver(message);
    else {
      this.#awaited.get(tag)?.(message);
      this.#awaited.delete(tag);
      this.emit('reply', tag, message);
    }
  }
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(U64_BYTES);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}
