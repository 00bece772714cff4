import { escapeHtml } from '@pastenym/shared/v1/html-escape';
import type { JsonObject } from '@pastenym/shared/v1/python-json';
import { refusals, V1Refusal, type NewTextReply } from '@pastenym/shared/v1/replies';
import type { NewText } from '@pastenym/shared/v1/requests';
import { formatIpfsDocument, parseIpfsDocument } from '../../ipfs/ipfs-document.js';
import { MAX_MESSAGE_BYTES } from '@pastenym/shared/limits';
import type { Served, V1Options } from './handler.js';

/**
 * `newText` with `ipfs`: the paste goes to IPFS, where everybody can read it for ever; so it must be encrypted. Views and expiry do not exist there: the
 * original ignored them, and had people think that they hold. They are refused.
 */
export async function newTextOnIpfs(
  paste: NewText,
  { ipfs, admission, clock }: Pick<V1Options, 'ipfs' | 'admission' | 'clock'>,
): Promise<Served> {
  if (ipfs?.isAvailable !== true) throw new V1Refusal(refusals.noIpfs);
  const { text, encParams, views, expiration, expirationBlocks } = paste;
  if (views !== undefined || expiration !== undefined || expirationBlocks !== undefined) {
    throw new V1Refusal(refusals.ipfsIsForever);
  }
  if (encParams === undefined || encParams.iv === '') throw new V1Refusal(refusals.badText);
  const document = formatIpfsDocument({ text, encParams, createdAt: clock() });
  // It takes no room in the store.
  const hash = await admission.storeUnpaid(0, () => ipfs.add(document));
  return { reply: { ipfs: true, hash, url_id: hash } satisfies NewTextReply, goodUntil: Infinity };
}

/** `getText` with a CID for an id. Whatever may be wrong with what is there, it is no paste. */
export async function getTextFromIpfs(
  cid: string,
  { pastes, ipfs }: Pick<V1Options, 'pastes' | 'ipfs'>,
): Promise<Served> {
  if (await pastes.isBlocked(cid)) throw new V1Refusal(refusals.notFound);
  const bytes = await ipfs?.cat(cid, MAX_MESSAGE_BYTES);
  const document = bytes && parseIpfsDocument(bytes);
  if (document === undefined) throw new V1Refusal(refusals.notFound);
  const { text, encParams, createdAt } = document;
  const reply: JsonObject = {
    text: escapeHtml(text),
    is_private: true,
    is_burn: false,
    is_ipfs: true,
    created_on: new Date(createdAt).toISOString().slice(0, 19).replace('T', ' '),
    // It has been checked.
    ...(encParams === undefined ? {} : { encParams: encParams }),
  };
  return { reply, goodUntil: Infinity };
}
