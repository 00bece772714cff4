import type { EventEmitter } from 'node:events';

export interface StopSignals {
  /** The first Ctrl-C, SIGTERM or the end of the terminal: finish what is under way. */
  stop: AbortSignal;
  /** The second Ctrl-C or SIGTERM: no more patience. */
  stopAtOnce: AbortSignal;
}

/** Under npm one Ctrl-C arrives twice: from the terminal, and from npm, which hands it on. */
const SAME_PRESS_MS = 500;

/** @param source emits the names of signals, as the process does */
export function listenForStop(
  source: Pick<EventEmitter, 'on'> = process,
  now = Date.now,
): StopSignals {
  const [stop, stopAtOnce] = [new AbortController(), new AbortController()];
  let firstAt = 0;
  const onFirst = () => {
    if (!stop.signal.aborted) firstAt = now();
    stop.abort();
  };
  for (const name of ['SIGINT', 'SIGTERM']) {
    source.on(name, () => {
      if (stop.signal.aborted && now() - firstAt >= SAME_PRESS_MS) stopAtOnce.abort();
      onFirst();
    });
  }
  source.on('SIGHUP', onFirst);
  return { stop: stop.signal, stopAtOnce: stopAtOnce.signal };
}
