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
  /** Asks for it, until it is there and names the service. Asked again while it waits, or hangs, it asks at once. */
  load: () => void;
  /** Asks once more, though it is there: the service does not answer, and may have moved. */
  refresh: () => void;
}

/** One small file from a server that has just sent the page. */
export const ASK_TIMEOUT_MS = 10_000;

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 15_000;

interface InstanceOptions {
  fetchConfig?: (signal: AbortSignal) => Promise<unknown>;
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
  let asking: AbortController | undefined;
  let pauseMs = FIRST_PAUSE_MS;
  let stopWaiting = (): void => undefined;

  async function ask(): Promise<void> {
    stopWaiting();
    asking?.abort();
    const controller = new AbortController();
    asking = controller;
    stopWaiting = schedule(ASK_TIMEOUT_MS, () => {
      controller.abort();
    });
    const config = await fetchConfig(controller.signal).then(parseConfig, () => undefined);
    if (asking !== controller) return;
    asking = undefined;
    stopWaiting();
    take(config);
    if (!isComplete(store.get())) askAgainLater();
  }

  /** Whatever is wrong with an answer, a person can only wait, or reload. What is known already is better than less. */
  function take(config: InstanceConfig | undefined): void {
    const state = store.get();
    if (config === undefined) {
      if (state.name !== 'ready') store.set({ name: 'unreachable' });
    } else if (!isComplete(state) || config.serviceAddresses.length > 0) {
      const serviceAddresses = rotate(config.serviceAddresses, chance);
      store.set({ name: 'ready', config: { ...config, serviceAddresses } });
    }
  }

  function askAgainLater(): void {
    stopWaiting = schedule(pauseMs, () => void ask());
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }

  return {
    get: store.get,
    subscribe: store.subscribe,
    load() {
      // The first request is left in peace; a later one may hang on a line that has changed since.
      const isFirst = asking !== undefined && store.get().name === 'loading';
      if (!isFirst && !isComplete(store.get())) void ask();
    },
    refresh() {
      if (asking === undefined) void ask();
    },
  };
}

/** @returns undefined for what is no configuration */
const parseConfig = (json: unknown) => configSchema.safeParse(json).data;

const isComplete = (state: InstanceState) =>
  state.name === 'ready' && state.config.serviceAddresses.length > 0;

/** Several addresses are one service; the pages of different people begin with different ones. */
function rotate<T>(items: readonly T[], chance: number): T[] {
  const first = Math.floor(chance * items.length);
  return [...items.slice(first), ...items.slice(0, first)];
}

async function fetchConfigFile(signal: AbortSignal): Promise<unknown> {
  const response = await fetch('config.json', { cache: 'no-cache', credentials: 'omit', signal });
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
