import { base58 } from '@scure/base';
import { AppError } from '@pastenym/shared/errors';
import { SENDER_TAG_BYTES } from './limits.js';

/** 16 bytes take at most this many base58 characters. */
const MAX_TAG_CHARACTERS = 22;

export function formatSenderTag(tag: Uint8Array): string {
  return base58.encode(tag);
}

/**
 * Parses a tag that an application hands over for a reply.
 * @throws AppError `bad-address`
 */
export function parseSenderTag(text: string): Uint8Array {
  if (text.length > MAX_TAG_CHARACTERS) throw badTag();
  let tag: Uint8Array;
  try {
    tag = base58.decode(text);
  } catch (cause) {
    throw badTag(cause);
  }
  if (tag.length !== SENDER_TAG_BYTES) throw badTag();
  return tag;
}

function badTag(cause?: unknown): AppError {
  const detail = `A sender tag is base58 of ${SENDER_TAG_BYTES} bytes.`;
  return new AppError('bad-address', { detail, cause });
}
