import { cpus } from 'node:os';
import { seal, unseal } from './crypto/aead.js';
import { systemRandom } from './crypto/random.js';
import { x25519, x25519PublicKey } from './crypto/sodium.js';
import { ACK, EXTENDED32, type PacketSize, REGULAR } from './geometry.js';
import { buildPacket } from './sphinx/build.js';
import { formatNodeAddress } from './sphinx/node-address.js';
import { unwrap } from './sphinx/unwrap.js';

/**
 * What a packet costs, in CPU time of this process: each kind of hop beside its floor, the two X25519 multiplications
 * that no forward hop can do without, measured in the same rounds. The median of the rounds is printed.
 */

const ROUNDS = 9;
const ROUND_MS = 100;
const US_PER_MS = 1000;
/** How much of the time is not looked at while code is compiled. */
const WARM_UP_MS = 200;

interface Subject {
  readonly name: string;
  readonly run: () => unknown;
}

const KEY_BYTES = 32;
const nodeKey = systemRandom(KEY_BYTES);
const publicKey = x25519PublicKey(nodeKey);
const hop = { address: formatNodeAddress('127.0.0.1', 1), publicKey };

/** A packet for our node, which is its first hop of four or, when final, its only one. */
function packetOf(size: PacketSize, version: number, isFinal: boolean): Uint8Array {
  return buildPacket({
    route: isFinal ? [hop] : [hop, hop, hop, hop],
    destination: systemRandom(KEY_BYTES),
    version,
    plaintext: systemRandom(size.plaintextBytes),
    payloadBytes: size.payloadBytes,
  });
}

function hopOf(name: string, size: PacketSize, version = 259, isFinal = false): Subject {
  const packet = packetOf(size, version, isFinal);
  return { name, run: () => unwrap(packet, nodeKey) };
}

function frameOf(name: string, size: PacketSize): Subject[] {
  const plaintext = systemRandom(size.packetBytes);
  const sealed = seal(nodeKey, plaintext, systemRandom);
  return [
    { name: `gateway: seal ${name}`, run: () => seal(nodeKey, plaintext, systemRandom) },
    { name: `gateway: unseal ${name}`, run: () => unseal(nodeKey, sealed) },
  ];
}

const FLOOR: Subject = {
  name: 'floor: two X25519',
  run: () => x25519(nodeKey, x25519(nodeKey, publicKey)),
};

const SUBJECTS: readonly Subject[] = [
  FLOOR,
  hopOf('hop: regular, forward', REGULAR),
  hopOf('hop: regular, forward (version 258)', REGULAR, 258),
  hopOf('hop: regular, final', REGULAR, 259, true),
  hopOf('hop: ack, forward', ACK),
  hopOf('hop: extended32, forward', EXTENDED32),
  hopOf('hop: extended32, final', EXTENDED32, 259, true),
  ...frameOf('2.4 kB frame', REGULAR),
  ...frameOf('33 kB frame', EXTENDED32),
];

function repeatFor(milliseconds: number, run: () => unknown): number {
  const end = performance.now() + milliseconds;
  let times = 0;
  while (performance.now() < end) {
    run();
    times += 1;
  }
  return times;
}

/** CPU milliseconds, user and system, that one call takes. */
function measure({ run }: Subject): number {
  const before = process.cpuUsage();
  const times = repeatFor(ROUND_MS, run);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / US_PER_MS / times;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

function main(): void {
  for (const { run } of SUBJECTS) repeatFor(WARM_UP_MS, run);
  // Round by round, so that what else the machine does falls on all subjects alike.
  const rounds = Array.from({ length: ROUNDS }, () => SUBJECTS.map(measure));
  const medianOf = (column: number): number => median(rounds.map((round) => round[column] ?? NaN));
  const floorMs = medianOf(0);
  process.stdout.write(`mixnet, CPU per packet, median of ${ROUNDS} rounds\n`);
  process.stdout.write(`Node.js ${process.version}, ${cpus()[0]?.model ?? 'unknown CPU'}\n`);
  for (const [column, { name }] of SUBJECTS.entries()) {
    const ms = medianOf(column);
    const times = `${(ms / floorMs).toFixed(2)} x floor`;
    process.stdout.write(`${name.padEnd(38)}${ms.toFixed(3).padStart(8)} ms   ${times}\n`);
  }
}

main();
