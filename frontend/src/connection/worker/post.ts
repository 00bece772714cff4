import type { WorkerReport } from './report.js';

/** From the worker to the page that has started it, and to nobody else: a BroadcastChannel would tell all tabs. */
export function report(message: WorkerReport): void {
  postMessage(message);
}
