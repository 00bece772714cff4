import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type ClientOptions, WebSocket } from 'ws';
import { seal, unseal } from '../../src/crypto/aead.js';
import { type SigningKey, signEd25519, signingKeyFromSeed } from '../../src/crypto/ed25519.js';
import { systemRandom } from '../../src/crypto/random.js';
import { x25519, x25519PublicKey } from '../../src/crypto/sodium.js';
import { deriveSharedKey } from '../../src/gateway/handshake.js';
import { signedBytes } from '../../src/gateway/authentication.js';
import { trimNodeAddress } from '../../src/sphinx/node-address.js';

/** The client's side of the gateway protocol, small and obedient, for what the official client cannot be made to do. */

export type Answer = Record<string, unknown> & { type: string };

export interface Incoming {
  readonly text?: Answer;
  readonly binary?: Uint8Array;
  /** The connection has ended, with this code. */
  readonly closed?: number;
}

/** A websocket whose messages are taken one after the other. */
export class Line {
  readonly socket: WebSocket;
  readonly #incoming: Incoming[] = [];
  #wake: () => void = () => undefined;

  constructor(url: string, options: ClientOptions = {}) {
    this.socket = new WebSocket(url, { perMessageDeflate: false, ...options });
    const add = (incoming: Incoming): void => {
      this.#incoming.push(incoming);
      this.#wake();
    };
    this.socket.on('message', (data: Buffer, isBinary) => {
      add(isBinary ? { binary: data } : { text: JSON.parse(data.toString()) as Answer });
    });
    this.socket.on('close', (closed) => {
      add({ closed });
    });
    // 'close' follows.
    this.socket.on('error', () => undefined);
  }

  async open(): Promise<this> {
    await once(this.socket, 'open');
    return this;
  }

  say(message: object | string): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  async next(): Promise<Incoming> {
    for (;;) {
      const next = this.#incoming.shift();
      if (next !== undefined) return next;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async answer(): Promise<Answer> {
    const { text } = await this.next();
    if (text === undefined) throw new Error('expected a text message');
    return text;
  }

  async binary(): Promise<Uint8Array> {
    const { binary } = await this.next();
    if (binary === undefined) throw new Error('expected a binary message');
    return binary;
  }

  /** The error that the gateway tells, and the code with which it ends the connection. */
  async refusal(): Promise<{ message: unknown; code: number | undefined }> {
    const { message } = await this.answer();
    const { closed } = await this.next();
    return { message, code: closed };
  }

  async ask(message: object): Promise<Answer> {
    this.say(message);
    return this.answer();
  }

  close(): void {
    this.socket.terminate();
  }
}

export class GatewayClient {
  readonly identity: SigningKey = signingKeyFromSeed(randomBytes(32));
  sharedKey = new Uint8Array(32);

  /** Registers, and leaves the connection open: it can be used at once. */
  async register(url: string): Promise<Line> {
    const line = await new Line(url).open();
    const secret = systemRandom(32);
    const ephemeral = x25519PublicKey(secret);
    const salt = systemRandom(16);
    const init = [...this.identity.publicKey, ...ephemeral, ...salt];
    const { data } = await line.ask({ type: 'handshakePayload', protocol_version: 3, data: init });
    const gatewayEphemeral = Uint8Array.from(data as number[]).subarray(0, 32);
    this.sharedKey = Uint8Array.from(deriveSharedKey(x25519(secret, gatewayEphemeral), salt));
    const signature = signEd25519(this.identity, Buffer.concat([ephemeral, gatewayEphemeral]));
    const { ciphertext, nonce } = seal(this.sharedKey, signature, systemRandom);
    const confirmation = [...ciphertext, ...nonce];
    await line.ask({ type: 'handshakePayload', protocol_version: 3, data: confirmation });
    return line;
  }

  /** A valid request; `changes` make it invalid. */
  authenticateV2(unixSeconds: number, changes: object = {}): object {
    const { ciphertext, nonce } = seal(this.sharedKey, this.identity.publicKey, systemRandom);
    const request = {
      type: 'authenticateV2' as const,
      protocolVersion: 4,
      clientIdentity: this.identity.publicKey,
      addressCiphertext: ciphertext,
      nonce,
      requestUnixTimestamp: unixSeconds,
      requestSignature: new Uint8Array(64),
    };
    return {
      ...request,
      clientIdentity: [...request.clientIdentity],
      addressCiphertext: Buffer.from(ciphertext).toString('base64'),
      nonce: Buffer.from(nonce).toString('base64'),
      requestSignature: [...signEd25519(this.identity, signedBytes(request))],
      ...changes,
    };
  }

  async authenticate(url: string): Promise<Line> {
    const line = await new Line(url).open();
    line.say(this.authenticateV2(Math.floor(Date.now() / 1000)));
    return line;
  }

  /** A packet for the first hop, as a binary frame of either kind. */
  forward(packet: Uint8Array, firstHop: Uint8Array, kind: 1 | 2 = 2): Uint8Array {
    const prefix = kind === 2 ? [0, 1] : [0];
    return this.sealFrame(
      Buffer.concat([Uint8Array.from(prefix), trimNodeAddress(firstHop), packet]),
      kind,
    );
  }

  sealFrame(content: Uint8Array, kind: number): Uint8Array {
    const { nonce, ciphertext } = seal(this.sharedKey, content, systemRandom);
    return Buffer.concat([Uint8Array.of(kind, 1), nonce, ciphertext]);
  }

  /** The message inside a pushed frame. */
  unseal(frame: Uint8Array): Uint8Array | undefined {
    const nonce = frame.subarray(2, 14);
    return unseal(this.sharedKey, { nonce, ciphertext: frame.subarray(14) });
  }
}
