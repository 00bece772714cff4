import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  CONNECT_TIMEOUT_MS,
  HEARTBEAT_TIMEOUT_MS,
  initialConnection,
  LOAD_TIMEOUT_MS,
  MAX_UNANSWERED_HEARTBEATS,
  pauseMs,
  QUIET_MS,
  RECONNECT_SPREAD_MS,
  SLOWEST_BYTES_PER_SECOND,
  step,
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionState,
} from './machine.js';

const CHANCE = 0.5;

/** Runs events one after the other. */
function run(events: readonly ConnectionEvent[], from: ConnectionState = initialConnection) {
  let state = from;
  let effects: readonly ConnectionEffect[] = [];
  for (const event of events) [state, effects] = step(state, event, CHANCE);
  return { state, effects };
}

const start: ConnectionEvent = { type: 'start' };
const timer: ConnectionEvent = { type: 'timer' };
const loaded = (link = 1): ConnectionEvent => ({ type: 'loaded', link });
const connected = (link = 1): ConnectionEvent => ({ type: 'connected', link, address: 'me' });
const heard = (link = 1): ConnectionEvent => ({ type: 'heard', link, heartbeat: undefined });
const heartbeat = (number: number): ConnectionEvent => ({
  type: 'heard',
  link: 1,
  heartbeat: number,
});
const sent = (bytes: number): ConnectionEvent => ({ type: 'sent', link: 1, bytes });
const closed = (link = 1): ConnectionEvent => ({
  type: 'broken',
  link,
  fault: 'socket-closed',
  detail: undefined,
});
const startFailed = (link = 1): ConnectionEvent => ({
  type: 'broken',
  link,
  fault: 'start-failed',
  detail: 'no gateway',
});

describe('on the way to a connection', () => {
  test('nothing happens before the start', () => {
    for (const event of [timer, { type: 'retry' }, { type: 'renew' }, loaded()] as const) {
      expect(run([event])).toEqual({ state: { name: 'idle' }, effects: [] });
    }
  });

  test('the start opens the first link, and gives the worker a minute to load', () => {
    const { state, effects } = run([start]);
    expect(state).toEqual({ name: 'loading', link: 1, failures: 0, trouble: undefined });
    expect(effects).toEqual([
      { type: 'open-link', link: 1 },
      { type: 'set-timer', delayMs: LOAD_TIMEOUT_MS },
    ]);
  });

  test('a loaded worker gets half a minute to connect', () => {
    const { state, effects } = run([start, loaded()]);
    expect(state.name).toBe('connecting');
    expect(effects).toEqual([{ type: 'set-timer', delayMs: CONNECT_TIMEOUT_MS }]);
  });

  test('the gateway that was reached stays known', () => {
    const reached: ConnectionEvent = { type: 'gateway-reached', link: 1, url: 'ws://g/' };
    expect(run([start, loaded(), reached]).state).toMatchObject({ gateway: 'ws://g/' });
    expect(run([start, loaded(), reached, connected()]).state).toMatchObject({
      name: 'connected',
      gateway: 'ws://g/',
    });
    expect(run([start, reached]).state.name).toBe('loading');
  });

  test('a fresh connection sends a heartbeat at once, to prove itself', () => {
    const { state, effects } = run([start, loaded(), connected()]);
    expect(state).toMatchObject({ name: 'connected', address: 'me', proven: false });
    expect(effects).toEqual([
      { type: 'send-heartbeat', to: 'me', number: 1 },
      { type: 'set-timer', delayMs: HEARTBEAT_TIMEOUT_MS },
    ]);
  });
});

