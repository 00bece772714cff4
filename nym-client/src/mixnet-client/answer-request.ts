import { errorText } from '../error-text.js';
import { DRAIN_QUIET_MS } from './limits.js';
import type { Stillness } from './stillness.js';
import type { WorkerEvent, WorkerRequest } from './worker-messages.js';

/** What is used of an instance of the official client. */
export interface WasmClient {
  selfAddress(): string;
  /** These resolve when the message is queued. */
  send_regular_message(message: Uint8Array, recipient: string): Promise<unknown>;
  send_anonymous_message(message: Uint8Array, recipient: string, surbs: number): Promise<unknown>;
  send_reply(message: Uint8Array, tag: string): Promise<unknown>;
}

/** What is used here of a global whose types come only with the whole DOM's. */
declare const WebAssembly: { RuntimeError: new (message?: string) => Error };

/**
 * Hands a request to the official client, or waits until that sends no more.
 * @returns what it made of it; a refusal is an answer
 * @throws WebAssembly.RuntimeError if it panicked: after that it is good for nothing
 */
export async function answerRequest(
  client: WasmClient,
  stillness: Stillness,
  { id, request }: WorkerRequest,
): Promise<WorkerEvent> {
  try {
    await perform(client, stillness, request);
    return { type: 'done', id, error: undefined };
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) throw error;
    return { type: 'done', id, error: errorText(error) };
  }
}

function perform(
  client: WasmClient,
  stillness: Stillness,
  request: WorkerRequest['request'],
): Promise<unknown> {
  switch (request.type) {
    case 'send':
      return client.send_regular_message(request.message, request.recipient);
    case 'sendAnonymous':
      return client.send_anonymous_message(request.message, request.recipient, request.replySurbs);
    case 'reply':
      return client.send_reply(request.message, request.senderTag);
    case 'drain':
      return stillness.wait(DRAIN_QUIET_MS);
  }
}
