import type { Context } from '../context.js';
import type { Service } from '../service.js';
import { readHealth } from './health.js';
import { createMetrics } from './metrics.js';
import { openMonitor, type Monitor, type Page } from './monitor.js';

/**
 * Health and metrics of a service, if `METRICS_PORT` asks for them.
 * @throws StartupError
 */
export async function monitorService(
  { config, store, counters, errorCounts, admitting, otherNodes, log }: Context,
  service: Pick<Service, 'endpoints' | 'heldMessages' | 'sweepAgeSeconds' | 'eraseAgeSeconds'>,
): Promise<Monitor | undefined> {
  if (config.METRICS_PORT === undefined) return undefined;
  const { quota, work } = admitting;
  const shared = {
    ...{ store, quota },
    endpoints: () => service.endpoints,
    sweepAgeSeconds: () => service.sweepAgeSeconds,
  };
  const registry = createMetrics({
    ...shared,
    ...{ counters, errorCounts, work, otherNodes },
    quotaBytes: config.STORE_QUOTA_BYTES,
    heldMessages: () => service.heldMessages,
    eraseAgeSeconds: () => service.eraseAgeSeconds,
  });
  const health = {
    ...shared,
    probeSeconds: config.SELF_PROBE_SECONDS,
    sweepSeconds: config.SWEEP_INTERVAL_SECONDS,
  };
  const monitor = await openMonitor({
    host: config.METRICS_HOST,
    port: config.METRICS_PORT,
    pages: {
      '/healthz': async (): Promise<Page> => {
        const state = await readHealth(health);
        const body = `${JSON.stringify(state)}\n`;
        return { status: state.isWell ? 200 : 503, contentType: 'application/json', body };
      },
      '/metrics': async (): Promise<Page> => ({
        status: 200,
        contentType: registry.contentType,
        body: await registry.metrics(),
      }),
    },
  });
  log.info({ url: monitor.url }, 'health and metrics are served');
  return monitor;
}
