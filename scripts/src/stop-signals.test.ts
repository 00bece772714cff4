import { expect, test } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { listenForStop } from './stop-signals.js';

function listen() {
  const source = new EventEmitter();
  let nowMs = 1_000_000;
  const { stop, stopAtOnce } = listenForStop(source, () => nowMs);
  const get = (name: string, afterMs = 0) => {
    nowMs += afterMs;
    source.emit(name);
    return { stop: stop.aborted, atOnce: stopAtOnce.aborted };
  };
  return get;
}

test('the first signal asks to stop, a second one to stop at once', () => {
  const get = listen();
  expect(get('SIGINT')).toEqual({ stop: true, atOnce: false });
  expect(get('SIGTERM', 2000)).toEqual({ stop: true, atOnce: true });
});

test('one press of Ctrl-C that npm hands on a second time is one', () => {
  const get = listen();
  get('SIGINT');
  expect(get('SIGINT', 20)).toEqual({ stop: true, atOnce: false });
  expect(get('SIGINT', 1000)).toEqual({ stop: true, atOnce: true });
});

test('a terminal that is closed hurries nobody, however often it says so', () => {
  const get = listen();
  get('SIGHUP');
  expect(get('SIGHUP', 5000)).toEqual({ stop: true, atOnce: false });
});
