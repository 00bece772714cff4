import type { LinkFault } from './link.js';

/**
 * The connection to the mixnet as a pure state machine: state and event in, state and effects out.
 *
 * The Nym client never reconnects: once its websocket has closed it is deaf for ever, and tells nobody. So there is one rule for every
 * trouble: throw the client away and make another, with a new identity. Trouble is noticed in three ways: the worker tells that its
 * socket has closed; a step takes too long; or a heartbeat, a message to ourselves through the whole mixnet, does not come back.
 *
 * A state has one timer at most. Links are numbered, and what an old one still says is not listened to.
 */
export type ConnectionState =
  | { name: 'idle' }
  | ({ name: 'loading' } & Attempt)
  | ({ name: 'connecting'; gateway: string | undefined } & Attempt)
  | Connected
  | Pausing;

/** A link on its way: how many before it have failed in a row, and how the last one did. */
interface Attempt {
  link: number;
  failures: number;
  trouble: Trouble | undefined;
}

export interface Connected {
  name: 'connected';
  link: number;
  /** Our own Nym address, for as long as this link lasts. */
  address: string;
  gateway: string | undefined;
  /** Whether anything has come back through the mixnet on this link. */
  proven: boolean;
  /** Heartbeats that have been sent since anything was heard. */
  unansweredHeartbeats: number;
  /** How often in a row links have failed before this one; forgotten once it is proven. */
  failures: number;
}

/** Between two attempts. */
export interface Pausing {
  name: 'pausing';
  /** The last link, which has failed. */
  link: number;
  failures: number;
  trouble: Trouble;
  delayMs: number;
}

export interface Trouble {
  fault: LinkFault | 'worker-slow' | 'start-slow' | 'deaf';
  detail: string | undefined;
}

export type ConnectionEvent =
  | { type: 'start' }
  | { type: 'loaded'; link: number }
  | { type: 'gateway-reached'; link: number; url: string }
  | { type: 'connected'; link: number; address: string }
  | { type: 'heard'; link: number }
  | { type: 'broken'; link: number; fault: LinkFault; detail: string | undefined }
  /** The state's timer has run out. */
  | { type: 'timer' }
  /** Somebody wants it now: a person, or the device that is online again. */
  | { type: 'retry' }
  /** An answer is overdue: is the link still good? */
  | { type: 'suspect' }
  /** A new identity is wanted, though nothing is wrong. */
  | { type: 'renew' };

export type ConnectionEffect =
  | { type: 'open-link'; link: number }
  | { type: 'close-link' }
  | { type: 'send-heartbeat'; to: string }
  /** Replaces the timer before. */
  | { type: 'set-timer'; delayMs: number };

/** The worker is 5 MB, compressed 1.6: a minute is a slow line. */
export const LOAD_TIMEOUT_MS = 60_000;
/** Topology, registration and bandwidth take half a second near by; the client itself gives up a step after five. */
export const CONNECT_TIMEOUT_MS = 30_000;
/** How long nothing may be heard before a heartbeat is sent. */
export const QUIET_MS = 30_000;
/** How long a heartbeat may take: three mixes, and a retransmission or two. */
export const HEARTBEAT_TIMEOUT_MS = 15_000;
/** So many unanswered heartbeats in a row mean deaf. */
export const MAX_UNANSWERED_HEARTBEATS = 2;

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

export type Step = readonly [ConnectionState, readonly ConnectionEffect[]];

export const initialConnection: ConnectionState = { name: 'idle' };

/**
 * @param chance a random number from 0 to 1, so that the clients of a gateway that died do not all come back at once
 */
export function step(state: ConnectionState, event: ConnectionEvent, chance: number): Step {
  if ('link' in event && !('link' in state && state.link === event.link)) return [state, []];
  switch (state.name) {
    case 'idle':
      return event.type === 'start' ? open(1, 0, undefined) : [state, []];
    case 'loading':
    case 'connecting':
      return stepAttempt(state, event, chance);
    case 'connected':
      return stepConnected(state, event, chance);
    case 'pausing':
      return stepPausing(state, event);
  }
}

