import { expect, test } from '@jest/globals';
import { announcedHostname, keyRotationInfo, paginated, rewardedSet } from './topology.js';

test.each([
  ['127.0.0.1:8000', null],
  ['127.0.0.1', null],
  ['127.8.9.10:80', null],
  [undefined, null],
  ['', null],
  ['localhost:8000', 'localhost'],
  ['localhost', 'localhost'],
  ['mixnet:8000', 'mixnet'],
  ['Mixnet.Example.ORG:443', 'mixnet.example.org'],
  ['a-b.c1', 'a-b.c1'],
  ['192.168.1.5:8000', '192.168.1.5'],
  ['[::1]:8000', '[::1]'],
  ['::1', null],
  ['[::1', null],
  ['[zz]', null],
  ['1.2.3', null],
  ['999.1.1.1', null],
  ['-mixnet', null],
  ['mixnet-', null],
  ['mix net', null],
  ['mixnet/evil', null],
  ['user@mixnet', null],
  ['mixnet?x', null],
  ['mix"net', null],
  ['a..b', null],
  ['.', null],
  [`${'a'.repeat(64)}.org`, null],
  [`${'a.'.repeat(127)}org`, null],
])('a client that came by "%s" is told the hostname %s', (header, hostname) => {
  expect(announcedHostname(header)).toBe(hostname);
});

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 22, 12);
const NOW = { startedAtMs: NOW_MS, nowMs: NOW_MS };

test('epoch, rotation and their metadata agree with each other at any time', () => {
  for (let nowMs = NOW_MS; nowMs < NOW_MS + 40_000 * DAY_MS; nowMs += 777 * DAY_MS) {
    const info = keyRotationInfo(nowMs) as Record<string, unknown>;
    const epoch = info['current_absolute_epoch_id'] as number;
    const rotation = info['progress'] as Record<string, number>;
    expect(rewardedSet({ gateways: [], mixNodes: [] }, nowMs)).toMatchObject({ epoch_id: epoch });
    expect(paginated([], 0, { startedAtMs: nowMs, nowMs })).toMatchObject({
      metadata: { absolute_epoch_id: epoch, rotation_id: rotation['current_key_rotation_id'] },
    });
    expect(rotation['current_key_rotation_id']).toBeGreaterThanOrEqual(1);
    expect(rotation['current_rotation_starting_epoch']).toBeLessThanOrEqual(epoch);
    expect(rotation['current_rotation_ending_epoch']).toBeGreaterThanOrEqual(epoch);
    expect(Date.parse(String(info['current_epoch_start']))).toBeLessThanOrEqual(nowMs);
  }
});

test('all nodes are on page 0, and the pages after it are empty', () => {
  const nodes = [{ a: 1 }, { b: 2 }];
  expect(paginated(nodes, 0, NOW)).toMatchObject({
    nodes: { pagination: { total: 2, page: 0, size: 2 }, data: nodes },
  });
  expect(paginated(nodes, 1, NOW)).toMatchObject({
    nodes: { pagination: { total: 2, page: 1, size: 0 }, data: [] },
  });
});
