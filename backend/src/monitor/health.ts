import { setTimeout as sleep } from 'node:timers/promises';
import type { EndpointState } from '../mixnet/endpoint.js';
import type { PasteStore } from '../store/store.js';

/** What an operator's watchdog is told. Nothing in it is about anybody. */
export interface Health {
  /** Whether the service can be reached at one of its addresses at least, and can do its work. */
  isWell: boolean;
  uptimeSeconds: number;
  store: 'reachable' | 'unreachable';
  /** In the order of `NYM_CLIENT_URL`. */
  endpoints: { isConnected: boolean; probeAgeSeconds: number | null; isReachable: boolean }[];
}

export interface HealthOptions {
  store: Pick<PasteStore, 'usage'>;
  endpoints: () => readonly EndpointState[];
  /** The pace of the self-probe. */
  probeSeconds: number;
  storeTimeoutMs?: number;
}

const STORE_TIMEOUT_MS = 2000;
/** A probe that is lost is sent again, and the mixnet may be slow: an answer counts for some of its intervals. */
const COUNTED_INTERVALS = 3;

export async function readHealth(options: HealthOptions): Promise<Health> {
  const maxAgeSeconds = options.probeSeconds * COUNTED_INTERVALS;
  const endpoints = options.endpoints().map(({ isConnected, probeAgeSeconds }) => ({
    isConnected,
    probeAgeSeconds: probeAgeSeconds === undefined ? null : Math.round(probeAgeSeconds),
    isReachable: isConnected && (probeAgeSeconds ?? Infinity) <= maxAgeSeconds,
  }));
  const store = (await canReach(options)) ? 'reachable' : 'unreachable';
  const isWell = store === 'reachable' && endpoints.some(({ isReachable }) => isReachable);
  return { isWell, uptimeSeconds: Math.round(process.uptime()), store, endpoints };
}

async function canReach({ store, storeTimeoutMs = STORE_TIMEOUT_MS }: HealthOptions) {
  const answered = new AbortController();
  const impatience = sleep(storeTimeoutMs, false, { signal: answered.signal }).catch(() => false);
  const answer = store.usage().then(
    () => true,
    () => false,
  );
  const isReachable = await Promise.race([answer, impatience]);
  answered.abort();
  return isReachable;
}