describe('what fails before it is proven', () => {
  test.each([
    ['a worker that does not load', [start, timer], 'worker-slow'],
    ['a gateway that does not answer', [start, loaded(), timer], 'start-slow'],
    ['a start that fails', [start, loaded(), startFailed()], 'start-failed'],
    ['a socket that closes unproven', [start, loaded(), connected(), closed()], 'socket-closed'],
  ] as const)('%s is closed, and tried again after a pause', (_, events, fault) => {
    const { state, effects } = run(events);
    expect(state).toMatchObject({ name: 'pausing', failures: 1, trouble: { fault } });
    expect(effects).toEqual([{ type: 'close-link' }, { type: 'set-timer', delayMs: 750 }]);
  });

  test('the next attempt is a new link that remembers the failure', () => {
    const { state, effects } = run([start, loaded(), startFailed(), timer]);
    expect(state).toMatchObject({
      name: 'loading',
      link: 2,
      failures: 1,
      trouble: { fault: 'start-failed', detail: 'no gateway' },
    });
    expect(effects[0]).toEqual({ type: 'open-link', link: 2 });
  });

  test('failures in a row are counted, over links that connected and never carried anything', () => {
    const events = [start, loaded(), startFailed(), timer, loaded(2), connected(2), closed(2)];
    expect(run(events).state).toMatchObject({ name: 'pausing', failures: 2 });
  });

  test('somebody who wants it now gets it now, and the count begins anew', () => {
    const { state, effects } = run([start, loaded(), startFailed(), { type: 'retry' }]);
    expect(state).toEqual({ name: 'loading', link: 2, failures: 0, trouble: undefined });
    expect(effects[0]).toEqual({ type: 'open-link', link: 2 });
  });

  test('an attempt after failures is begun anew when somebody wants it now, the first one is not', () => {
    const failedOnce = [start, loaded(), startFailed(), timer];
    expect(run([...failedOnce, { type: 'retry' }])).toMatchObject({
      state: { name: 'loading', link: 3, failures: 0 },
      effects: [{ type: 'close-link' }, { type: 'open-link', link: 3 }, {}],
    });
    expect(run([start, { type: 'retry' }]).effects).toEqual([]);
  });
});

describe('a connection', () => {
  const proven = [start, loaded(), connected(), heard()];

  test('is proven by anything that is heard, and then left in peace for half a minute', () => {
    const { state, effects } = run(proven);
    expect(state).toMatchObject({ proven: true, unansweredHeartbeats: 0, failures: 0 });
    expect(effects).toEqual([{ type: 'set-timer', delayMs: QUIET_MS }]);
  });

  test('that has been quiet sends a heartbeat', () => {
    const { state, effects } = run([...proven, timer]);
    expect(state).toMatchObject({ name: 'connected', unansweredHeartbeats: 1 });
    expect(effects).toContainEqual({ type: 'send-heartbeat', to: 'me', number: 2 });
  });

  test(`that does not answer ${MAX_UNANSWERED_HEARTBEATS} heartbeats is deaf, and replaced`, () => {
    expect(run([...proven, timer, timer]).state.name).toBe('connected');
    const { state, effects } = run([...proven, timer, timer, timer]);
    expect(state).toMatchObject({ name: 'pausing', failures: 0, trouble: { fault: 'deaf' } });
    expect(effects[0]).toEqual({ type: 'close-link' });
    expect(step(state, timer, CHANCE)).toMatchObject([
      { name: 'loading', link: 2, failures: 0, trouble: { fault: 'deaf' } },
      [{ type: 'open-link', link: 2 }, {}],
    ]);
  });

  test('that hears anything between two heartbeats is not deaf', () => {
    const { state } = run([...proven, timer, timer, heard(), timer]);
    expect(state).toMatchObject({ name: 'connected', unansweredHeartbeats: 1 });
  });

  test('whose socket closes is replaced after a moment that differs from client to client', () => {
    const before = run(proven).state;
    const delays = [0, 0.5, 1].map((chance) => {
      const [state, effects] = step(before, closed(), chance);
      expect(state).toMatchObject({ name: 'pausing', failures: 0 });
      return effects.find((effect) => effect.type === 'set-timer')?.delayMs;
    });
    expect(delays).toEqual([0, RECONNECT_SPREAD_MS / 2, RECONNECT_SPREAD_MS]);
    expect(run([...proven, closed(), { type: 'retry' }]).state.name).toBe('loading');
  });

  describe('that is sending much', () => {
    /** How long a slow line takes for it. */
    const MUCH = 90 * SLOWEST_BYTES_PER_SECOND;
    const timeouts = (events: readonly ConnectionEvent[]) => {
      let state = run(proven).state;
      return events.map((event) => {
        const [next, effects] = step(state, event, CHANCE);
        state = next;
        return effects.find((effect) => effect.type === 'set-timer')?.delayMs;
      });
    };

    test('gives a heartbeat that queues behind it the time that a slow line needs, once', () => {
      expect(timeouts([sent(MUCH), timer, timer])).toEqual([
        undefined,
        HEARTBEAT_TIMEOUT_MS + 90_000,
        HEARTBEAT_TIMEOUT_MS,
      ]);
    });

    test('is deaf all the same when that time has passed', () => {
      expect(run([...proven, sent(MUCH), timer, timer, timer]).state.name).toBe('pausing');
    });

    test('takes as sent what went before a heartbeat that came back, and nothing else', () => {
      const before = [sent(MUCH), timer, sent(1000)];
      const second = HEARTBEAT_TIMEOUT_MS + 1000 / (SLOWEST_BYTES_PER_SECOND / 1000);
      expect(timeouts([...before, heartbeat(2), timer]).at(-1)).toBe(second);
      // An answer, or an earlier heartbeat, does not tell how far the upload is.
      for (const other of [heard(), heartbeat(1)]) {
        expect(timeouts([...before, other, timer]).at(-1)).toBe(second + 90_000);
      }
    });
  });

  test('under suspicion sends a heartbeat at once, unless one is on its way', () => {
    const { state, effects } = run([...proven, { type: 'suspect' }]);
    expect(effects).toContainEqual({ type: 'send-heartbeat', to: 'me', number: 2 });
    expect(step(state, { type: 'suspect' }, CHANCE)).toEqual([state, []]);
    expect(step(state, { type: 'retry' }, CHANCE)).toEqual([state, []]);
  });

  test('gives way to a new identity when one is wanted', () => {
    const { state, effects } = run([...proven, { type: 'renew' }]);
    expect(state).toEqual({ name: 'loading', link: 2, failures: 0, trouble: undefined });
    expect(effects[0]).toEqual({ type: 'close-link' });
  });

  test('on its way is a new identity already', () => {
    for (const events of [[start], [start, loaded()], [start, loaded(), startFailed()]]) {
      expect(run([...events, { type: 'renew' }]).effects).toEqual([]);
    }
  });

  test('does not listen to links before it', () => {
    const second = run([...proven, closed(), timer, loaded(2), connected(2)]).state;
    for (const late of [heard(1), closed(1), connected(1), loaded(1), sent(1000)]) {
      expect(step(second, late, CHANCE)).toEqual([second, []]);
    }
  });
});

