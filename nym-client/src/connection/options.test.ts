import { expect, test } from '@jest/globals';
import { connectSettings, DEFAULT_SETTINGS, type ConnectOptions } from './options.js';

test('an option that is undefined has its default', () => {
  const options: ConnectOptions = { heartbeatIntervalMs: undefined, maxQueuedBytes: undefined };
  expect(connectSettings(options)).toEqual(DEFAULT_SETTINGS);
  expect(connectSettings({ ...options, api: 'json' })).toEqual({
    ...DEFAULT_SETTINGS,
    api: 'json',
  });
});
