/**
 * The script of the Nym worker. It prepares the worker's world, then loads the official SDK's worker, unchanged, which finds
 *
 * * an IndexedDB in memory: the client keeps its keys there, and they must end with the page;
 * * a WebSocket that tells the page when it closes, which the client itself never does;
 * * a silent console: the client writes its own address there, among much else. Only its failures are passed on.
 */
import './memory-indexeddb.js';
import { report } from './post.js';
import './console.js';
import './websocket.js';

declare const SDK_WORKER_FILE: string;
declare function importScripts(...urls: string[]): void;

try {
  importScripts(SDK_WORKER_FILE);
} catch (cause) {
  report({ kind: 'pastenym:failed', fault: 'worker-failed', detail: String(cause) });
}
