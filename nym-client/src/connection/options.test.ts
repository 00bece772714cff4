import { expect, test } from '@jest/globals';
import { connectSettings, DEFAULT_SETTINGS } from './options.js';

test('an option that is undefined has its default', () => {
  const options = { heartbeatIntervalMs: undefined, maxQueuedBytes: undefined };
  expect(connectSettings(options)).toEqual(DEFAULT_SETTINGS);
  const json = connectSettings({ ...options, api: 'json' });
  expect(json).toEqual({ ...DEFAULT_SETTINGS, api: 'json' });
});
