import { expect, test } from '@jest/globals';
import type { InstanceState } from '../instance/instance.js';
import { describeConnection } from './describe.js';
import type { ConnectionState } from './machine.js';

const ready: InstanceState = {
  name: 'ready',
  config: { network: 'local', nymApiUrl: '', serviceAddresses: ['service'], instanceName: '' },
};
const trouble = { fault: 'start-failed', detail: 'no gateway' } as const;
const link = 1;
const connected: ConnectionState = {
  name: 'connected',
  link,
  address: 'me',
  gateway: undefined,
  proven: true,
  heartbeats: 1,
  unansweredHeartbeats: 0,
  bytesInFlight: 0,
  bytesBeforeHeartbeat: 0,
  failures: 0,
};

test.each<[string, InstanceState, ConnectionState, string, string]>([
  ['at the start', { name: 'loading' }, { name: 'idle' }, 'connecting', 'Connecting'],
  ['without its server', { name: 'unreachable' }, { name: 'idle' }, 'failed', 'No connection'],
  [
    'while loading',
    ready,
    { name: 'loading', link, failures: 0, trouble: undefined },
    'connecting',
    'Connecting',
  ],
  [
    'while signing in',
    ready,
    { name: 'connecting', link, failures: 0, trouble: undefined, gateway: undefined },
    'connecting',
    'Connecting',
  ],
  ['once connected', ready, connected, 'connected', 'Connected'],
  [
    'after a loss',
    ready,
    { name: 'loading', link, failures: 0, trouble: { fault: 'deaf', detail: undefined } },
    'connecting',
    'Reconnecting',
  ],
  [
    'just after a loss',
    ready,
    { name: 'pausing', link, failures: 0, trouble, delayMs: 900 },
    'connecting',
    'Reconnecting',
  ],
  [
    'between attempts',
    ready,
    { name: 'pausing', link, failures: 1, trouble, delayMs: 1900 },
    'failed',
    'No connection',
  ],
  [
    'in a later attempt',
    ready,
    { name: 'connecting', link, failures: 2, trouble, gateway: undefined },
    'failed',
    'No connection',
  ],
])('%s the connection has a state and a name for it', (_, instance, connection, state, label) => {
  expect(describeConnection(instance, connection)).toMatchObject({ state, label });
});

test('a connection without a service is none', () => {
  const config = { ...ready.config, serviceAddresses: [] };
  expect(describeConnection({ name: 'ready', config }, connected)).toMatchObject({
    state: 'connecting',
    label: 'Waiting for the service',
  });
});

test('a failure says what happened, when it goes on, and what the client said', () => {
  const paused: ConnectionState = { name: 'pausing', link, failures: 1, trouble, delayMs: 1900 };
  const { detail, cause } = describeConnection(ready, paused);
  expect(detail).toMatch(/could not be reached.* Next attempt in 2 s\.$/);
  expect(cause).toBe('no gateway');
});

test('what is wrong is said in the same words in every attempt', () => {
  const attempts: ConnectionState[] = [
    { name: 'pausing', link, failures: 1, trouble, delayMs: 1900 },
    { name: 'loading', link, failures: 1, trouble },
    { name: 'connecting', link, failures: 3, trouble, gateway: undefined },
  ];
  expect(new Set(attempts.map((state) => describeConnection(ready, state).problem)).size).toBe(1);
});

test('nobody is told that messages come back before one has', () => {
  expect(describeConnection(ready, { ...connected, proven: false }).detail).toContain('on its way');
  expect(describeConnection(ready, connected).detail).toContain('come back');
});
