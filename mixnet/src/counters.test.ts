import { expect, test } from '@jest/globals';
import { Counters, formatCounts, sumCounts } from './counters.js';

test('the counts of two nodes add up, and the line names what was dropped and why', () => {
  const [a, b] = [new Counters(), new Counters()];
  a.count('packetsIn');
  b.count('packetsIn');
  b.count('packetsOut');
  a.drop('replayed');
  b.drop('replayed');
  b.drop('loss');
  const sum = sumCounts([a.read(), b.read()]);
  expect(sum).toMatchObject({ packetsIn: 2, packetsOut: 1, dropped: { replayed: 2, loss: 1 } });
  const line = formatCounts({
    ...sum,
    clients: { registered: 3, connected: 1 },
    storedMessages: 4,
  });
  expect(line).toBe(
    'packets in 2, out 1, from clients 0; messages to clients 0, stored 4; ' +
      'clients registered 3, connected 1; dropped: replayed 2, loss 1',
  );
});

test('counts that were read do not change any more', () => {
  const counters = new Counters();
  const before = counters.read();
  counters.drop('loss');
  expect(before.dropped.loss).toBe(0);
});
