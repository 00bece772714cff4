import { expect, test } from '@jest/globals';
import { base58 } from '@scure/base';
import { seal } from '../crypto/aead.js';
import { signingKeyFromSeed } from '../crypto/ed25519.js';
import { systemRandom } from '../crypto/random.js';
import { REGULAR } from '../geometry.js';
import { formatNodeAddress, trimNodeAddress } from '../sphinx/node-address.js';
import type { Answer } from './control-messages.js';
import { Dialogue } from './dialogue.js';
import type { GatewayOffice } from './gateway-office.js';

const identity = systemRandom(32);
const sharedKey = systemRandom(32);

/** A client that is authenticated and may send so many bytes. */
async function dialogueWith(bandwidthBytes: number): Promise<{
  dialogue: Dialogue;
  said: Answer[];
  forwarded: () => number;
}> {
  let forwarded = 0;
  const office: GatewayOffice = {
    identity: signingKeyFromSeed(systemRandom(32)),
    protocolVersion: 5,
    clock: () => 0,
    random: systemRandom,
    sharedKey: () => sharedKey,
    register: () => Promise.resolve(),
    forget: () => Promise.resolve(),
    forward: () => (forwarded += 1),
  };
  const said: Answer[] = [];
  const say = (answer: Answer): void => void said.push(answer);
  const events = { say, onClient: () => Promise.resolve() };
  const dialogue = new Dialogue(office, events, bandwidthBytes);
  await dialogue.hearText(authentication());
  said.length = 0;
  return { dialogue, said, forwarded: () => forwarded };
}

function authentication(): Uint8Array {
  const { ciphertext, nonce } = seal(sharedKey, identity, systemRandom);
  const request = {
    type: 'authenticate',
    address: base58.encode(identity),
    enc_address: base58.encode(ciphertext),
    iv: base58.encode(nonce),
  };
  return Buffer.from(JSON.stringify(request));
}

function packetFrame(): Uint8Array {
  const address = trimNodeAddress(formatNodeAddress('127.0.0.1', 1));
  const content = Buffer.concat([Uint8Array.of(0), address, new Uint8Array(REGULAR.packetBytes)]);
  const { nonce, ciphertext } = seal(sharedKey, content, systemRandom);
  return Buffer.concat([Uint8Array.of(1, 1), nonce, ciphertext]);
}

test('a client whose bandwidth is used up is told so, and goes on when it has claimed more', async () => {
  const { dialogue, said, forwarded } = await dialogueWith(REGULAR.packetBytes + 1);
  dialogue.hearPacket(packetFrame());
  dialogue.hearPacket(packetFrame());
  expect(said).toEqual([
    { type: 'send', remaining_bandwidth: 1 },
    {
      type: 'typedError',
      error: { out_of_bandwidth: { required: REGULAR.packetBytes, available: 1 } },
    },
  ]);
  expect(forwarded()).toBe(1);
  await dialogue.hearText(Buffer.from('{"type":"claimFreeTestnetBandwidth"}'));
  dialogue.hearPacket(packetFrame());
  expect(said.slice(2)).toEqual([
    { type: 'bandwidth', available_total: 2 ** 36 },
    { type: 'send', remaining_bandwidth: 2 ** 36 - REGULAR.packetBytes },
  ]);
});
