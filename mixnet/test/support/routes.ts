import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Mixnet, NetworkGateway, NetworkNode } from '@pastenym/mixnet';
import { base58 } from '@scure/base';
import { systemRandom } from '../../src/crypto/random.js';
import { ACK, type PacketSize, REGULAR, SURB_ACK_BYTES } from '../../src/geometry.js';
import { formatFrame, type KeyRotation } from '../../src/link/frame.js';
import { buildPacket, type RouteHop } from '../../src/sphinx/build.js';
import { formatNodeAddress } from '../../src/sphinx/node-address.js';
import { buildSurbAck } from '../../src/sphinx/surb.js';

/** Packets through a running network, as a client of our own makes them. */

export const hopOf = (node: NetworkNode): RouteHop => ({
  address: formatNodeAddress('127.0.0.1', node.mixPort),
  publicKey: base58.decode(node.sphinxKey),
});

/** A mix node of each layer, and the gateway. */
export function routeTo(mixnet: Mixnet, gateway: NetworkGateway): RouteHop[] {
  const mixes = [1, 2, 3].map((layer) => mixnet.mixNodes.find((node) => node.layer === layer)!);
  return [...mixes, gateway].map(hopOf);
}

export interface Letter {
  readonly route: readonly RouteHop[];
  /** Of the recipient, 32 bytes. */
  readonly destination: Uint8Array;
  readonly message: Uint8Array;
  /** Where the ack goes, and to whom; into the void when left out. */
  readonly ackRoute?: readonly RouteHop[];
  readonly ackTo?: Uint8Array;
  readonly ackContent?: Uint8Array;
  readonly size?: PacketSize;
  readonly version?: number;
  readonly delaysNs?: readonly bigint[];
}

/** A data packet: an ack in front, then the message. */
export function letter({ size = REGULAR, version = 259, ...rest }: Letter): Uint8Array {
  const ack = buildSurbAck(
    { route: rest.ackRoute ?? rest.route, destination: rest.ackTo ?? new Uint8Array(32), version },
    rest.ackContent ?? systemRandom(ACK.plaintextBytes),
  );
  const plaintext = new Uint8Array(size.plaintextBytes);
  plaintext.set(ack);
  plaintext.set(rest.message, SURB_ACK_BYTES);
  return buildPacket({ ...rest, version, plaintext, payloadBytes: size.payloadBytes });
}

/** What the gateway pushes for such a packet: the message, filled up with zeros. */
export function filled(message: Uint8Array, size = REGULAR): Uint8Array {
  const whole = new Uint8Array(size.plaintextBytes - SURB_ACK_BYTES);
  whole.set(message);
  return whole;
}

/** A connection to a mix port, as from another node. */
export async function link(node: Pick<NetworkNode, 'mixPort'>): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port: node.mixPort, noDelay: true });
  // A node that cuts us off may do so with a reset.
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Like `once(socket, 'close')`, but a reset is an end, too. */
export const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    socket.once('close', () => {
      resolve();
    });
  });

export async function sendPacket(
  node: Pick<NetworkNode, 'mixPort'>,
  packet: Uint8Array,
  rotation: KeyRotation = 1,
): Promise<void> {
  const socket = await link(node);
  socket.end(formatFrame({ packet, rotation }));
  socket.resume();
  await closed(socket);
}

/** Waits, turn by turn of the event loop, until it is so; the test's own time-out is the limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await nextTurn();
}
