import { Worker } from 'node:worker_threads';
import { AppError } from '@pastenym/shared/errors';
import type { MixnetRequest } from '../mixnet-request.js';
import type { Identity } from './identity.js';
import { START_TIMEOUT_MS } from './limits.js';
import type { GatewayEvent } from './websocket-shim.js';
import type { WorkerEvent, WorkerRequest, WorkerSettings } from './worker-messages.js';

export interface WorkerHandlers {
  received(message: Uint8Array, senderTag: Uint8Array | undefined): void;
  gateway(event: GatewayEvent): void;
}

/** One life of the official client. */
export interface MixnetWorker {
  /** Settles when it has ended, with what ended it. */
  readonly ended: Promise<Error>;
  readonly hasEnded: boolean;
  /**
   * Resolves when the official client has queued the message.
   * @throws Error with its reason; AppError `connection-closed` if it ends before
   */
  send(request: MixnetRequest): Promise<void>;
  /** Resolves when the official client has sent nothing for a while. Rejects as `send` does. */
  drain(): Promise<void>;
  stop(): Promise<void>;
}

export interface StartedWorker {
  worker: MixnetWorker;
  selfAddress: string;
  identity: Identity;
}

/**
 * Starts the official client and waits until it has logged in to its gateway.
 * @throws Error with the official client's reason, or when the signal is aborted
 */
export type StartWorker = (
  settings: WorkerSettings,
  handlers: WorkerHandlers,
  signal: AbortSignal,
) => Promise<StartedWorker>;

/** Starts it in a thread of its own. */
export const startWasmWorker: StartWorker = async (settings, handlers, signal) => {
  const worker = new WasmWorker(settings, handlers);
  try {
    const { selfAddress, identity } = await worker.waitForStart(signal);
    return { worker, selfAddress, identity };
  } catch (error) {
    await worker.stop();
    throw error;
  }
};

interface Pending {
  resolve: () => void;
  reject: (error: Error) => void;
}

class WasmWorker implements MixnetWorker {
  readonly ended: Promise<Error>;
  readonly #worker: Worker;
  readonly #handlers: WorkerHandlers;
  readonly #pending = new Map<number, Pending>();
  #nextId = 0;
  #hasEnded = false;
  #started: ((event: Extract<WorkerEvent, { type: 'started' | 'failed' }>) => void) | undefined;

  constructor(settings: WorkerSettings, handlers: WorkerHandlers) {
    this.#handlers = handlers;
    this.#worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: settings });
    this.#worker.on('message', (event: WorkerEvent) => {
      this.#handle(event);
    });
    this.ended = this.#watchEnd();
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  send(request: MixnetRequest): Promise<void> {
    // A copy of its own: a view would take the whole buffer along that it looks at, a socket's for instance.
    const message = new Uint8Array(request.message);
    return this.#ask({ ...request, message }, [message.buffer]);
  }

  drain(): Promise<void> {
    return this.#ask({ type: 'drain' });
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  waitForStart(signal: AbortSignal): Promise<Extract<WorkerEvent, { type: 'started' }>> {
    const impatience = AbortSignal.any([signal, AbortSignal.timeout(START_TIMEOUT_MS)]);
    return new Promise((resolve, reject) => {
      this.#started = (event) => {
        if (event.type === 'started') resolve(event);
        else reject(new Error(event.reason));
      };
      void this.ended.then(reject);
      const giveUp = () => {
        reject(new Error('the mixnet client took too long', { cause: impatience.reason }));
      };
      if (impatience.aborted) giveUp();
      else impatience.addEventListener('abort', giveUp, { once: true });
    });
  }

  #ask(request: WorkerRequest['request'], transfer: ArrayBuffer[] = []): Promise<void> {
    if (this.#hasEnded) return Promise.reject(new AppError('connection-closed'));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      const asked: WorkerRequest = { id, request };
      this.#worker.postMessage(asked, transfer);
    });
  }

  #handle(event: WorkerEvent): void {
    switch (event.type) {
      case 'started':
      case 'failed':
        this.#started?.(event);
        break;
      case 'received':
        this.#handlers.received(event.message, event.senderTag);
        break;
      case 'gateway':
        this.#handlers.gateway(event.event);
        break;
      case 'done':
        this.#settle(event.id, event.error);
        break;
    }
  }

  #settle(id: number, error: string | undefined): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (error === undefined) pending?.resolve();
    else pending?.reject(new Error(error));
  }

  async #watchEnd(): Promise<Error> {
    let cause = new Error('the thread of the mixnet client ended');
    this.#worker.on('error', (error) => {
      cause = error instanceof Error ? error : new Error(String(error));
    });
    await new Promise((resolve) => this.#worker.once('exit', resolve));
    this.#hasEnded = true;
    for (const { reject } of this.#pending.values()) {
      reject(new AppError('connection-closed', { cause }));
    }
    this.#pending.clear();
    return cause;
  }
}
