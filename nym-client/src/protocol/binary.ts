import { NYM_ADDRESS_BYTES, type NymAddress } from '@pastenym/shared/nym-address';
import { SENDER_TAG_BYTES } from './limits.js';
import type { ClientRequest, ReceivedMessage, ServerResponse } from './messages.js';
import { ERROR_KINDS, errorKindOfCode, ProtocolError } from './protocol-error.js';
import { readRecipientBytes, splitAddress } from './recipient.js';

/**
 * nym-client's binary API: one message per binary frame, a tag byte and then its fields; integers are big-endian, data
 * stand behind their length as a u64 (nymtech/nym, clients/native/websocket-requests/src/{requests,responses}.rs).
 */
const REQUEST_TAG = {
  send: 0x00,
  sendAnonymous: 0x01,
  reply: 0x02,
  selfAddress: 0x03,
  closedConnection: 0x04,
  getLaneQueueLength: 0x05,
} as const;

const RESPONSE_TAG = { error: 0x00, received: 0x01, selfAddress: 0x02, laneQueueLength: 0x03 };

const U64_BYTES = 8;
const U32_BYTES = 4;
/** A `conn_id` of 0 means none. */
const NO_CONNECTION = 0n;

const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

export function encodeBinaryRequest(request: ClientRequest): Uint8Array {
  const tag = u8(REQUEST_TAG[request.type]);
  switch (request.type) {
    case 'send':
      return concat(
        tag,
        ...addressParts(request.recipient),
        u64(request.connectionId ?? NO_CONNECTION),
        ...withLength(request.message),
      );
    case 'sendAnonymous':
      return concat(
        tag,
        u32(request.replySurbs),
        ...addressParts(request.recipient),
        u64(request.connectionId ?? NO_CONNECTION),
        ...withLength(request.message),
      );
    case 'reply':
      return concat(
        tag,
        request.senderTag,
        u64(request.connectionId ?? NO_CONNECTION),
        ...withLength(request.message),
      );
    case 'selfAddress':
      return tag;
    case 'closedConnection':
    case 'getLaneQueueLength':
      return concat(tag, u64(request.connectionId));
  }
}

/**
 * Reads the payload of a binary frame.
 * @throws ProtocolError with the native client's kind and text
 */
export function decodeBinaryRequest(frame: Uint8Array): ClientRequest {
  const fields = new FieldReader(frame);
  if (frame.length === 0) throw new ProtocolError('emptyRequest', 'no data provided');
  const tag = fields.u8();
  switch (tag) {
    case REQUEST_TAG.send:
      return decodeSend(fields);
    case REQUEST_TAG.sendAnonymous:
      return decodeSendAnonymous(fields);
    case REQUEST_TAG.reply:
      return decodeReply(fields);
    case REQUEST_TAG.selfAddress:
      return { type: 'selfAddress' };
    case REQUEST_TAG.closedConnection:
      requireExactly(fields, 'closed connection has');
      return { type: 'closedConnection', connectionId: fields.u64() };
    case REQUEST_TAG.getLaneQueueLength:
      requireExactly(fields, 'get lane queue lengths has');
      return { type: 'getLaneQueueLength', connectionId: fields.u64() };
    default:
      throw new ProtocolError(
        'unknownRequest',
        `${tag} does not correspond to any valid request tag`,
      );
  }
}

function decodeSend(fields: FieldReader): ClientRequest {
  requireRequest(fields, NYM_ADDRESS_BYTES + 2 * U64_BYTES, 'send');
  return {
    type: 'send',
    recipient: readRecipientBytes(fields.bytes(NYM_ADDRESS_BYTES)),
    connectionId: lane(fields.u64()),
    message: fields.rest('malformedRequest', 'data len'),
  };
}

function decodeSendAnonymous(fields: FieldReader): ClientRequest {
  requireRequest(fields, U32_BYTES + NYM_ADDRESS_BYTES + 2 * U64_BYTES, 'send_anonymous');
  return {
    type: 'sendAnonymous',
    replySurbs: fields.u32(),
    recipient: readRecipientBytes(fields.bytes(NYM_ADDRESS_BYTES)),
    connectionId: lane(fields.u64()),
    message: fields.rest('malformedRequest', 'data len'),
  };
}

function decodeReply(fields: FieldReader): ClientRequest {
  requireRequest(fields, SENDER_TAG_BYTES + 2 * U64_BYTES, 'reply');
  return {
    type: 'reply',
    senderTag: fields.bytes(SENDER_TAG_BYTES),
    connectionId: lane(fields.u64()),
    message: fields.rest('malformedRequest', 'message len'),
  };
}

export function encodeBinaryResponse(response: ServerResponse): Uint8Array {
  const tag = u8(RESPONSE_TAG[response.type]);
  switch (response.type) {
    case 'error': {
      const kind = u8(ERROR_KINDS[response.kind].code);
      return concat(tag, kind, ...withLength(utf8.encode(response.message)));
    }
    case 'received':
      return response.senderTag === undefined
        ? concat(tag, u8(0), ...withLength(response.message))
        : concat(tag, u8(1), response.senderTag, ...withLength(response.message));
    case 'selfAddress':
      return concat(tag, ...addressParts(response.address));
    case 'laneQueueLength':
      return concat(tag, u64(response.lane), u64(response.queueLength));
  }
}

