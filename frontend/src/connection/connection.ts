import { createStore, type Store } from '../store.js';
import { systemSchedule, type Schedule } from '../schedule.js';
import { formatHeartbeat, parseHeartbeat } from './heartbeat.js';
import type { Link, LinkListener, OpenLink } from './link.js';
import {
  initialConnection,
  step,
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionState,
} from './machine.js';

/** The connection as the rest of the page sees it: its state, and a way to send that is there only while it is connected. */
export interface Connection extends Store<ConnectionState> {
  start(): void;
  /** Somebody wants it now. */
  retry(): void;
  /** An answer is overdue: find out whether the link is still good. */
  suspect(): void;
  /** Take a new identity. */
  renew(): void;
  /** @throws Error if there is no link; ask the state first */
  send(message: Uint8Array, recipient: string, replySurbs: number): Promise<void>;
  /** Everything that comes, our own heartbeats too. @returns forgets the listener */
  onMessage(listener: (message: Uint8Array) => void): () => void;
  stop(): void;
}

/** Runs the machine: what it wants done, done; what happens, told to it. */
export function createConnection(
  openLink: OpenLink,
  {
    schedule = systemSchedule,
    random = Math.random,
  }: { schedule?: Schedule; random?: () => number } = {},
): Connection {
  const store = createStore<ConnectionState>(initialConnection);
  const messageListeners = new Set<(message: Uint8Array) => void>();
  let link: Link | undefined;
  let clearTimer = (): void => undefined;

  /** One event after the other: what an effect or a listener causes waits until this one is done. */
  const waiting: ConnectionEvent[] = [];
  let stepping = false;

  function tell(event: ConnectionEvent): void {
    waiting.push(event);
    if (stepping) return;
    stepping = true;
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) take(next);
    } finally {
      stepping = false;
    }
  }

  function take(event: ConnectionEvent): void {
    const [next, effects] = step(store.get(), event, random());
    store.set(next);
    for (const effect of effects) apply(effect);
  }

  function apply(effect: ConnectionEffect): void {
    switch (effect.type) {
      case 'open-link':
        open(effect.link);
        return;
      case 'close-link':
        link?.close();
        link = undefined;
        return;
      case 'set-timer':
        clearTimer();
        clearTimer = schedule(effect.delayMs, () => {
          tell({ type: 'timer' });
        });
        return;
      case 'send-heartbeat':
        // A client that cannot send does not get its heartbeat back either.
        link?.send(formatHeartbeat(effect.number), effect.to, 0).catch(() => undefined);
        return;
    }
  }

  /** A browser may refuse a worker on the spot. That is a link that broke, like any other. */
  function open(number: number): void {
    try {
      link = openLink(listenTo(number));
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : undefined;
      tell({ type: 'broken', link: number, fault: 'worker-failed', detail });
    }
  }

  function listenTo(number: number): LinkListener {
    return {
      loaded() {
        tell({ type: 'loaded', link: number });
      },
      gatewayReached(url) {
        tell({ type: 'gateway-reached', link: number, url });
      },
      connected(address) {
        tell({ type: 'connected', link: number, address });
      },
      heard(message) {
        if (!isCurrent(number)) return;
        tell({ type: 'heard', link: number, heartbeat: parseHeartbeat(message) });
        for (const listener of [...messageListeners]) listener(message);
      },
      broken(fault, detail) {
        tell({ type: 'broken', link: number, fault, detail });
      },
    };
  }

  function isCurrent(number: number): boolean {
    const state = store.get();
    return state.name === 'connected' && state.link === number;
  }

  return {
    get: store.get,
    subscribe: store.subscribe,
    start() {
      tell({ type: 'start' });
    },
    retry() {
      tell({ type: 'retry' });
    },
    suspect() {
      tell({ type: 'suspect' });
    },
    renew() {
      tell({ type: 'renew' });
    },
    send(message, recipient, replySurbs) {
      const state = store.get();
      if (link === undefined || state.name !== 'connected') {
        return Promise.reject(new Error('There is no link.'));
      }
      tell({ type: 'sent', link: state.link, bytes: message.length });
      return link.send(message, recipient, replySurbs);
    },
    onMessage(listener) {
      messageListeners.add(listener);
      return () => messageListeners.delete(listener);
    },
    stop() {
      clearTimer();
      link?.close();
      link = undefined;
    },
  };
}