function stepAttempt(
  state: Extract<ConnectionState, Attempt>,
  event: ConnectionEvent,
  chance: number,
): Step {
  switch (event.type) {
    case 'loaded':
      return [
        { ...state, name: 'connecting', gateway: undefined },
        [{ type: 'set-timer', delayMs: CONNECT_TIMEOUT_MS }],
      ];
    case 'gateway-reached':
      return state.name === 'connecting' ? [{ ...state, gateway: event.url }, []] : [state, []];
    case 'connected':
      return enterConnected(state, event.address);
    case 'timer': {
      const fault = state.name === 'loading' ? 'worker-slow' : 'start-slow';
      return fail(state, { fault, detail: undefined }, chance);
    }
    case 'broken':
      return fail(state, event, chance);
    case 'retry':
      // An attempt under way may hang on a line that has changed since; but the first one is left in peace.
      return state.failures === 0 ? [state, []] : reopen(state, 0, undefined);
    default:
      return [state, []];
  }
}

/** The first heartbeat goes at once: it proves the whole way, there and back. */
function enterConnected(state: Extract<ConnectionState, Attempt>, address: string): Step {
  const { link, failures } = state;
  const gateway = state.name === 'connecting' ? state.gateway : undefined;
  const proven = false;
  return beat({
    name: 'connected',
    link,
    address,
    gateway,
    proven,
    unansweredHeartbeats: 0,
    failures,
  });
}

function stepConnected(state: Connected, event: ConnectionEvent, chance: number): Step {
  switch (event.type) {
    case 'heard':
      return [
        { ...state, proven: true, unansweredHeartbeats: 0, failures: 0 },
        [{ type: 'set-timer', delayMs: QUIET_MS }],
      ];
    case 'timer':
      return state.unansweredHeartbeats < MAX_UNANSWERED_HEARTBEATS
        ? beat(state)
        : lose(state, { fault: 'deaf', detail: undefined }, chance);
    case 'suspect':
    case 'retry':
      return state.unansweredHeartbeats === 0 ? beat(state) : [state, []];
    case 'broken':
      return lose(state, event, chance);
    case 'renew':
      return reopen(state, 0, undefined);
    default:
      return [state, []];
  }
}

function stepPausing(state: Pausing, event: ConnectionEvent): Step {
  switch (event.type) {
    case 'timer':
      return open(state.link + 1, state.failures, state.trouble);
    case 'retry':
      return open(state.link + 1, 0, undefined);
    default:
      return [state, []];
  }
}

function beat(state: Connected): Step {
  return [
    { ...state, unansweredHeartbeats: state.unansweredHeartbeats + 1 },
    [
      { type: 'send-heartbeat', to: state.address },
      { type: 'set-timer', delayMs: HEARTBEAT_TIMEOUT_MS },
    ],
  ];
}

function open(link: number, failures: number, trouble: Trouble | undefined): Step {
  return [
    { name: 'loading', link, failures, trouble },
    [
      { type: 'open-link', link },
      { type: 'set-timer', delayMs: LOAD_TIMEOUT_MS },
    ],
  ];
}

function reopen(state: { link: number }, failures: number, trouble: Trouble | undefined): Step {
  const [next, effects] = open(state.link + 1, failures, trouble);
  return [next, [{ type: 'close-link' }, ...effects]];
}

/** A link that has worked is replaced at once. One that never carried anything counts as a failure: it must not spin. */
function lose(state: Connected, { fault, detail }: Trouble, chance: number): Step {
  return state.proven
    ? reopen(state, 0, { fault, detail })
    : fail(state, { fault, detail }, chance);
}

function fail(
  state: { link: number; failures: number },
  { fault, detail }: Trouble,
  chance: number,
): Step {
  const failures = state.failures + 1;
  const delayMs = pauseMs(failures, chance);
  return [
    { name: 'pausing', link: state.link, failures, trouble: { fault, detail }, delayMs },
    [{ type: 'close-link' }, { type: 'set-timer', delayMs }],
  ];
}

/** Doubles with every failure in a row, up to a bound, of which the second half is left to chance. */
export function pauseMs(failures: number, chance: number): number {
  const longest = Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
  return Math.round(longest * (0.5 + chance / 2));
}