/**
 * Reads the payload of a binary frame that a nym-client sent.
 * @throws ProtocolError of a kind that ends in `Response`
 */
export function decodeBinaryResponse(frame: Uint8Array): ServerResponse {
  const fields = new FieldReader(frame);
  if (frame.length === 0) throw new ProtocolError('emptyResponse', 'no data provided');
  const tag = fields.u8();
  switch (tag) {
    case RESPONSE_TAG.error:
      return decodeError(fields);
    case RESPONSE_TAG.received:
      return decodeReceived(fields);
    case RESPONSE_TAG.selfAddress:
      requireResponse(fields.left === NYM_ADDRESS_BYTES, 'self_address');
      return { type: 'selfAddress', address: splitAddress(fields.bytes(NYM_ADDRESS_BYTES)) };
    case RESPONSE_TAG.laneQueueLength:
      return decodeLaneQueueLength(fields);
    default:
      throw new ProtocolError(
        'unknownResponse',
        `${tag} does not correspond to any valid response tag`,
      );
  }
}

function decodeError(fields: FieldReader): ServerResponse {
  requireResponse(fields.left >= 1 + U64_BYTES, 'error');
  const code = fields.u8();
  const kind = errorKindOfCode(code);
  if (kind === undefined) throw malformedResponse(`${code} is no kind of error`);
  const text = fields.rest('malformedResponse', 'message len');
  try {
    return { type: 'error', kind, message: strictUtf8.decode(text) };
  } catch {
    throw malformedResponse('malformed error message: it is not UTF-8');
  }
}

function decodeReceived(fields: FieldReader): ReceivedMessage {
  requireResponse(fields.left >= 1 + U64_BYTES, 'received');
  const hasTag = fields.u8();
  if (hasTag > 1) throw malformedResponse(`invalid sender tag flag ${hasTag}`);
  requireResponse(fields.left >= hasTag * SENDER_TAG_BYTES + U64_BYTES, 'received');
  return {
    type: 'received',
    senderTag: hasTag === 1 ? fields.bytes(SENDER_TAG_BYTES) : undefined,
    message: fields.rest('malformedResponse', 'message len'),
  };
}

/** The queue's length is a Rust `usize`: 8 bytes, or 4 from a nym-client built for a 32-bit machine. */
function decodeLaneQueueLength(fields: FieldReader): ServerResponse {
  const isKnownSize = fields.left === 2 * U64_BYTES || fields.left === U64_BYTES + U32_BYTES;
  requireResponse(isKnownSize, 'lane_queue_length');
  const lane = fields.u64();
  const queueLength = fields.left === U64_BYTES ? fields.u64() : BigInt(fields.u32());
  return { type: 'laneQueueLength', lane, queueLength };
}

function requireRequest(fields: FieldReader, bytes: number, name: string): void {
  if (fields.left >= bytes) return;
  throw new ProtocolError('tooShortRequest', `not enough data provided to recover '${name}'`);
}

function requireExactly(fields: FieldReader, what: string): void {
  if (fields.left === U64_BYTES) return;
  throw new ProtocolError('malformedRequest', `The received ${what} invalid length`);
}

function requireResponse(isEnough: boolean, name: string): void {
  if (isEnough) return;
  throw new ProtocolError('tooShortResponse', `not enough data provided to recover '${name}'`);
}

function malformedResponse(message: string): ProtocolError {
  return new ProtocolError('malformedResponse', message);
}

function lane(connectionId: bigint): bigint | undefined {
  return connectionId === NO_CONNECTION ? undefined : connectionId;
}

/** Takes fields off the front of a frame. Whoever calls has checked that enough is left. */
class FieldReader {
  readonly #frame: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(frame: Uint8Array) {
    this.#frame = new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength);
    this.#view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  }

  get left(): number {
    return this.#frame.length - this.#at;
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(U32_BYTES));
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#advance(U64_BYTES));
  }

  /** A copy, so that a small field does not keep a large frame alive. */
  bytes(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#frame.slice(start, start + length);
  }

  /** The data that fill the frame from here, behind their length. They share the frame's memory. */
  rest(kind: 'malformedRequest' | 'malformedResponse', name: string): Uint8Array {
    const length = this.u64();
    if (length !== BigInt(this.left)) {
      const complaint = `${name} has inconsistent length. specified: ${length} got: ${this.left}`;
      throw new ProtocolError(kind, complaint);
    }
    return this.#frame.subarray(this.#advance(this.left));
  }

  #advance(bytes: number): number {
    const start = this.#at;
    this.#at += bytes;
    return start;
  }
}

function addressParts(address: NymAddress): Uint8Array[] {
  return [address.identity, address.encryption, address.gateway];
}

function withLength(data: Uint8Array): Uint8Array[] {
  return [u64(BigInt(data.length)), data];
}

function u8(value: number): Uint8Array {
  return Uint8Array.of(value);
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(U32_BYTES);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

function u64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(U64_BYTES);
  new DataView(bytes.buffer).setBigUint64(0, value);
  return bytes;
}

function concat(...parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
