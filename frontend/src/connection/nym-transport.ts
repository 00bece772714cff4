/**
 * The only file that knows the Nym SDK. It makes one SDK client per link, in a worker of its own, and ends it by ending the worker:
 * the SDK's `stop()` frees a handle and lets the traffic flow on.
 */
import { createNymMixnetClient, type Client, type Events } from '@nymproject/sdk';
import type { Link, LinkListener, OpenLink } from './link.js';
import { asWorkerReport } from './worker/report.js';

export interface NymNetwork {
  network: 'local' | 'mainnet';
  nymApiUrl: string;
}

type StartOptions = NonNullable<Parameters<Client['start']>[0]>;

/**
 * On the main network the defaults of Nym stay: delays and cover traffic are what hides people among each other. A local network hides
 * nobody, and runs on one machine: there, cover traffic would only take half a processor for each client.
 */
function startOptions({ network, nymApiUrl }: NymNetwork): StartOptions {
  // The name of a database that lives in the memory of one worker.
  const clientId = 'pastenym';
  if (network === 'mainnet') return { clientId, nymApiUrl, forceTls: true };
  return {
    clientId,
    nymApiUrl,
    clientOverride: {
      traffic: { disableMainPoissonPacketDistribution: true, useExtendedPacketSize: true },
      coverTraffic: { disableLoopCoverTrafficStream: true },
      // A busy machine is late with its acknowledgements; sending again would make it busier.
      acknowledgements: { ackWaitAdditionMs: 20_000 },
    },
  };
}

export function nymLinkOpener(network: NymNetwork): OpenLink {
  return (listener) => openNymLink(network, listener);
}

function openNymLink(network: NymNetwork, listener: LinkListener): Link {
  const worker = new Worker(
    new URL(/* webpackChunkName: "nym-worker" */ './worker/prelude.ts', import.meta.url),
  );
  const client = start(worker, network, watchSockets(worker, listener));
  client.catch((cause: unknown) => {
    listener.broken('worker-failed', describe(cause));
  });
  return {
    async send(payload, recipient, replySurbs) {
      await (await client).rawSend({ payload, recipient, replySurbs });
    },
    close() {
      worker.terminate();
    },
  };
}

async function start(worker: Worker, network: NymNetwork, listener: LinkListener): Promise<Client> {
  const { client, events } = await createClientIn(worker);
  // Before `start`: the event of being connected is not repeated for those who come late.
  subscribe(events, listener);
  listener.loaded();
  await client.start(startOptions(network));
  return client;
}

/**
 * The SDK makes its worker itself, from a fixed name beside the page, and keeps it to itself. For the moment in which it does so, `Worker`
 * is a constructor that hands out ours.
 */
function createClientIn(worker: Worker): ReturnType<typeof createNymMixnetClient> {
  const original = globalThis.Worker;
  globalThis.Worker = function useThisWorker() {
    return worker;
  } as unknown as typeof Worker; // The SDK only ever calls `new Worker(name)`.
  try {
    return createNymMixnetClient();
  } finally {
    globalThis.Worker = original;
  }
}

function subscribe(events: Events, listener: LinkListener): void {
  events.subscribeToConnected(({ args }) => {
    if (args.address !== undefined) listener.connected(args.address);
  });
  events.subscribeToRawMessageReceivedEvent(({ args }) => {
    listener.heard(args.payload);
  });
}

/**
 * Listens to the prelude. While it starts, the client opens websockets and closes them again; but once it is connected, no open one means
 * that its gateway has gone.
 * @returns the listener for the client's own events
 */
function watchSockets(worker: Worker, listener: LinkListener): LinkListener {
  let openSockets = 0;
  let connected = false;
  const check = () => {
    if (connected && openSockets === 0) listener.broken('socket-closed');
  };
  listenToReports(worker, listener.broken, {
    opened(url) {
      openSockets += 1;
      listener.gatewayReached(url);
    },
    closed() {
      openSockets -= 1;
      check();
    },
  });
  return {
    ...listener,
    connected(address) {
      connected = true;
      listener.connected(address);
      check();
    },
  };
}

function listenToReports(
  worker: Worker,
  broken: LinkListener['broken'],
  sockets: { opened: (url: string) => void; closed: () => void },
): void {
  worker.addEventListener('error', (event) => {
    broken('worker-failed', event.message);
  });
  worker.addEventListener('message', ({ data }) => {
    const report = asWorkerReport(data);
    switch (report?.kind) {
      case 'pastenym:socket-open':
        sockets.opened(report.url);
        return;
      case 'pastenym:socket-closed':
        sockets.closed();
        return;
      case 'pastenym:failed':
        broken(report.fault, report.detail);
        return;
      case undefined:
        return;
    }
  });
}

function describe(cause: unknown): string {
  return cause instanceof Error ? cause.message : '';
}
