import { describe, expect, test } from '@jest/globals';
import { describeSettings, readSettings, SETTINGS, SettingsError } from './settings.js';

const ADDRESS =
  'EiBAqpQdqQNzgJnzqRTqZ7qG9fYpzXCzmPjSyTWY7GRT.4nVRkEr6vGPBHXzqnUcdWrhmqTzrFeDNVtbhFe7yPtCj@FaVPwjMG71mr3fW1z9wFsRxCZHnGe66gKvgvM8FUodNg';

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readSettings(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe('the settings', () => {
  test('of an instance on the main network need no more than the service', () => {
    expect(readSettings({ SERVICE_ADDRESS: ADDRESS })).toEqual({
      host: '127.0.0.1',
      port: 8080,
      network: 'mainnet',
      nymApiUrl: 'https://validator.nymtech.net/api',
      service: { addresses: [ADDRESS] },
      gatewayUrls: ['wss:'],
      instanceName: 'Pastenym',
    });
  });

  test('of a local network let the page reach loopback only', () => {
    const settings = readSettings({
      PASTENYM_NETWORK: 'local',
      NYM_API_URL: 'http://127.0.0.1:20000/api',
      SERVICE_ADDRESS_FILE: '/run/address',
      PASTENYM_PORT: '0',
    });
    expect(settings).toMatchObject({
      network: 'local',
      port: 0,
      service: { addressFile: '/run/address' },
      gatewayUrls: ['ws://localhost:*', 'ws://127.0.0.1:*'],
    });
  });

  test('that are empty count as not given', () => {
    const env = { SERVICE_ADDRESS: ADDRESS, SERVICE_ADDRESS_FILE: '', PASTENYM_PORT: ' ' };
    expect(readSettings(env)).toMatchObject({ port: 8080, service: { addresses: [ADDRESS] } });
  });

  test('may name several addresses and gateways', () => {
    const env = {
      SERVICE_ADDRESS: `${ADDRESS}, ${ADDRESS}`,
      GATEWAY_URLS: 'wss://a.example,ws://b:9000',
    };
    expect(readSettings(env)).toMatchObject({
      service: { addresses: [ADDRESS, ADDRESS] },
      gatewayUrls: ['wss://a.example', 'ws://b:9000'],
    });
  });

  test('that are wrong are complained of all at once', () => {
    expect(
      problemsOf({
        PASTENYM_PORT: '80800',
        PASTENYM_NETWORK: 'moon',
        NYM_API_URL: 'ftp://x',
        GATEWAY_URLS: "wss:; script-src 'unsafe-eval'",
        INSTANCE_NAME: 'x'.repeat(61),
        SERVICE_ADDRESS: 'nobody',
        SERVICE_ADDRESS_FILE: '/both',
      }),
    ).toHaveLength(7);
  });

  test.each([
    ['neither an address nor a file', {}],
    ['no nym-api of a local network', { PASTENYM_NETWORK: 'local', SERVICE_ADDRESS: ADDRESS }],
    ['a port that is no number', { PASTENYM_PORT: 'http', SERVICE_ADDRESS: ADDRESS }],
  ])('are refused with %s', (_, env) => {
    expect(problemsOf(env)).toHaveLength(1);
  });

  test('are all in the help', () => {
    const help = describeSettings();
    for (const { name, meaning } of SETTINGS) {
      expect(help).toContain(name);
      expect(help).toContain(meaning);
    }
  });
});
