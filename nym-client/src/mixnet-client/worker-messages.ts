import type { MixnetRequest } from '../mixnet-request.js';
import type { Identity } from './identity.js';
import type { DebugOverride } from './profile.js';
import type { GatewayEvent } from './websocket-shim.js';

/** What a worker is started with. */
export interface WorkerSettings {
  /** The compiled official client. */
  wasmModule: object;
  nymApiUrl: string;
  /** The identity key (base58) of the gateway to register or to stay with. */
  gateway: string;
  forceTls: boolean;
  override: DebugOverride;
  /** What was kept of an earlier start. */
  identity: Identity | undefined;
}

/** To the worker: a request, answered by `done` with the same id. */
export interface WorkerRequest {
  id: number;
  request: MixnetRequest | DrainRequest;
}

/** Is done when the official client has sent nothing for a while. */
export interface DrainRequest {
  type: 'drain';
}

/** From the worker. */
export type WorkerEvent =
  | { type: 'started'; selfAddress: string; identity: Identity }
  /** The official client did not start; the worker ends. */
  | { type: 'failed'; reason: string }
  | { type: 'received'; message: Uint8Array; senderTag: Uint8Array | undefined }
  | { type: 'gateway'; event: GatewayEvent }
  /** The official client took a request, or refused it. */
  | { type: 'done'; id: number; error: string | undefined };
