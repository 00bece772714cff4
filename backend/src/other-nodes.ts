import { BlockHeight } from './bitcoin/block-height.js';
import type { Capabilities } from './capabilities.js';
import type { Config } from './config.js';
import { Ipfs } from './ipfs/ipfs.js';
import type { Logger } from './logger.js';

/** Nodes of other networks, where the operator has some: what version 1 can do with them. */
export interface OtherNodes {
  ipfs: Ipfs | undefined;
  chain: BlockHeight | undefined;
  capabilities: Capabilities;
  /** Lets go of them. */
  stop: () => Promise<void>;
}

/** From now on they are asked, at intervals, how they are. */
export function createOtherNodes(
  { IPFS_API_URL, BITCOIN_RPC_URL }: Pick<Config, 'IPFS_API_URL' | 'BITCOIN_RPC_URL'>,
  log: Logger,
): OtherNodes {
  const ipfs = IPFS_API_URL && new Ipfs({ url: IPFS_API_URL, log });
  const chain = BITCOIN_RPC_URL && new BlockHeight({ url: BITCOIN_RPC_URL, log });
  return {
    ipfs,
    chain,
    capabilities: {
      ipfs: () => ipfs?.isAvailable === true,
      blockHeight: () => chain?.isAvailable === true,
    },
    stop: async () => {
      await Promise.all([ipfs?.stop(), chain?.stop()]);
    },
  };
}
