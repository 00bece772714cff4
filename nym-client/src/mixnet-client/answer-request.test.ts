import { expect, test } from '@jest/globals';
import { answerRequest, type WasmClient } from './answer-request.js';
import { Stillness } from './stillness.js';
import type { WorkerRequest } from './worker-messages.js';

declare const WebAssembly: { RuntimeError: new (message: string) => Error };

const stillness = new Stillness();
const request: WorkerRequest = {
  id: 7,
  request: { type: 'reply', senderTag: 'tag', message: Uint8Array.of(1) },
};

function clientThat(send_reply: () => Promise<unknown>): WasmClient {
  const unexpected = () => Promise.reject(new Error('not asked for'));
  return {
    selfAddress: () => '',
    send_regular_message: unexpected,
    send_anonymous_message: unexpected,
    send_reply,
  };
}

test('what the official client takes or refuses is answered', async () => {
  const willing = clientThat(() => Promise.resolve(null));
  expect(await answerRequest(willing, stillness, request)).toEqual({
    type: 'done',
    id: 7,
    error: undefined,
  });
  const unwilling = clientThat(() => Promise.reject(new Error('not a tag')));
  expect(await answerRequest(unwilling, stillness, request)).toEqual({
    type: 'done',
    id: 7,
    error: 'not a tag',
  });
});

test('a panic of the official client is no refusal, whether it comes at once or later', async () => {
  const panic = new WebAssembly.RuntimeError('unreachable');
  const atOnce = clientThat(() => {
    throw panic;
  });
  await expect(answerRequest(atOnce, stillness, request)).rejects.toBe(panic);
  const later = clientThat(() => Promise.reject(panic));
  await expect(answerRequest(later, stillness, request)).rejects.toBe(panic);
});
