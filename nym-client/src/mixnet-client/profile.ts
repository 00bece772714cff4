/** How a client trades anonymity against time and traffic. */
export interface Profile {
  /** No dummy traffic at all: whoever watches the line sees when and how much is sent. */
  noCover: boolean;
  /** Shorter delays and faster sending, as the native client's `--fastmode`. */
  fastMode: boolean;
  /** Packets of 32 kB for what fills them. Long messages are faster, and stand out from others' small packets. */
  extendedPackets: boolean;
  /** Milliseconds to wait for an acknowledgement on top of the expected time before a packet is sent again. */
  ackWaitMs: number | undefined;
}

/** The part of the official client's `DebugWasmOverride` that is set here. What is left out keeps Nym's defaults. */
export interface DebugOverride {
  traffic?: {
    averagePacketDelayMs?: number;
    messageSendingAverageDelayMs?: number;
    disableMainPoissonPacketDistribution?: boolean;
    useExtendedPacketSize?: boolean;
  };
  coverTraffic?: {
    loopCoverTrafficAverageDelayMs?: number;
    disableLoopCoverTrafficStream?: boolean;
  };
  acknowledgements?: { ackWaitAdditionMs?: number };
}

/** nymtech/nym, common/client-core/config-types: `set_high_default_traffic_volume` and what `--fastmode` calls. */
const FAST_PACKET_DELAY_MS = 10;
const FAST_SENDING_DELAY_MS = 4;
const FAST_LOOP_COVER_DELAY_MS = 2_000_000;

export function debugOverride(profile: Profile): DebugOverride {
  return {
    traffic: {
      ...(profile.fastMode && {
        averagePacketDelayMs: FAST_PACKET_DELAY_MS,
        messageSendingAverageDelayMs: FAST_SENDING_DELAY_MS,
      }),
      ...(profile.noCover && { disableMainPoissonPacketDistribution: true }),
      ...(profile.extendedPackets && { useExtendedPacketSize: true }),
    },
    coverTraffic: {
      ...(profile.fastMode && { loopCoverTrafficAverageDelayMs: FAST_LOOP_COVER_DELAY_MS }),
      ...(profile.noCover && { disableLoopCoverTrafficStream: true }),
    },
    acknowledgements: {
      ...(profile.ackWaitMs !== undefined && { ackWaitAdditionMs: profile.ackWaitMs }),
    },
  };
}
