/**
 * A process with the official Nym client (@nymproject/nym-client-wasm 1.4.1, unmodified) inside, driven by the parent's
 * messages: `{id, command, args}` is answered by `{id, result}` or `{id, error}`; what the client receives comes as
 * `{received: {bytes, tag}}`. A process of its own, because the client cannot be stopped in any other way and because it
 * takes its surroundings from the global object.
 */
import 'fake-indexeddb/auto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { deserialize, serialize } from 'node:v8';
import { initSync, NymClient } from '@nymproject/nym-client-wasm';
import { base58 } from '@scure/base';
import { WebSocket } from 'ws';

/**
 * The client drops its listeners before the socket's last events arrive, and then the call into WebAssembly throws. A
 * browser reports that to the console; `ws` would let it end the process.
 */
class QuietWebSocket extends WebSocket {
  #wrapped = new Map();

  constructor(url) {
    super(url, { perMessageDeflate: false });
  }

  addEventListener(type, listener) {
    const quiet = (event) => {
      try {
        listener(event);
      } catch (error) {
        if (type === 'message') throw error;
      }
    };
    this.#wrapped.set(listener, quiet);
    super.addEventListener(type, quiet);
  }

  removeEventListener(type, listener) {
    super.removeEventListener(type, this.#wrapped.get(listener) ?? listener);
  }
}

globalThis.WebSocket = QuietWebSocket;

const require = createRequire(import.meta.url);
const wasmFile = require.resolve('@nymproject/nym-client-wasm').replace(/\.js$/, '_bg.wasm');
const wasm = initSync({ module: readFileSync(wasmFile) });

/** A sender tag is an object without accessors; its 16 bytes lie behind a 4-byte borrow flag. */
function readTag(tag) {
  const bytes = new Uint8Array(wasm.memory.buffer, tag.__wbg_ptr + 4, 16).slice();
  tag.free();
  return base58.encode(bytes);
}

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const { indexedDB } = globalThis;

/** All databases as `[{name, version, stores: [{name, entries: [[key, value]]}]}]`. */
async function dumpDatabases() {
  const dump = [];
  for (const { name, version } of await indexedDB.databases()) {
    const database = await done(indexedDB.open(name, version));
    const stores = [];
    for (const storeName of database.objectStoreNames) {
      const store = database.transaction(storeName).objectStore(storeName);
      const [keys, values] = await Promise.all([done(store.getAllKeys()), done(store.getAll())]);
      stores.push({ name: storeName, entries: keys.map((key, i) => [key, values[i]]) });
    }
    database.close();
    dump.push({ name, version, stores });
  }
  return dump;
}

async function restoreDatabases(dump) {
  for (const { name, version, stores } of dump) {
    const opening = indexedDB.open(name, version);
    opening.onupgradeneeded = () => {
      for (const store of stores) {
        const created = opening.result.createObjectStore(store.name);
        for (const [key, value] of store.entries) created.put(value, key);
      }
    };
    (await done(opening)).close();
  }
}

let client;

const commands = {
  async start({ storageFile, ...options }) {
    if (storageFile && existsSync(storageFile)) {
      await restoreDatabases(deserialize(readFileSync(storageFile)));
    }
    client = await new NymClient((bytes, tag) => {
      process.send({ received: { bytes, tag: tag === undefined ? undefined : readTag(tag) } });
    }, options);
    if (storageFile) writeFileSync(storageFile, serialize(await dumpDatabases()));
    return client.selfAddress();
  },
  sendRegular: ({ bytes, recipient }) => client.send_regular_message(bytes, recipient),
  sendAnonymous: ({ bytes, recipient, surbs }) =>
    client.send_anonymous_message(bytes, recipient, surbs),
  sendReply: ({ bytes, tag }) => client.send_reply(bytes, tag),
};

process.on('message', async ({ id, command, args }) => {
  try {
    process.send({ id, result: await commands[command](args) });
  } catch (error) {
    process.send({ id, error: String(error?.message ?? error) });
  }
});
// The parent has gone, or wants an end: the client itself would go on for ever.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
