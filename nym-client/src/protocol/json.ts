import { AppError } from '@pastenym/shared/errors';
import { formatNymAddress, parseNymAddress } from '@pastenym/shared/nym-address';
import { JsonError } from './json-reader.js';
import type { ClientRequest, JsonRequest, ServerResponse } from './messages.js';
import { ERROR_KINDS, ProtocolError } from './protocol-error.js';
import { readRecipient, readSenderTag } from './recipient.js';
import { formatSenderTag, parseSenderTag } from './sender-tag.js';
import { optional, readTagged, stringField, u32Field, u64Field } from './tagged-enum.js';

/**
 * nym-client's JSON API: one object per text frame (nymtech/nym, clients/native/websocket-requests, since 2022-12-13).
 * The order of fields counts: it is that of the array form, and of the complaints about missing ones.
 */
const REQUESTS = {
  name: 'ClientRequestText',
  variants: {
    send: { message: stringField, recipient: stringField, connectionId: optional(u64Field) },
    sendAnonymous: {
      recipient: stringField,
      message: stringField,
      replySurbs: u32Field,
      connectionId: optional(u64Field),
    },
    reply: { senderTag: stringField, message: stringField, connectionId: optional(u64Field) },
    selfAddress: {},
  },
};

const RESPONSES = {
  name: 'ServerResponseText',
  variants: {
    received: { message: stringField, senderTag: optional(stringField) },
    selfAddress: { address: stringField },
    laneQueueLength: { lane: u64Field, queue_length: u64Field },
    error: { message: stringField },
  },
};

const utf8 = new TextEncoder();
/** Each ill-formed sequence becomes one U+FFFD, as Rust's `from_utf8_lossy` has it; a byte order mark is text. */
const lossyUtf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const strictUtf8 = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

/**
 * Reads the payload of a text frame.
 * @throws ProtocolError `malformedRequest`, with the native client's text
 */
export function decodeJsonRequest(frame: Uint8Array): ClientRequest {
  const request = asProtocolError('malformedRequest', () => readTagged(REQUESTS, frame));
  switch (request.type) {
    case 'send':
      return {
        ...request,
        recipient: readRecipient(request.recipient),
        message: utf8.encode(request.message),
      };
    case 'sendAnonymous':
      return {
        ...request,
        recipient: readRecipient(request.recipient),
        message: utf8.encode(request.message),
      };
    case 'reply':
      return {
        ...request,
        senderTag: readSenderTag(request.senderTag),
        message: utf8.encode(request.message),
      };
    case 'selfAddress':
      return request;
  }
}

/** @throws AppError `bad-message` if the message is not UTF-8: the JSON API carries text only. */
export function encodeJsonRequest(request: JsonRequest): string {
  switch (request.type) {
    case 'send':
      return jsonObject(
        ['type', 'send'],
        ['recipient', formatNymAddress(request.recipient)],
        ['message', strictText(request.message)],
        ['connectionId', request.connectionId],
      );
    case 'sendAnonymous':
      return jsonObject(
        ['type', 'sendAnonymous'],
        ['recipient', formatNymAddress(request.recipient)],
        ['message', strictText(request.message)],
        ['replySurbs', BigInt(request.replySurbs)],
        ['connectionId', request.connectionId],
      );
    case 'reply':
      return jsonObject(
        ['type', 'reply'],
        ['senderTag', formatSenderTag(request.senderTag)],
        ['message', strictText(request.message)],
        ['connectionId', request.connectionId],
      );
    case 'selfAddress':
      return jsonObject(['type', 'selfAddress']);
  }
}

/**
 * Reads the payload of a text frame that a nym-client sent.
 * @throws ProtocolError `malformedResponse`
 */
export function decodeJsonResponse(frame: Uint8Array): ServerResponse {
  const response = asProtocolError('malformedResponse', () => readTagged(RESPONSES, frame));
  switch (response.type) {
    case 'received': {
      const { message, senderTag } = response;
      return {
        type: 'received',
        message: utf8.encode(message),
        senderTag: senderTag === undefined ? undefined : readTagOfResponse(senderTag),
      };
    }
    case 'selfAddress':
      return { type: 'selfAddress', address: readAddressOfResponse(response.address) };
    case 'laneQueueLength':
      return {
        type: 'laneQueueLength',
        lane: response.lane,
        queueLength: response.queue_length,
      };
    case 'error':
      return { type: 'error', ...splitError(response.message) };
  }
}

/** The very bytes that serde_json writes: no spaces, this order, `queue_length` alone in snake case. */
export function encodeJsonResponse(response: ServerResponse): string {
  switch (response.type) {
    case 'received': {
      const tag = response.senderTag;
      return jsonObject(
        ['type', 'received'],
        ['message', lossyUtf8.decode(response.message)],
        ['senderTag', tag === undefined ? null : formatSenderTag(tag)],
      );
    }
    case 'selfAddress':
      return jsonObject(['type', 'selfAddress'], ['address', formatNymAddress(response.address)]);
    case 'laneQueueLength':
      return jsonObject(
        ['type', 'laneQueueLength'],
        ['lane', response.lane],
        ['queue_length', response.queueLength],
      );
    case 'error': {
      const { text } = ERROR_KINDS[response.kind];
      return jsonObject(['type', 'error'], ['message', `${text}:${response.message}`]);
    }
  }
}

/** An object in the given order. Integers are bigints, which `JSON.stringify` refuses and a u64 needs. */
function jsonObject(...members: [string, string | bigint | null | undefined][]): string {
  const written = members
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `"${key}":${typeof value === 'bigint' ? value : JSON.stringify(value)}`);
  return `{${written.join(',')}}`;
}

function strictText(message: Uint8Array): string {
  try {
    return strictUtf8.decode(message);
  } catch (cause) {
    throw new AppError('bad-message', { detail: 'The JSON API carries only UTF-8.', cause });
  }
}

/** `<words of the kind>:<detail>` taken apart again. */
function splitError(text: string): { kind: keyof typeof ERROR_KINDS; message: string } {
  for (const [kind, { text: words }] of Object.entries(ERROR_KINDS)) {
    if (!text.startsWith(`${words}:`)) continue;
    // The keys are the registry's own.
    return { kind: kind as keyof typeof ERROR_KINDS, message: text.slice(words.length + 1) };
  }
  return { kind: 'other', message: text };
}

function readTagOfResponse(text: string): Uint8Array {
  return asProtocolError('malformedResponse', () => parseSenderTag(text));
}

function readAddressOfResponse(text: string): ReturnType<typeof parseNymAddress> {
  return asProtocolError('malformedResponse', () => parseNymAddress(text));
}

function asProtocolError<T>(kind: 'malformedRequest' | 'malformedResponse', read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof JsonError || error instanceof AppError) {
      throw new ProtocolError(kind, error.message);
    }
    throw error;
  }
}
