import { expect, test } from '@jest/globals';
import { createCounters } from '../counters.js';
import { createLogger } from '../logger.js';
import { Endpoint, type EndpointOptions } from './endpoint.js';
import { SelfProbe } from './self-probe.js';

const log = createLogger('silent');

function open(members: Pick<EndpointOptions, 'openMixnet' | 'onHopeless'>): Endpoint {
  return new Endpoint({
    url: 'ws://127.0.0.1:1',
    inbox: { deliver: () => undefined },
    createProbe: (sendAnonymous) =>
      new SelfProbe({
        sendAnonymous,
        onReachable: () => undefined,
        random: (length) => new Uint8Array(length),
        log,
        intervalMs: 60_000,
      }),
    onAddress: () => undefined,
    counters: createCounters(),
    log,
    ...members,
  });
}

test('a nym-client that can never be connected to is reported, rather than waited for', async () => {
  let endpoint: Endpoint | undefined;
  await new Promise<void>((onHopeless) => {
    const openMixnet = () => Promise.reject(new SyntaxError('a URL that websockets do not take'));
    endpoint = open({ openMixnet, onHopeless });
  });
  expect(endpoint?.state).toEqual({ isConnected: false, probeAgeSeconds: undefined });
  await endpoint?.close();
});

test('an attempt that ends because it is no longer wanted, is no failure', async () => {
  let isHopeless = false;
  const endpoint = open({
    openMixnet: (_url, _events, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(new Error('aborted'));
        });
      }),
    onHopeless: () => (isHopeless = true),
  });
  await endpoint.close();
  expect(isHopeless).toBe(false);
});

test('a connection that is made just when it is no longer wanted starts nothing', async () => {
  let asked = 0;
  let connect: () => void = () => undefined;
  const endpoint = open({
    openMixnet: (_url, events) => {
      connect = () => {
        events.connected('own.address@gateway');
      };
      const sendAnonymous = () => {
        asked++;
        return Promise.resolve();
      };
      const [reply, close] = [() => Promise.resolve(), () => Promise.resolve()];
      return Promise.resolve({ sendAnonymous, reply, close });
    },
    onHopeless: () => undefined,
  });
  const closed = endpoint.close();
  connect();
  await closed;
  await new Promise((resolve) => setImmediate(resolve));
  expect(asked).toBe(0);
  expect(endpoint.state.isConnected).toBe(false);
});
