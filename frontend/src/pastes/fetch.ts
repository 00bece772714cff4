import type { SealedText } from '@pastenym/shared/v1/encryption';
import type { EncryptionParameters } from '@pastenym/shared/v1/encryption-parameters';
import { unescapeHtml } from '@pastenym/shared/v1/html-escape';
import { getTextReplySchema, type GetTextReply, type V1Reply } from '@pastenym/shared/v1/replies';
import type { OutgoingRequest, RequestOptions, Transport } from '../connection/transport.js';
import { refusalOf } from './refusal.js';
import { createV1Request } from './v1-request.js';

/** What the service has handed out: one read of a paste. It may be the only one there is. */
export interface FetchedPaste {
  content: { kind: 'sealed'; sealed: SealedText } | { kind: 'public'; text: string };
  facts: PasteFacts;
}

/** What the service knows, and tells. */
export interface PasteFacts {
  /** How often it has been read, this time included. */
  views: number | undefined;
  /** How often it can be read; undefined: any number of times. */
  maxViews: number | undefined;
  /** Precise to the day, UTC. */
  createdOn: Date | undefined;
  expiresAt: Date | undefined;
}

/** One read of a paste: the service counts it once, however often it is asked for, and the last one destroys the paste. */
export type PasteRead = OutgoingRequest<V1Reply>;

export function createRead(id: string): PasteRead {
  return createV1Request({ event: 'getText', data: { urlId: id } });
}

/**
 * Has the service hand out a paste.
 * @throws AppError `not-found`, what else the service refuses it with, or what the transport throws
 */
export async function fetchPaste(
  request: PasteRead,
  transport: Transport,
  options?: RequestOptions,
): Promise<FetchedPaste> {
  const reply = await transport.request(request, options);
  const parsed = reply.kind === 'object' ? getTextReplySchema.safeParse(reply.members) : undefined;
  if (parsed?.success !== true) throw refusalOf(reply);
  return { content: readContent(parsed.data), facts: readFacts(parsed.data) };
}

/** The command line client of the original sends parameters even when it has not encrypted; they are empty then. */
function readContent({ text, encParams }: GetTextReply): FetchedPaste['content'] {
  const raw = unescapeHtml(text);
  return isSealed(encParams)
    ? { kind: 'sealed', sealed: { text: raw, encParams } }
    : { kind: 'public', text: raw };
}

const isSealed = (encParams: GetTextReply['encParams']): encParams is EncryptionParameters =>
  encParams !== undefined && encParams.salt !== '';

function readFacts(reply: GetTextReply): PasteFacts {
  return {
    views: reply.num_view,
    maxViews: reply.is_burn ? reply.burn_view : undefined,
    createdOn: readDate(reply.created_on),
    expiresAt: readDate(reply.expiration_time ?? ''),
  };
}

/** `YYYY-MM-DDTHH:MM:SSZ`, or, of pastes on IPFS, `YYYY-MM-DD HH:MM:SS`, both UTC. */
function readDate(text: string): Date | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})Z?$/.exec(text);
  const date = new Date(`${match?.[1] ?? ''}T${match?.[2] ?? ''}Z`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Whether the service has destroyed the paste with this read. */
export function isDestroyed({ views, maxViews }: PasteFacts): boolean {
  return maxViews !== undefined && views !== undefined && views >= maxViews;
}
