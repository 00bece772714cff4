/* global self, fetch, postMessage */
/**
 * Stands in for the Nym worker where a test wants to say what the mixnet does. It speaks the SDK's side of the worker's messages (Comlink
 * calls in, events out), and asks the test, through requests that never leave the browser, what becomes of a start and of a message.
 */
let address;

const remote = {
  setTextMimeTypes: () => undefined,
  async start() {
    const answer = await ask('start');
    if (answer.fault !== undefined) {
      postMessage({ kind: 'pastenym:failed', fault: answer.fault, detail: answer.detail ?? '' });
      return;
    }
    if (answer.address === undefined) return;
    address = answer.address;
    postMessage({ kind: 'pastenym:socket-open', url: 'ws://127.0.0.1:9001/' });
    postMessage({ kind: 'Connected', args: { address } });
    const { closed } = await ask('closed');
    if (closed) postMessage({ kind: 'pastenym:socket-closed' });
  },
  async rawSend({ payload, recipient }) {
    const body = { to: recipient, self: recipient === address, payload: Array.from(payload) };
    const { messages } = await ask('send', body);
    for (const message of messages) {
      postMessage({ kind: 'RawMessageReceived', args: { payload: Uint8Array.from(message) } });
    }
  },
};

async function ask(what, body = {}) {
  const response = await fetch(`/scripted-mixnet/${what}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  return response.json();
}

self.addEventListener('message', ({ data }) => {
  postMessage({ id: data.id, type: 'RAW', value: undefined });
  const call = remote[data.path?.[0]];
  if (data.type === 'APPLY') call(...data.argumentList.map(({ value }) => value));
});
postMessage({ kind: 'Loaded', args: { loaded: true } });
