import { escapeHtml } from '@pastenym/shared/v1/html-escape';
import type { JsonObject, JsonValue } from '@pastenym/shared/v1/python-json';
import { refusals, V1Refusal } from '@pastenym/shared/v1/replies';
import type { OpenView } from '../../store/store.js';
import { readCid } from '../../ipfs/cid.js';
import { getTextFromIpfs } from './ipfs.js';
import type { Served, V1Options } from './handler.js';

const MS_PER_DAY = 86_400_000;

/** `getText`: takes a view of a paste and answers what is in it. */
export async function getText(
  urlId: string,
  { pastes, ipfs }: Pick<V1Options, 'pastes' | 'ipfs'>,
): Promise<Served> {
  const cid = readCid(urlId);
  if (cid !== undefined) return getTextFromIpfs(cid, { pastes, ipfs });
  const view = await pastes.takeView(urlId);
  if (view === undefined) throw new V1Refusal(refusals.notFound);
  const goodUntil = view.expiresAt === undefined ? Infinity : view.expiresAt * 1000;
  return { reply: describe(view), goodUntil };
}

/** The original's members in the original's order, which differs for a paste that came without `encParams`. */
function describe(view: OpenView): JsonObject {
  const { details } = view;
  return {
    text: escapeHtml(Buffer.from(view.content).toString('utf8')),
    num_view: view.views,
    created_on: formatTime(view.createdDay * MS_PER_DAY),
    is_burn: view.maxViews !== undefined,
    is_ipfs: false,
    burn_view: view.maxViews ?? 0,
    ...(details === undefined ? { encryption_params_b64: null } : {}),
    expiration_time: view.expiresAt === undefined ? null : formatTime(view.expiresAt * 1000),
    expiration_height: view.expiresAtBlock ?? null,
    // `newText` wrote it, of parameters that had been checked.
    ...(details === undefined ? {} : { encParams: JSON.parse(details) as JsonValue }),
  };
}

/** `YYYY-MM-DDTHH:MM:SSZ` */
function formatTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
