import { AppError, ERRORS } from '@pastenym/shared/errors';
import { parseExpiry } from '@pastenym/shared/expiry';
import { MAX_EXPIRY_YEARS } from '@pastenym/shared/limits';
import { escapeHtml } from '@pastenym/shared/v1/html-escape';
import { pythonJson } from '@pastenym/shared/v1/python-json';
import { refusals, V1Refusal, type NewTextReply } from '@pastenym/shared/v1/replies';
import type { NewText } from '@pastenym/shared/v1/requests';
import { MAX_REPLY_BYTES } from '../../limits.js';
import type { Served, V1Options } from './handler.js';
import { newTextOnIpfs } from './ipfs.js';

/** `newText`: stores a paste and answers its id. */
export async function newText(
  paste: NewText,
  options: Pick<
    V1Options,
    'pastes' | 'admission' | 'clock' | 'maxTextBytes' | 'takesPastes' | 'ipfs' | 'chain'
  >,
): Promise<Served> {
  const { pastes, admission, clock, maxTextBytes, takesPastes, chain } = options;
  if (!takesPastes) throw new V1Refusal(refusals.noPastes);
  const content = Buffer.from(paste.text);
  if (content.length > maxTextBytes || !fitsIntoReply(paste.text)) {
    throw new V1Refusal(refusals.tooLong(maxTextBytes));
  }
  if (paste.ipfs) return newTextOnIpfs(paste, options);
  const draft = {
    content,
    details: paste.encParams && formatDetails(paste.encParams),
    maxViews: paste.views,
    expiresAt: paste.expiration === undefined ? undefined : readExpiry(paste.expiration, clock()),
    expiresAtBlock: readBlocks(paste.expirationBlocks, chain),
  };
  const id = await admission.storeUnpaid(content.length, () => pastes.create(draft));
  return { reply: { ipfs: false, url_id: id } satisfies NewTextReply, goodUntil: Infinity };
}

/** Parameters as clients send them take some 150 characters, but they may have members of their own. */
const MAX_DETAILS_CHARACTERS = 4096;

function formatDetails(encParams: object): string {
  const details = JSON.stringify(encParams);
  if (details.length > MAX_DETAILS_CHARACTERS) throw new V1Refusal(refusals.badText);
  return details;
}

/** What HTML and JSON make of one UTF-16 unit at the most: `&quot;`, `\u00e9`. */
const MAX_GROWTH = 6;
/** What stands around the text in a reply, the parameters among it, which JSON may make as much longer. */
const REPLY_FRAME_BYTES = 8 * MAX_DETAILS_CHARACTERS;

/** A paste that could be stored but never be sent would be lost. */
function fitsIntoReply(text: string): boolean {
  const room = MAX_REPLY_BYTES - REPLY_FRAME_BYTES;
  return text.length * MAX_GROWTH <= room || pythonJson(escapeHtml(text)).length <= room;
}

/** As many years as an expiry may be away, a block every ten minutes. */
const MAX_BLOCKS = MAX_EXPIRY_YEARS * 366 * 144;

/** @returns the height at which the paste is no more */
function readBlocks(blocks: number | undefined, chain: V1Options['chain']): number | undefined {
  if (blocks === undefined) return undefined;
  if (chain?.isAvailable !== true || chain.height === undefined) {
    throw new V1Refusal(refusals.noBlockHeight);
  }
  if (blocks > MAX_BLOCKS)
    throw new V1Refusal(refusals.badExpiry(ERRORS['expiry-too-far'].message));
  return chain.height + blocks;
}

function readExpiry(phrase: string, now: number): number {
  try {
    return parseExpiry(phrase, now);
  } catch (error) {
    if (error instanceof AppError) throw new V1Refusal(refusals.badExpiry(error.message));
    throw error;
  }
}
