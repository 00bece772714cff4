import 'fake-indexeddb/auto';
import { parentPort, workerData } from 'node:worker_threads';
import { errorText } from '../error-text.js';
import { answerRequest, type WasmClient } from './answer-request.js';
import { gatewayCredentials } from './identity.js';
import { exportDatabases, importDatabases } from './indexed-db.js';
import { takeSenderTag, type OpaqueSenderTag } from './sender-tag.js';
import { Stillness } from './stillness.js';
import { resumingWebSocketClass } from './websocket-shim.js';
import type { WorkerEvent, WorkerRequest, WorkerSettings } from './worker-messages.js';

/**
 * The thread in which the official client lives. It cannot be stopped but with its thread, and it takes its
 * surroundings (IndexedDB, WebSocket, console) from the global object; here they are its own.
 */

/** What is used of the official package. Its typings need those of the DOM, and do not say that `new` makes a promise. */
interface WasmPackage {
  initSync(input: { module: object }): { memory: { readonly buffer: ArrayBufferLike } };
  NymClient: new (
    onMessage: (message: Uint8Array, tag: OpaqueSenderTag | undefined) => void,
    options: object,
  ) => Promise<WasmClient>;
}

const CLIENT_ID = 'pastenym';
const stillness = new Stillness();

const settings = workerData as WorkerSettings; // from wasm-worker.ts, which is typed
const port = parentPort;
if (port === null) throw new Error('This file is started as a worker thread.');

function post(event: WorkerEvent, transfer: ArrayBuffer[] = []): void {
  port?.postMessage(event, transfer);
}

function silenceConsole(): void {
  // The client prints addresses, tags and gateways' answers. None of it may end in a log.
  const silent = () => undefined;
  Object.assign(globalThis.console, { log: silent, info: silent, warn: silent, error: silent });
}

async function startClient(): Promise<WasmClient> {
  if (settings.identity !== undefined) await importDatabases(settings.identity);
  const WebSocket = resumingWebSocketClass({
    credentials: async (url) => gatewayCredentials(await exportDatabases(), url),
    report: (event) => {
      post({ type: 'gateway', event });
    },
    sending: stillness.noteSending,
  });
  Object.assign(globalThis, { WebSocket });
  const wasm = (await import('@nymproject/nym-client-wasm')) as unknown as WasmPackage;
  const { memory } = wasm.initSync({ module: settings.wasmModule });
  return new wasm.NymClient((message, tag) => {
    received(message, tag, memory);
  }, clientOptions());
}

function clientOptions(): object {
  const { nymApiUrl, gateway, forceTls, override } = settings;
  // Without preferredGateway a later start registers with yet another gateway, and the address changes.
  return {
    clientId: CLIENT_ID,
    nymApiUrl,
    preferredGateway: gateway,
    forceTls,
    clientOverride: override,
  };
}

/** An exception in here would make the client panic: it ends the thread in a turn of its own. */
function received(
  message: Uint8Array,
  tag: OpaqueSenderTag | undefined,
  memory: { readonly buffer: ArrayBufferLike },
): void {
  try {
    const senderTag = tag === undefined ? undefined : takeSenderTag(memory.buffer, tag);
    const copy = new Uint8Array(message);
    post({ type: 'received', message: copy, senderTag }, [copy.buffer]);
  } catch (error) {
    die(error);
  }
}

/** Ends the thread, and with it this life of the official client. */
function die(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}

silenceConsole();
try {
  const client = await startClient();
  port.on('message', (request: WorkerRequest) => {
    answerRequest(client, stillness, request).then(post, die);
  });
  post({
    type: 'started',
    selfAddress: client.selfAddress(),
    identity: await exportDatabases(),
  });
} catch (error) {
  post({ type: 'failed', reason: errorText(error) });
}
