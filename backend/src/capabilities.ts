/** What the service can do just now, beyond storing pastes itself: the truth at the moment at which somebody asks. */
export interface Capabilities {
  /** Version 1 pastes can be stored on IPFS. */
  ipfs: () => boolean;
  /** Version 1 pastes can expire at a height of the Bitcoin block chain. */
  blockHeight: () => boolean;
}
