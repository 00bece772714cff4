import { expect, test } from '@jest/globals';
import { systemRandom } from './crypto/random.js';
import { completeState, formatState, networkFile } from './network-state.js';
import { resolveOptions } from './options.js';

const complete = (
  options: Parameters<typeof resolveOptions>[0],
  saved?: Parameters<typeof completeState>[0],
): ReturnType<typeof completeState> => completeState(saved, resolveOptions(options), systemRandom);

test('what is written is what is read', () => {
  const state = complete({ portBase: 2000 });
  const read = networkFile.parse(JSON.parse(JSON.stringify(formatState(state))));
  expect(formatState(read)).toEqual(formatState(state));
});

test('no two nodes have a key in common', () => {
  const { gateways, layers } = complete({ gateways: 3, mixNodesPerLayer: 3 });
  const nodes = [...gateways, ...layers[1], ...layers[2], ...layers[3]];
  const keys = nodes.flatMap((n) => [n.identitySeed, n.sphinxKey]).map((k) => k.toString());
  expect(new Set(keys).size).toBe(24);
});

test('a smaller network keeps the nodes that it does not need for a later, larger one', () => {
  const large = complete({ gateways: 3, mixNodesPerLayer: 2 });
  const small = complete({ gateways: 1, mixNodesPerLayer: 1 }, large);
  expect(complete({ gateways: 3, mixNodesPerLayer: 2 }, small)).toEqual(large);
});

test('a larger network keeps the nodes of the smaller one', () => {
  const small = complete({ gateways: 1 });
  const large = complete({ gateways: 2 }, small);
  expect(large.gateways[0]).toEqual(small.gateways[0]);
  expect(large.layers).toEqual(small.layers);
});

test('a port base sets the ports: nym-api, websockets from +10, mix ports from +30', () => {
  const state = complete({ portBase: 17_000, gateways: 2, mixNodesPerLayer: 1 });
  expect(state.nymApiPort).toBe(17_000);
  expect(state.gateways.map(({ wsPort }) => wsPort)).toEqual([17_010, 17_011]);
  expect(state.gateways.map(({ mixPort }) => mixPort)).toEqual([17_030, 17_031]);
  expect(state.layers[1].map(({ mixPort }) => mixPort)).toEqual([17_032]);
  expect(state.layers[3].map(({ mixPort }) => mixPort)).toEqual([17_034]);
});

test('without a port base the ports of last time are taken', () => {
  const saved = complete({ portBase: 17_000 });
  expect(complete({}, saved)).toEqual(saved);
});

test.each([
  { gateways: 0 },
  { gateways: 21 },
  { gateways: 1.5 },
  { mixNodesPerLayer: 0 },
  { mixNodesPerLayer: 21 },
  { portBase: 0 },
  { portBase: 65_530 },
  { gatewayProtocol: 2 },
  { gatewayProtocol: 6 },
  { gatewayProtocol: '5' },
])('the options %j make no sense', (options) => {
  expect(() => resolveOptions(options as object)).toThrow(
    expect.objectContaining({ code: 'bad-option' }),
  );
});

test('an option that is given as undefined is one that is left out', () => {
  expect(resolveOptions({ gateways: undefined } as object).gateways).toBe(2);
});
