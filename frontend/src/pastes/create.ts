import { AppError } from '@pastenym/shared/errors';
import { parseShareLink, type ShareLink } from '@pastenym/shared/share-link';
import { formatDocument } from '@pastenym/shared/v1/document';
import { createPassphrase, sealText } from '@pastenym/shared/v1/encryption';
import { newTextReplySchema, type V1Reply } from '@pastenym/shared/v1/replies';
import type { NewText } from '@pastenym/shared/v1/requests';
import type { OutgoingRequest, RequestOptions, Transport } from '../connection/transport.js';
import type { Lifetime } from './lifetime.js';
import { MAX_PASTE_BYTES } from './limits.js';
import { refusalOf } from './refusal.js';
import { createV1Request } from './v1-request.js';

export interface Draft extends Lifetime {
  text: string;
  /** False: whoever runs the service can read it, and whoever has the link. */
  encrypted: boolean;
}

export const sizeOf = (text: string): number => new TextEncoder().encode(text).length;

/** A paste that is ready to go. Stored again, because no answer came, it is stored once, and has the same link. */
export interface SealedPaste {
  request: OutgoingRequest<V1Reply>;
  /** Nobody else has it. */
  key: string | undefined;
  burn: boolean;
}

/**
 * Encrypts a text with a new key.
 * @throws AppError `paste-empty`, `paste-too-large`
 */
export async function sealPaste(draft: Draft): Promise<SealedPaste> {
  if (draft.text === '') throw new AppError('paste-empty');
  if (sizeOf(draft.text) > MAX_PASTE_BYTES) throw new AppError('paste-too-large');
  const key = draft.encrypted ? createPassphrase() : undefined;
  const data: NewText = {
    ...(await seal(draft.text, key)),
    views: draft.views,
    expiration: draft.expiry,
    expirationBlocks: undefined,
    ipfs: false,
  };
  const request = createV1Request({ event: 'newText', data });
  return { request, key, burn: draft.views !== undefined };
}

/**
 * Has the service keep a paste.
 * @returns where it is, with the key
 * @throws AppError what the service refuses it with, or what the transport throws
 */
export async function storePaste(
  { request, key, burn }: SealedPaste,
  transport: Transport,
  options?: RequestOptions,
): Promise<ShareLink> {
  const reply = await transport.request(request, options);
  return { version: 1, id: readId(reply), key, burn };
}

async function seal(
  text: string,
  key: string | undefined,
): Promise<Pick<NewText, 'text' | 'encParams'>> {
  const document = formatDocument({ text, file: undefined });
  return key === undefined
    ? { text: document, encParams: undefined }
    : await sealText(document, key);
}

/** An id that is more than an id, such as one with a key of the service's own, must not get into a link. */
function readId(reply: V1Reply): string {
  const stored = reply.kind === 'object' ? newTextReplySchema.safeParse(reply.members) : undefined;
  if (stored?.success !== true || !isId(stored.data.url_id)) throw refusalOf(reply);
  return stored.data.url_id;
}

function isId(text: string): boolean {
  try {
    return parseShareLink(`#/${text}`).id === text;
  } catch {
    return false;
  }
}
