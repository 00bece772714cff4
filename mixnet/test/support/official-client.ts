import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const DRIVER = fileURLToPath(new URL('./official-client-driver.mjs', import.meta.url));

/** What a client got: `tag` when it can be replied to. */
export interface Received {
  readonly bytes: Uint8Array;
  readonly tag: string | undefined;
}

export interface OfficialClientOptions {
  readonly nymApiUrl: string;
  /** base58; without it a second start would register with another gateway. */
  readonly preferredGateway: string;
  readonly clientId?: string;
  /** Where the identity is kept between two starts. */
  readonly storageFile?: string;
  readonly clientOverride?: object;
}

/** No cover traffic, and packets of 32 kB where they save some: a thrifty profile for a small machine. */
export const QUIET = {
  traffic: { disableMainPoissonPacketDistribution: true, useExtendedPacketSize: true },
  coverTraffic: { disableLoopCoverTrafficStream: true },
};

type Answer = { id: number; result?: unknown; error?: string } | { received: Received };

/** The unmodified official client in a process of its own. */
export class OfficialClient {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, (answer: { result?: unknown; error?: string }) => void>();
  readonly #received: Received[] = [];
  #wake: () => void = () => undefined;
  #lastId = 0;
  #address = '';

  private constructor(child: ChildProcess) {
    this.#process = child;
    child.on('message', (answer: Answer) => {
      if ('received' in answer) {
        this.#received.push(answer.received);
        this.#wake();
      } else {
        this.#waiting.get(answer.id)?.(answer);
      }
    });
  }

  /** Rejects, with the client's own words, when it cannot start. */
  static async start(options: OfficialClientOptions): Promise<OfficialClient> {
    const child = fork(DRIVER, {
      serialization: 'advanced',
      // It also prints its errors; we get them as answers.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const client = new OfficialClient(child);
    try {
      client.#address = String(await client.#call('start', { clientOverride: QUIET, ...options }));
      return client;
    } catch (error) {
      await client.stop();
      throw error;
    }
  }

  get address(): string {
    return this.#address;
  }

  /** How many messages came that nobody has taken yet. */
  get receivedCount(): number {
    return this.#received.length;
  }

  async send(bytes: Uint8Array, recipient: string): Promise<void> {
    await this.#call('sendRegular', { bytes, recipient });
  }

  async sendAnonymously(bytes: Uint8Array, recipient: string, surbs: number): Promise<void> {
    await this.#call('sendAnonymous', { bytes, recipient, surbs });
  }

  async reply(bytes: Uint8Array, tag: string): Promise<void> {
    await this.#call('sendReply', { bytes, tag });
  }

  /** The next message, whenever it comes. */
  async receive(): Promise<Received> {
    for (;;) {
      const next = this.#received.shift();
      if (next !== undefined) return next;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async receiveText(): Promise<string> {
    return Buffer.from((await this.receive()).bytes).toString();
  }

  /** Ends the process, as if it had crashed: the client knows no other way. */
  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exited;
  }

  #call(command: string, args: object): Promise<unknown> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) => {
        this.#waiting.delete(id);
        if (error === undefined) resolve(result);
        else reject(new Error(error));
      });
      this.#process.send({ id, command, args });
    });
  }
}
