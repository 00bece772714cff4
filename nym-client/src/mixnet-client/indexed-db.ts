import { indexedDB as untypedIndexedDB } from 'fake-indexeddb';
import type { DatabaseRecords, Identity } from './identity.js';

/** What is used here of IndexedDB (W3C, Indexed Database API 3.0); its types come only with the whole DOM's. */
interface Request<T> {
  readonly result: T;
  readonly error: unknown;
  onsuccess: (() => void) | null;
  onerror: (() => void) | null;
}

interface OpenRequest extends Request<Database> {
  onupgradeneeded: (() => void) | null;
}

interface ObjectStore {
  put(value: unknown, key: string): Request<unknown>;
  getAll(): Request<unknown[]>;
  getAllKeys(): Request<string[]>;
}

interface Database {
  readonly name: string;
  readonly version: number;
  readonly objectStoreNames: Iterable<string>;
  createObjectStore(name: string): ObjectStore;
  transaction(store: string): { objectStore(name: string): ObjectStore };
  close(): void;
}

interface Factory {
  databases(): Promise<{ name: string; version: number }[]>;
  open(name: string, version: number): OpenRequest;
}

const indexedDB = untypedIndexedDB as unknown as Factory; // see above

/** Reads all databases of this thread. */
export async function exportDatabases(): Promise<Identity> {
  const databases = await indexedDB.databases();
  return { databases: await Promise.all(databases.map(exportDatabase)) };
}

/** Makes databases as they were exported. They must not exist yet. */
export async function importDatabases({ databases }: Identity): Promise<void> {
  await Promise.all(databases.map(importDatabase));
}

async function exportDatabase(info: { name: string; version: number }): Promise<DatabaseRecords> {
  const database = await done(indexedDB.open(info.name, info.version));
  const names = [...database.objectStoreNames];
  const stores = await Promise.all(names.map((name) => exportStore(database, name)));
  database.close();
  return { ...info, stores };
}

async function exportStore(
  database: Database,
  name: string,
): Promise<DatabaseRecords['stores'][number]> {
  const store = database.transaction(name).objectStore(name);
  const [keys, values] = await Promise.all([done(store.getAllKeys()), done(store.getAll())]);
  return { name, records: keys.map((key, i) => ({ key, value: values[i] })) };
}

async function importDatabase({ name, version, stores }: DatabaseRecords): Promise<void> {
  const opening = indexedDB.open(name, version);
  opening.onupgradeneeded = () => {
    for (const { name: storeName, records } of stores) {
      const store = opening.result.createObjectStore(storeName);
      for (const { key, value } of records) store.put(value, key);
    }
  };
  (await done(opening)).close();
}

function done<T>(request: Request<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(request.error instanceof Error ? request.error : new Error(String(request.error)));
    };
  });
}
