import type { NymAddress } from '@pastenym/shared/nym-address';
import type { ErrorKind } from './protocol-error.js';

/**
 * What an application asks of a nym-client. A `connectionId` puts the message on a lane of its own and asks for a
 * `laneQueueLength` in answer; without one a request that can be read is not answered at all.
 */
export type ClientRequest =
  | SendRequest
  | SendAnonymousRequest
  | ReplyRequest
  | { type: 'selfAddress' }
  | { type: 'closedConnection'; connectionId: bigint }
  | { type: 'getLaneQueueLength'; connectionId: bigint };

export interface SendRequest {
  type: 'send';
  recipient: NymAddress;
  message: Uint8Array;
  connectionId?: bigint | undefined;
}

export interface SendAnonymousRequest {
  type: 'sendAnonymous';
  recipient: NymAddress;
  message: Uint8Array;
  /** How many single-use reply blocks travel with the message; a u32. */
  replySurbs: number;
  connectionId?: bigint | undefined;
}

export interface ReplyRequest {
  type: 'reply';
  /** 16 bytes. */
  senderTag: Uint8Array;
  message: Uint8Array;
  connectionId?: bigint | undefined;
}

/** The requests that the JSON API has words for. */
export type JsonRequest = Exclude<
  ClientRequest,
  { type: 'closedConnection' } | { type: 'getLaneQueueLength' }
>;

/** What a nym-client tells an application: answers, and mail as it comes in. */
export type ServerResponse =
  | { type: 'error'; kind: ErrorKind; message: string }
  | ReceivedMessage
  | { type: 'selfAddress'; address: NymAddress }
  | { type: 'laneQueueLength'; lane: bigint; queueLength: bigint };

export interface ReceivedMessage {
  type: 'received';
  message: Uint8Array;
  /** 16 bytes; absent when the sender attached no reply blocks. */
  senderTag: Uint8Array | undefined;
}
