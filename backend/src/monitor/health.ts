import { setTimeout as sleep } from 'node:timers/promises';
import type { Quota } from '../admission/quota.js';
import type { EndpointState } from '../mixnet/endpoint.js';
import type { PasteStore } from '../store/store.js';

/** What an operator's watchdog is told. Nothing in it is about anybody. */
export interface Health {
  /** Whether the service can be reached at one of its addresses at least, and can do its work. */
  isWell: boolean;
  uptimeSeconds: number;
  store: 'reachable' | 'unreachable';
  /** Whether there is room for new ones. A service that is full is well: pastes are read. */
  takesPastes: boolean;
  /** Since what was over has last been deleted, all of it; since the start, if it never was. */
  sweepAgeSeconds: number;
  /** In the order of `NYM_CLIENT_URL`. */
  endpoints: { isConnected: boolean; probeAgeSeconds: number | null; isReachable: boolean }[];
}

export interface HealthOptions {
  store: Pick<PasteStore, 'usage'>;
  quota: Pick<Quota, 'hasRoom'>;
  sweepAgeSeconds: () => number;
  /** Between sweeps. */
  sweepSeconds: number;
  endpoints: () => readonly EndpointState[];
  /** The pace of the self-probe. */
  probeSeconds: number;
  storeTimeoutMs?: number;
}

const STORE_TIMEOUT_MS = 2000;
/** A probe that is lost is sent again, and the mixnet may be slow; a sweep that fails is tried again: each counts for some of its intervals. */
const COUNTED_INTERVALS = 3;
/** A sweep takes its time, too, which comes on top of the interval. */
const SWEEP_TAKES_SECONDS = 60;

export async function readHealth(options: HealthOptions): Promise<Health> {
  const maxProbeAgeSeconds = options.probeSeconds * COUNTED_INTERVALS;
  const maxSweepAgeSeconds = options.sweepSeconds * COUNTED_INTERVALS + SWEEP_TAKES_SECONDS;
  const endpoints = options.endpoints().map(({ isConnected, probeAgeSeconds }) => ({
    isConnected,
    probeAgeSeconds: probeAgeSeconds === undefined ? null : Math.round(probeAgeSeconds),
    isReachable: isConnected && (probeAgeSeconds ?? Infinity) <= maxProbeAgeSeconds,
  }));
  const sweepAgeSeconds = options.sweepAgeSeconds();
  const hasRoom = await askForRoom(options);
  const isWell =
    hasRoom !== undefined &&
    sweepAgeSeconds <= maxSweepAgeSeconds &&
    endpoints.some(({ isReachable }) => isReachable);
  return {
    isWell,
    uptimeSeconds: Math.round(process.uptime()),
    store: hasRoom === undefined ? 'unreachable' : 'reachable',
    takesPastes: hasRoom === true,
    sweepAgeSeconds: Math.round(sweepAgeSeconds),
    endpoints,
  };
}

/** @returns undefined if the store does not answer */
async function askForRoom({ store, quota, storeTimeoutMs = STORE_TIMEOUT_MS }: HealthOptions) {
  const answered = new AbortController();
  const impatience = sleep(storeTimeoutMs, undefined, { signal: answered.signal });
  const answer = Promise.all([quota.hasRoom(), store.usage()]).then(([hasRoom]) => hasRoom);
  const hasRoom = await Promise.race([answer, impatience]).catch(() => undefined);
  answered.abort();
  return hasRoom;
}
