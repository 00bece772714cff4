import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { COUNTERS, type CounterName, type Counters, type Refusals } from '../counters.js';
import type { EndpointState } from '../mixnet/endpoint.js';
import type { PasteStore, Usage } from '../store/store.js';

export interface MetricsOptions {
  counters: Readonly<Counters>;
  refusals: Readonly<Refusals>;
  store: Pick<PasteStore, 'usage'>;
  endpoints: () => readonly EndpointState[];
  heldMessages: () => number;
}

/** Metrics for Prometheus. They are sums over everybody: no label tells of a request. */
export function createMetrics(options: MetricsOptions): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  addCounters(registry, options.counters);
  addRefusals(registry, options.refusals);
  addUsage(registry, options.store);
  addEndpoints(registry, options.endpoints);
  gauge(registry, 'held_messages', 'Messages that wait or are being answered.', (it) => {
    it.set(options.heldMessages());
  });
  return registry;
}

function addCounters(registry: Registry, counters: Readonly<Counters>): void {
  for (const [name, meaning] of Object.entries(COUNTERS) as [CounterName, string][]) {
    new Counter({
      name: `pastenym_${snakeCase(name)}_total`,
      help: `Since the start: ${meaning}.`,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(counters[name]);
      },
    });
  }
}

function addRefusals(registry: Registry, refusals: Readonly<Refusals>): void {
  new Counter({
    name: 'pastenym_refusals_total',
    help: REFUSALS_HELP,
    labelNames: ['code'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [code, count] of Object.entries(refusals)) this.inc({ code }, count);
    },
  });
}

const REFUSALS_HELP =
  'Since the start: requests that ended with this error, those among them that pastenym_refused_total counts. Of version 1, which has no codes, only those that were too long to be read, that there was no room for, or that failed.';

const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const USAGE: Record<keyof Usage, [name: string, help: string]> = {
  pastes: ['pastes', 'Pastes that are stored, those under way among them.'],
  bytes: [
    'paste_bytes',
    'Content of the pastes that are stored; of uploads, all that was announced.',
  ],
  uploads: ['uploads', 'Uploads that are not complete.'],
};

/** When the store cannot be asked, `pastenym_store_up` says so, and how full it is stays as it was last known. */
function addUsage(registry: Registry, store: Pick<PasteStore, 'usage'>): void {
  const gauges = Object.entries(USAGE).map(([key, [name, help]]) => ({
    key: key as keyof Usage,
    gauge: gauge(registry, name, help),
  }));
  gauge(registry, 'store_up', 'Whether the store can be asked: 1 or 0.', async (up) => {
    const usage = await store.usage().catch(() => undefined);
    up.set(usage === undefined ? 0 : 1);
    if (usage !== undefined) for (const it of gauges) it.gauge.set(usage[it.key]);
  });
}

/** `endpoint` counts the entries of NYM_CLIENT_URL from 1. */
function addEndpoints(registry: Registry, endpoints: () => readonly EndpointState[]): void {
  const each = (it: Gauge<'endpoint'>, read: (state: EndpointState) => number | undefined) => {
    it.reset();
    endpoints().forEach((state, index) => {
      const value = read(state);
      if (value !== undefined) it.set({ endpoint: index + 1 }, value);
    });
  };
  gauge(registry, 'endpoint_connected', 'Whether its nym-client is connected: 1 or 0.', (it) => {
    each(it, ({ isConnected }) => Number(isConnected));
  });
  const help = 'Since the service last heard itself there, through the mixnet.';
  gauge(registry, 'endpoint_probe_age_seconds', help, (it) => {
    each(it, ({ probeAgeSeconds }) => probeAgeSeconds);
  });
}

function gauge(
  registry: Registry,
  name: string,
  help: string,
  collect: (it: Gauge<'endpoint'>) => void | Promise<void> = () => undefined,
): Gauge<'endpoint'> {
  return new Gauge({
    name: `pastenym_${name}`,
    help,
    labelNames: ['endpoint'],
    registers: [registry],
    collect() {
      return collect(this);
    },
  });
}
