import { registeredClient } from './registered-client.js';
import { Waiting } from './waiting.js';
import type {
  MixnetWorker,
  StartedWorker,
  WorkerHandlers,
} from '../../src/mixnet-client/wasm-worker.js';
import type { MixnetRequest } from '../../src/mixnet-request.js';
import type { WorkerSettings } from '../../src/mixnet-client/worker-messages.js';

/** A life of the official client without the client: it ends when the test says so. */
export class MortalWorker implements MixnetWorker {
  readonly ended: Promise<Error>;
  readonly requests = new Waiting<MixnetRequest>();
  readonly drains = new Waiting<() => void>();
  hasEnded = false;
  readonly settings: WorkerSettings;
  readonly handlers: WorkerHandlers;
  #end: (reason: Error) => void = () => undefined;

  constructor(settings: WorkerSettings, handlers: WorkerHandlers) {
    this.settings = settings;
    this.handlers = handlers;
    this.ended = new Promise((resolve) => (this.#end = resolve));
  }

  send(request: MixnetRequest): Promise<void> {
    this.requests.push(request);
    return Promise.resolve();
  }

  drain(): Promise<void> {
    return new Promise((resolve) => {
      this.drains.push(resolve);
    });
  }

  stop(): Promise<void> {
    this.die('stopped');
    return Promise.resolve();
  }

  die(reason: string): void {
    this.hasEnded = true;
    this.#end(new Error(reason));
  }
}

/** A start that the test lets succeed, fail, or wait. */
export interface PendingStart {
  worker: MortalWorker;
  signal: AbortSignal;
  succeed: () => void;
}

/** Starts of the official client, as they are asked for. They fail when they are given up. */
export class Starts {
  readonly next = new Waiting<PendingStart>();

  readonly start = (
    settings: WorkerSettings,
    handlers: WorkerHandlers,
    signal: AbortSignal,
  ): Promise<StartedWorker> =>
    new Promise((resolve, reject) => {
      const worker = new MortalWorker(settings, handlers);
      const { address: selfAddress, identity } = registeredClient;
      signal.addEventListener('abort', () => {
        reject(new Error('given up'));
      });
      const succeed = () => {
        resolve({ worker, selfAddress, identity });
      };
      this.next.push({ worker, signal, succeed });
    });
}