describe('pauses', () => {
  test('double, up to half a minute', () => {
    expect([1, 2, 3, 4, 5, 6, 60].map((failures) => pauseMs(failures, 1))).toEqual([
      1000, 2000, 4000, 8000, 16_000, 30_000, 30_000,
    ]);
  });

  test('leave their second half to chance', () => {
    expect([pauseMs(3, 0), pauseMs(3, 0.5), pauseMs(3, 1)]).toEqual([2000, 3000, 4000]);
  });
});

describe('whatever happens', () => {
  const anyLink = fc.integer({ min: 1, max: 4 });
  const anyEvent: fc.Arbitrary<ConnectionEvent> = fc.oneof(
    fc.constantFrom<ConnectionEvent>(
      start,
      timer,
      { type: 'retry' },
      { type: 'suspect' },
      { type: 'renew' },
    ),
    anyLink.map(loaded),
    anyLink.map(connected),
    anyLink.map(heard),
    fc.nat(5).map(heartbeat),
    fc.nat(2_000_000).map(sent),
    anyLink.map(closed),
    anyLink.map(startFailed),
  );

  test('there is one link at most, never an old one again, and a timer runs', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
        let state = initialConnection;
        let open: number | undefined;
        let newest = 0;
        let timed = false;
        for (const event of events) {
          if (event.type === 'timer' && !timed) continue;
          const [next, effects] = step(state, event, CHANCE);
          for (const effect of effects) {
            if (effect.type === 'close-link') open = undefined;
            if (effect.type === 'open-link') {
              expect(open).toBeUndefined();
              expect(effect.link).toBe(newest + 1);
              open = newest = effect.link;
            }
            if (effect.type === 'set-timer') timed = true;
          }
          state = next;
          expect(timed).toBe(state.name !== 'idle');
          if (state.name !== 'idle' && state.name !== 'pausing') expect(open).toBe(state.link);
        }
      }),
    );
  });
});
