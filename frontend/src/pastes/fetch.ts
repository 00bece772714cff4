import type { SealedText } from '@pastenym/shared/v1/encryption';
import type { EncryptionParameters } from '@pastenym/shared/v1/encryption-parameters';
import { unescapeHtml } from '@pastenym/shared/v1/html-escape';
import { getTextReplySchema, type GetTextReply } from '@pastenym/shared/v1/replies';
import type { RequestOptions, Transport } from '../connection/transport.js';
import { v1Exchange } from './exchange.js';
import { refusalOf } from './refusal.js';

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

/**
 * Has the service hand out a paste. Every call is a read, which the service counts, and the last one destroys the paste.
 * @throws AppError `not-found`, what else the service refuses it with, or what the transport throws
 */
export async function fetchPaste(
  id: string,
  transport: Transport,
  options?: RequestOptions,
): Promise<FetchedPaste> {
  const request = v1Exchange({ event: 'getText', data: { urlId: id } });
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
