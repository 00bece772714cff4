import { report } from './post.js';

/** The SDK's worker has no other way of telling that it has failed: `start()` never rejects. */
const FATAL = [
  { text: '[Nym WASM client] Failed to start', fault: 'start-failed' },
  { text: '[Worker thread] failed to start', fault: 'worker-failed' },
  // What the client's panic hook writes; the client is dead then.
  { text: 'panicked at', fault: 'worker-failed' },
] as const;

/** Reading a reply of ours as one of the SDK's own MIME messages fails, every time, and means nothing. All else is dropped too. */
function onError(...parts: unknown[]): void {
  const [first] = parts;
  if (typeof first !== 'string') return;
  const fatal = FATAL.find(({ text }) => first.includes(text));
  if (fatal === undefined) return;
  const cause = parts.slice(1).map(String).join(' ');
  const detail = cause === '' ? first.split('\n', 1).join('') : cause;
  report({ kind: 'pastenym:failed', fault: fatal.fault, detail });
}

const silent = () => undefined;
Object.assign(console, { log: silent, debug: silent, info: silent, warn: silent, error: onError });
