import { expect, test } from '@jest/globals';
import { debugOverride } from './profile.js';

const plain = { noCover: false, fastMode: false, extendedPackets: false, ackWaitMs: undefined };

test("nothing is overridden where Nym's own defaults are wanted", () => {
  expect(debugOverride(plain)).toEqual({ traffic: {}, coverTraffic: {}, acknowledgements: {} });
});

test('no cover means neither of the two streams of dummies', () => {
  expect(debugOverride({ ...plain, noCover: true })).toEqual({
    traffic: { disableMainPoissonPacketDistribution: true },
    coverTraffic: { disableLoopCoverTrafficStream: true },
    acknowledgements: {},
  });
});

test('the others say what they change', () => {
  expect(
    debugOverride({ ...plain, fastMode: true, extendedPackets: true, ackWaitMs: 5000 }),
  ).toEqual({
    traffic: {
      averagePacketDelayMs: 10,
      messageSendingAverageDelayMs: 4,
      useExtendedPacketSize: true,
    },
    coverTraffic: { loopCoverTrafficAverageDelayMs: 2_000_000 },
    acknowledgements: { ackWaitAdditionMs: 5000 },
  });
});
