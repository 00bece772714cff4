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
  /** Heartbeats that have been sent on this link; they are numbered from 1. */
  heartbeats: number;
  /** Of these, the ones since anything was heard. */
  unansweredHeartbeats: number;
  /** What has been handed to the client and may still wait in it: messages leave one after the other. */
  bytesInFlight: number;
  /** Of these, what stands in the way of the last heartbeat. */
  bytesBeforeHeartbeat: number;
  /** How often in a row links have failed before this one; forgotten once it is proven. */
  failures: number;
}

/** Between two attempts. */
export interface Pausing {
  name: 'pausing';
  /** The last link, which has failed. */
  link: number;
  /** How many links have failed in a row; none if the last one had worked. */
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
  /** A message has come; `heartbeat` is its number if it is one of ours. */
  | { type: 'heard'; link: number; heartbeat: number | undefined }
  /** A message, not a heartbeat, has been handed to the client. */
  | { type: 'sent'; link: number; bytes: number }
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
  | { type: 'send-heartbeat'; to: string; number: number }
  /** Replaces the timer before. */
  | { type: 'set-timer'; delayMs: number };

/** The worker is 5 MB, compressed 1.6: a minute is a slow line. */
export const LOAD_TIMEOUT_MS = 60_000;
/** Topology, registration and bandwidth take half a second near by; the client itself gives up a step after five. */
export const CONNECT_TIMEOUT_MS = 30_000;
/** How long nothing may be heard before a heartbeat is sent. */
export const QUIET_MS = 30_000;
/** How long a heartbeat may take: three mixes, and a retransmission or two. What it has to wait behind comes on top. */
export const HEARTBEAT_TIMEOUT_MS = 15_000;
/** A line of 64 kbit/s. Whoever has it must be able to send a paste without being taken for deaf. */
export const SLOWEST_BYTES_PER_SECOND = 8000;
/** So many unanswered heartbeats in a row mean deaf. */
export const MAX_UNANSWERED_HEARTBEATS = 2;

/** The clients of a gateway that went away notice it in the same moment; they come back spread over so long. */
export const RECONNECT_SPREAD_MS = 2000;
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
    heartbeats: 0,
    unansweredHeartbeats: 0,
    bytesInFlight: 0,
    bytesBeforeHeartbeat: 0,
    failures,
  });
}

function stepConnected(state: Connected, event: ConnectionEvent, chance: number): Step {
  switch (event.type) {
    case 'heard': {
      const isLast = event.heartbeat === state.heartbeats;
      return [
        { ...(isLast ? drain(state) : state), proven: true, unansweredHeartbeats: 0, failures: 0 },
        [{ type: 'set-timer', delayMs: QUIET_MS }],
      ];
    }
    case 'sent':
      return [{ ...state, bytesInFlight: state.bytesInFlight + event.bytes }, []];
    case 'timer':
      if (state.unansweredHeartbeats === 0) return beat(state);
      return state.unansweredHeartbeats < MAX_UNANSWERED_HEARTBEATS
        ? beat(drain(state))
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
  const number = state.heartbeats + 1;
  const waitMs = Math.ceil((state.bytesInFlight / SLOWEST_BYTES_PER_SECOND) * 1000);
  return [
    {
      ...state,
      heartbeats: number,
      unansweredHeartbeats: state.unansweredHeartbeats + 1,
      bytesBeforeHeartbeat: state.bytesInFlight,
    },
    [
      { type: 'send-heartbeat', to: state.address, number },
      { type: 'set-timer', delayMs: HEARTBEAT_TIMEOUT_MS + waitMs },
    ],
  ];
}

/** What was before the last heartbeat has gone: it came back, or it was given the time that this takes on the slowest line. */
function drain(state: Connected): Connected {
  const bytesInFlight = state.bytesInFlight - state.bytesBeforeHeartbeat;
  return { ...state, bytesInFlight, bytesBeforeHeartbeat: 0 };
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

/** A link that has worked is replaced in a moment. One that never carried anything counts as a failure: it must not spin. */
function lose(state: Connected, trouble: Trouble, chance: number): Step {
  return state.proven
    ? pause(state.link, 0, trouble, Math.round(RECONNECT_SPREAD_MS * chance))
    : fail(state, trouble, chance);
}

function fail(state: { link: number; failures: number }, trouble: Trouble, chance: number): Step {
  const failures = state.failures + 1;
  return pause(state.link, failures, trouble, pauseMs(failures, chance));
}

function pause(link: number, failures: number, { fault, detail }: Trouble, delayMs: number): Step {
  return [
    { name: 'pausing', link, failures, trouble: { fault, detail }, delayMs },
    [{ type: 'close-link' }, { type: 'set-timer', delayMs }],
  ];
}

/** Doubles with every failure in a row, up to a bound, of which the second half is left to chance. */
export function pauseMs(failures: number, chance: number): number {
  const longest = Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
  return Math.round(longest * (0.5 + chance / 2));
}
