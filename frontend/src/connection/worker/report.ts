/**
 * What the prelude of the Nym worker tells the page, beside the SDK's own messages. These have a `kind` too, but no `id`, so that the SDK's
 * remote calls (Comlink) let them pass.
 */
export type WorkerReport =
  | { kind: 'pastenym:socket-open'; url: string }
  | { kind: 'pastenym:socket-closed' }
  | { kind: 'pastenym:failed'; fault: 'worker-failed' | 'start-failed'; detail: string };

/** Both ends are ours and come from one build: the kind tells all. */
export function asWorkerReport(data: unknown): WorkerReport | undefined {
  const isReport =
    typeof data === 'object' &&
    data !== null &&
    'kind' in data &&
    typeof data.kind === 'string' &&
    data.kind.startsWith('pastenym:');
  return isReport ? (data as WorkerReport) : undefined;
}
