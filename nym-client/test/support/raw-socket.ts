import { once } from 'node:events';
import { WebSocket } from 'ws';
import { Waiting } from './waiting.js';

export interface RawFrame {
  text: string | undefined;
  bytes: Buffer;
}

/** An application's websocket, frame by frame. */
export class RawSocket {
  readonly frames = new Waiting<RawFrame>();
  readonly closed: Promise<number>;
  readonly socket: WebSocket;

  /** Keeps trying for as long as the slot of the one application is still taken by an earlier one. */
  static async open(url: string, protocols: string[] = []): Promise<RawSocket> {
    for (;;) {
      const raw = new RawSocket(new WebSocket(url, protocols, { perMessageDeflate: true }));
      try {
        await once(raw.socket, 'open');
        return raw;
      } catch (error) {
        if (!/socket hang up|ECONNRESET/.test(String(error))) throw error;
        await new Promise(setImmediate);
      }
    }
  }

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer, isBinary) => {
      this.frames.push({ bytes: data, text: isBinary ? undefined : data.toString() });
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', resolve);
    });
  }

  /** Sends text or bytes, and returns the next frame that comes. */
  async ask(frame: string | Uint8Array): Promise<RawFrame> {
    this.socket.send(frame);
    return this.frames.next();
  }

  async text(frame: string): Promise<string | undefined> {
    return (await this.ask(frame)).text;
  }

  async close(): Promise<number> {
    this.socket.close(1000);
    return this.closed;
  }
}
