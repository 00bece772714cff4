import type { InstanceState } from '../instance/instance.js';
import type { ConnectionState, Pausing, Trouble } from './machine.js';

/** The connection as a person sees it. */
export interface ConnectionView {
  state: 'connecting' | 'connected' | 'failed';
  label: string;
  /** What is going on, in a sentence or two. */
  detail: string;
  /** What is wrong. It stays the same from attempt to attempt: whoever has it read out must not hear it again each time. */
  problem: string | undefined;
  /** The client's own words about what went wrong, if there are any. */
  cause: string | undefined;
}

const FAULTS: Record<Trouble['fault'], string> = {
  'worker-failed': 'The mixnet client could not be loaded, or has crashed.',
  'worker-slow': 'The mixnet client could not be loaded in time.',
  'start-failed': 'The Nym network could not be reached, or no gateway took this client in.',
  'start-slow': 'No gateway of the Nym network has answered in time.',
  'socket-closed': 'The gateway has closed the connection.',
  deaf: 'Nothing comes back through the mixnet any more.',
};

export function describeConnection(
  instance: InstanceState,
  connection: ConnectionState,
): ConnectionView {
  if (instance.name === 'unreachable') {
    return failed("This page's own server does not answer.", 'It is asked again by and by.');
  }
  switch (connection.name) {
    case 'idle':
      return connecting('Asking which network this instance uses.');
    case 'loading':
    case 'connecting':
      return describeAttempt(connection);
    case 'pausing':
      return describePause(connection);
    case 'connected':
      return describeConnected(instance, connection.proven);
  }
}

/** After a link that had worked, a moment; after failures, something to tell. */
function describePause({ trouble, failures, delayMs }: Pausing): ConnectionView {
  const problem = FAULTS[trouble.fault];
  return failures === 0
    ? reconnecting(problem, 'Another one is made.')
    : failed(problem, `Next attempt in ${seconds(delayMs)}.`, trouble.detail);
}

function describeAttempt(
  state: Extract<ConnectionState, { name: 'loading' | 'connecting' }>,
): ConnectionView {
  const { trouble, failures } = state;
  const doing =
    state.name === 'loading'
      ? 'Loading the mixnet client.'
      : 'Asking for the nodes of the network, and signing in at a gateway.';
  if (trouble === undefined) return connecting(doing);
  const problem = FAULTS[trouble.fault];
  return failures === 0
    ? reconnecting(problem, doing)
    : failed(problem, `${doing} Attempt ${failures + 1}.`, trouble.detail);
}

function describeConnected(instance: InstanceState, proven: boolean): ConnectionView {
  if (instance.name === 'ready' && instance.config.serviceAddresses.length === 0) {
    return {
      ...connecting('The paste service has not said yet where it is. It is asked for by and by.'),
      label: 'Waiting for the service',
    };
  }
  return {
    state: 'connected',
    label: 'Connected',
    detail: proven
      ? 'Messages go out through the mixnet, and come back.'
      : 'Signed in at a gateway. A first message is on its way through the mixnet.',
    problem: undefined,
    cause: undefined,
  };
}

const connecting = (detail: string): ConnectionView => ({
  state: 'connecting',
  label: 'Connecting',
  detail,
  problem: undefined,
  cause: undefined,
});

const reconnecting = (problem: string, doing: string): ConnectionView => ({
  ...connecting(`${problem} ${doing}`),
  label: 'Reconnecting',
});

const failed = (problem: string, doing: string, cause?: string): ConnectionView => ({
  state: 'failed',
  label: 'No connection',
  detail: `${problem} ${doing}`,
  problem,
  cause,
});

const seconds = (ms: number) => `${Math.max(1, Math.round(ms / 1000))} s`;
