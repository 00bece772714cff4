import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { countBytes, type Quota } from '../admission/quota.js';
import type { ProofOfWork } from '../admission/work.js';
import { COUNTERS, type CounterName, type Counters, type ErrorCounts } from '../counters.js';
import type { EndpointState } from '../mixnet/endpoint.js';
import type { OtherNodes } from '../other-nodes.js';
import type { PasteStore, Usage } from '../store/store.js';
import { shareUnfinished } from './share-unfinished.js';

export interface MetricsOptions {
  counters: Readonly<Counters>;
  errorCounts: Readonly<ErrorCounts>;
  store: Pick<PasteStore, 'usage' | 'freeBytes'>;
  quotaBytes: number;
  quota: Pick<Quota, 'room'>;
  work: Pick<ProofOfWork, 'difficulty'>;
  otherNodes: Pick<OtherNodes, 'ipfs' | 'chain'>;
  sweepAgeSeconds: () => number;
  eraseAgeSeconds: () => number;
  endpoints: () => readonly EndpointState[];
  heldMessages: () => number;
}

/** Metrics for Prometheus. They are sums over everybody: no label tells of a request. */
export function createMetrics(options: MetricsOptions): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  addCounters(registry, options.counters);
  addErrorCounts(registry, options.errorCounts);
  addUsage(registry, options.store);
  addRoom(registry, options);
  addEndpoints(registry, options.endpoints);
  addOtherNodes(registry, options.otherNodes);
  gauge(registry, 'held_messages', 'Messages that wait or are being answered.', (it) => {
    it.set(options.heldMessages());
  });
  gauge(registry, 'sweep_age_seconds', SWEEP_AGE_HELP, (it) => {
    it.set(options.sweepAgeSeconds());
  });
  gauge(registry, 'erase_age_seconds', ERASE_AGE_HELP, (it) => {
    it.set(options.eraseAgeSeconds());
  });
  gauge(registry, 'puzzle_difficulty', 'What a paste costs now, in hashes; 0: nothing.', (it) => {
    it.set(options.work.difficulty);
  });
  return registry;
}

const SWEEP_AGE_HELP =
  'Since what was over has last been deleted, all of it; since the start, if it never was.';
const ERASE_AGE_HELP =
  'Since what deleted pastes leave in the files of the store has last been erased, or there was none; since the start, if that never was so. On PostgreSQL: since the last VACUUM that succeeded or was not needed.';

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

function addErrorCounts(registry: Registry, errorCounts: Readonly<ErrorCounts>): void {
  new Counter({
    name: 'pastenym_errors_total',
    help: ERRORS_HELP,
    labelNames: ['code'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [code, count] of Object.entries(errorCounts)) this.inc({ code }, count);
    },
  });
}

const ERRORS_HELP =
  'Requests that ended with an error since the start, by its code, including the messages that pastenym_refused_total counts. busy: the service has too much to do, or its database is away. Of version 1, which has no codes, only busy, store-full, internal, message-too-large and not-available (the IPFS node did not take a paste) are counted.';

const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const USAGE: [name: string, help: string, read: (usage: Usage) => number][] = [
  ['pastes', 'Pastes that are stored, those under way among them.', ({ pastes }) => pastes],
  [
    'paste_bytes',
    'Content of the pastes that are stored; of uploads, all that was announced.',
    ({ bytes }) => bytes,
  ],
  ['uploads', 'Uploads that are not complete.', ({ uploads }) => uploads],
  ['quota_used_bytes', 'The same content as the quota counts it: 1 KiB more for each.', countBytes],
];

/** When the store cannot be asked, `pastenym_store_up` says so, and how full it is stays as it was last known. */
function addUsage(registry: Registry, store: Pick<PasteStore, 'usage'>): void {
  const ask = shareUnfinished(() => store.usage().catch(() => undefined));
  gauge(registry, 'store_up', 'Whether the store can be asked: 1 or 0.', async (it) => {
    it.set((await ask()) === undefined ? 0 : 1);
  });
  for (const [name, help, read] of USAGE) {
    gauge(registry, name, help, async (it) => {
      const usage = await ask();
      if (usage !== undefined) it.set(read(usage));
    });
  }
}

type RoomOptions = Pick<MetricsOptions, 'store' | 'quotaBytes' | 'quota'>;

/** What is not known is left out: the disk's room where the store is on none of ours. */
function addRoom(registry: Registry, { store, quotaBytes, quota }: RoomOptions): void {
  const known = async (it: Gauge<never>, ask: Promise<number | undefined>) => {
    const value = await ask.catch(() => undefined);
    if (value === undefined) it.remove();
    else it.set(value);
  };
  gauge(registry, 'quota_bytes', 'How much may be stored: STORE_QUOTA_BYTES.').set(quotaBytes);
  gauge(
    registry,
    'disk_free_bytes',
    'What the disk has left that an SQLite store is on, beside what uploads have announced and not sent.',
    (it) => known(it, store.freeBytes()),
  );
  const help =
    'What new pastes may take, each 1 KiB more than its content: by quota or by disk, whichever leaves less. What was deleted makes room at the next sweep.';
  gauge(registry, 'room_bytes', help, (it) => known(it, quota.room()));
}

/** Of those that the operator has. */
function addOtherNodes(registry: Registry, { ipfs, chain }: MetricsOptions['otherNodes']): void {
  const nodes = [
    ['ipfs', 'IPFS', ipfs],
    ['bitcoin', 'Bitcoin', chain],
  ] as const;
  for (const [name, title, node] of nodes) {
    if (node === undefined) continue;
    gauge(registry, `${name}_up`, `Whether the ${title} node answers: 1 or 0.`, (it) => {
      it.set(Number(node.isAvailable));
    });
  }
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
  endpointGauge(
    registry,
    'endpoint_connected',
    'Whether its nym-client is connected: 1 or 0.',
    (it) => {
      each(it, ({ isConnected }) => Number(isConnected));
    },
  );
  const help = 'Since the service last heard itself there, through the mixnet.';
  endpointGauge(registry, 'endpoint_probe_age_seconds', help, (it) => {
    each(it, ({ probeAgeSeconds }) => probeAgeSeconds);
  });
}

type Collect<Label extends string> = (it: Gauge<Label>) => void | Promise<void>;

/** Left out until it is set, and once it is removed. */
function gauge(
  registry: Registry,
  name: string,
  help: string,
  collect: Collect<never> = () => undefined,
): Gauge<never> {
  const it = createGauge(registry, name, help, [], collect);
  it.remove(); // It begins as 0.
  return it;
}

function endpointGauge(
  registry: Registry,
  name: string,
  help: string,
  collect: Collect<'endpoint'>,
): void {
  createGauge(registry, name, help, ['endpoint'], collect);
}

function createGauge<Label extends string>(
  registry: Registry,
  name: string,
  help: string,
  labelNames: Label[],
  collect: Collect<Label>,
): Gauge<Label> {
  return new Gauge({
    name: `pastenym_${name}`,
    help,
    labelNames,
    registers: [registry],
    collect() {
      return collect(this);
    },
  });
}
