import { ed25519 } from '@noble/curves/ed25519.js';
import { NYM_ADDRESS_BYTES, NYM_KEY_BYTES, type NymAddress } from '@pastenym/shared/nym-address';
import { base58Complaint, decodeBase58 } from './base58-text.js';
import { SENDER_TAG_BYTES } from './limits.js';
import { ProtocolError } from './protocol-error.js';

/**
 * Reads a recipient's text form with all checks of the native client, in its order and its words
 * (nymtech/nym, `RecipientFormattingError`). The space at the end of two of the texts is theirs.
 * @throws ProtocolError `malformedRequest`
 */
export function readRecipient(text: string): NymAddress {
  const [client, gateway, ...more] = text.split('@');
  if (client === undefined || gateway === undefined || more.length > 0) return notOne('@');
  const [identity, encryption, ...others] = client.split('.');
  if (identity === undefined || encryption === undefined || others.length > 0) return notOne('.');
  return {
    identity: readIdentityKey("recipient's identity key", identity),
    encryption: readEncryptionKey(encryption),
    gateway: readIdentityKey("recipient gateway's identity key", gateway),
  };
}

/**
 * Reads a recipient's binary form: three keys of 32 bytes.
 * @throws ProtocolError `malformedRequest`
 */
export function readRecipientBytes(bytes: Uint8Array): NymAddress {
  const address = splitAddress(bytes);
  const complaint =
    pointComplaint("recipient's identity key", address.identity) ??
    pointComplaint("recipient gateway's identity key", address.gateway);
  if (complaint !== undefined) return refuse(`malformed recipient: ${complaint}`);
  return address;
}

/** The three keys of 96 bytes. */
export function splitAddress(bytes: Uint8Array): NymAddress {
  return {
    identity: bytes.slice(0, NYM_KEY_BYTES),
    encryption: bytes.slice(NYM_KEY_BYTES, 2 * NYM_KEY_BYTES),
    gateway: bytes.slice(2 * NYM_KEY_BYTES, NYM_ADDRESS_BYTES),
  };
}

/**
 * Reads a sender tag's text form: base58 of 16 bytes.
 * @throws ProtocolError `malformedRequest`
 */
export function readSenderTag(text: string): Uint8Array {
  const complaint = base58Complaint(text);
  if (complaint !== undefined) {
    return refuse(`Failed to decode the base58-encoded string - ${complaint}`);
  }
  const tag = decodeBase58(text);
  if (tag.length === SENDER_TAG_BYTES) return tag;
  return refuse(
    `Decoded AnonymousSenderTag has invalid length. Expected ${SENDER_TAG_BYTES}, but got ${tag.length}`,
  );
}

function readIdentityKey(name: string, text: string): Uint8Array {
  const key = decodeKey(name, text);
  const complaint =
    key.length === NYM_KEY_BYTES
      ? pointComplaint(name, key)
      : `${name} is malformed: could not convert slice to array`;
  return complaint === undefined ? key : refuse(complaint);
}

function readEncryptionKey(text: string): Uint8Array {
  const name = "recipient's encryption key";
  const key = decodeKey(name, text);
  if (key.length === NYM_KEY_BYTES) return key;
  return refuse(
    `${name} is malformed: received public key of invalid size. Got: ${key.length}, expected: ${NYM_KEY_BYTES}`,
  );
}

function decodeKey(name: string, text: string): Uint8Array {
  const complaint = base58Complaint(text);
  if (complaint === undefined) return decodeBase58(text);
  const reason = 'the base58 representation of the public key was malformed';
  return refuse(`${name} is malformed: ${reason} - ${complaint}`);
}

function pointComplaint(name: string, key: Uint8Array): string | undefined {
  if (isEd25519Point(key)) return undefined;
  return `${name} is malformed: signature error: Cannot decompress Edwards point`;
}

/** Whether 32 bytes decompress to a point, by the lenient rules of ZIP 215, which curve25519-dalek follows too. */
function isEd25519Point(key: Uint8Array): boolean {
  try {
    ed25519.Point.fromBytes(key, true);
    return true;
  } catch {
    return false;
  }
}

function notOne(separator: string): never {
  refuse(
    `recipient is malformed - the string address does not contain exactly a single '${separator}' character `,
  );
}

function refuse(message: string): never {
  throw new ProtocolError('malformedRequest', message);
}
