import { expect, test } from '@jest/globals';
import { hex, unhex } from '../../test/support/vectors.js';
import { formatNodeAddress, takeNodeAddress, trimNodeAddress } from './node-address.js';

const LOOPBACK = '046d627f000001';
const IPV6 = `066d62${'00'.repeat(15)}01`;

test('a socket address is written as the official client writes it', () => {
  expect(hex(formatNodeAddress('127.0.0.1', 28002))).toBe(LOOPBACK.padEnd(64, '0'));
});

test.each([
  ['IPv4', LOOPBACK, 7],
  ['IPv6', IPV6, 19],
])('an %s address is cut off the bytes that follow it', (_, address, length) => {
  const { address: padded, bytesTaken } = takeNodeAddress(unhex(`${address}ffff`));
  expect(bytesTaken).toBe(length);
  expect(hex(padded)).toBe(address.padEnd(64, '0'));
  expect(hex(trimNodeAddress(padded))).toBe(address);
});

test.each(['', '05', '00', LOOPBACK.slice(0, 12), IPV6.slice(0, -2)])(
  '"%s" is no address',
  (bytes) => {
    expect(() => takeNodeAddress(unhex(bytes))).toThrow(
      expect.objectContaining({ code: 'bad-address' }),
    );
  },
);

test.each([
  ['localhost', 1],
  ['::1', 1],
  ['127.0.0.1', 65536],
  ['127.0.0.1', -1],
  ['127.0.0.1', 1.5],
])('%s:%d cannot be written as one', (ip, port) => {
  expect(() => formatNodeAddress(ip, port)).toThrow(
    expect.objectContaining({ code: 'bad-address' }),
  );
});
