import { expect, test } from '@jest/globals';
import { registeredClient } from '../../test/support/registered-client.js';
import {
  authenticateRequest,
  LoginDialogue,
  NotRegisteredError,
  parseGatewayAnswer,
} from './gateway-login.js';
import { gatewayCredentials } from './identity.js';

const { identity, authenticateV2 } = registeredClient;

test('the request to log in is the very one that the official client makes', () => {
  const credentials = gatewayCredentials(identity, 'ws://127.0.0.1:28101/')!;
  const nonce = Buffer.from(authenticateV2.nonce, 'base64');
  const request = authenticateRequest(credentials, authenticateV2.requestUnixTimestamp, nonce);
  expect(JSON.parse(request)).toEqual(authenticateV2);
});

/** What is said in a login, with these answers of the gateway. */
function converse(...answers: object[]): { said: string[]; outcome: unknown } {
  const dialogue = new LoginDialogue(() => 'the login');
  const said = [dialogue.begin()];
  for (const answer of answers) {
    const step = dialogue.next(parseGatewayAnswer(JSON.stringify(answer)));
    if ('say' in step) said.push(step.say);
    else if (!('wait' in step)) return { said, outcome: step };
  }
  return { said, outcome: 'waiting' };
}

const hello = { type: 'supportedProtocol', version: 5 };
const welcome = (bandwidth: number) => ({
  type: 'authenticate',
  protocol_version: 5,
  status: true,
  bandwidth_remaining: bandwidth,
});

test('a login is done when the gateway welcomes the client and there is bandwidth', () => {
  expect(converse(hello, welcome(2 ** 36))).toEqual({
    said: ['{"type":"supportedProtocol"}', 'the login'],
    outcome: { done: true },
  });
});

test('bandwidth is asked for when little is left', () => {
  const { said, outcome } = converse(
    hello,
    welcome(0),
    { type: 'send', remaining_bandwidth: 0 },
    { type: 'bandwidth', available_total: 2 ** 36 },
  );
  expect(said.at(-1)).toBe('{"type":"claimFreeTestnetBandwidth"}');
  expect(outcome).toEqual({ done: true });
});

test.each([
  [
    'does not know the client',
    [
      hello,
      { type: 'error', message: 'failed to authenticate the client: the client is not registered' },
    ],
    expect.any(NotRegisteredError),
  ],
  [
    'has another complaint',
    [hello, { type: 'error', message: 'duplicate connection' }],
    expect.objectContaining({ message: expect.stringContaining('duplicate connection') }),
  ],
  ['says no', [hello, { ...welcome(1), status: false }], expect.any(Error)],
  ['speaks an old protocol', [{ ...hello, version: 3 }], expect.any(Error)],
])('a login fails when the gateway %s', (_, answers, failed) => {
  expect(converse(...answers).outcome).toEqual({ failed });
});

test('frames that are no answers are passed over', () => {
  expect(converse({}, { type: 'whatever' }, { type: 'authenticate' }).outcome).toBe('waiting');
  expect(parseGatewayAnswer('no JSON')).toBeUndefined();
});
