import * as z from 'zod/mini';
import { createStore, deriveStore, type Store } from '../store.js';
import { systemSchedule, type Schedule } from '../schedule.js';

/** What this instance says of itself: one file, the same for everybody. */
const configSchema = z.object({
  network: z.enum(['local', 'mainnet']),
  nymApiUrl: z.string(),
  /** Empty while the service has not learnt its own address. */
  serviceAddresses: z.array(z.string()),
  instanceName: z.string(),
});

export type InstanceConfig = z.infer<typeof configSchema>;

export type InstanceState =
  | { name: 'loading' }
  /** The page's own server does not answer; it is asked again by and by. */
  | { name: 'unreachable' }
  | { name: 'ready'; config: InstanceConfig };

export interface Instance extends Store<InstanceState> {
  /** Asks for it, until it is there and names the service. Asked again while it waits, it does not wait. */
  load: () => void;
}

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 15_000;

interface InstanceOptions {
  fetchConfig?: () => Promise<unknown>;
  schedule?: Schedule;
  random?: () => number;
}

export function createInstance({
  fetchConfig = fetchConfigFile,
  schedule = systemSchedule,
  random = Math.random,
}: InstanceOptions = {}): Instance {
  const store = createStore<InstanceState>({ name: 'loading' });
  const chance = random();
  let isAsking = false;
  let pauseMs = FIRST_PAUSE_MS;
  let stopWaiting = (): void => undefined;

  async function ask(): Promise<void> {
    stopWaiting();
    isAsking = true;
    try {
      const config = configSchema.parse(await fetchConfig());
      const serviceAddresses = rotate(config.serviceAddresses, chance);
      store.set({ name: 'ready', config: { ...config, serviceAddresses } });
    } catch {
      // Whatever it is, a person can only wait, or reload.
      if (store.get().name !== 'ready') store.set({ name: 'unreachable' });
    } finally {
      isAsking = false;
    }
    if (!isComplete(store.get())) askAgainLater();
  }

  function askAgainLater(): void {
    stopWaiting = schedule(pauseMs, () => void ask());
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }

  return {
    get: store.get,
    subscribe: store.subscribe,
    load() {
      if (!isAsking && !isComplete(store.get())) void ask();
    },
  };
}

const isComplete = (state: InstanceState) =>
  state.name === 'ready' && state.config.serviceAddresses.length > 0;

/** Several addresses are one service; the pages of different people begin with different ones. */
function rotate<T>(items: readonly T[], chance: number): T[] {
  const first = Math.floor(chance * items.length);
  return [...items.slice(first), ...items.slice(0, first)];
}

async function fetchConfigFile(): Promise<unknown> {
  const response = await fetch('config.json', { cache: 'no-cache', credentials: 'omit' });
  if (!response.ok) throw new Error(`The server answers ${response.status}.`);
  return response.json();
}

const NOBODY: readonly string[] = [];

/** Where the paste service can be reached; empty while that is not known. */
export function serviceAddressesOf(instance: Instance): Store<readonly string[]> {
  return deriveStore(instance, (state) =>
    state.name === 'ready' ? state.config.serviceAddresses : NOBODY,
  );
}
