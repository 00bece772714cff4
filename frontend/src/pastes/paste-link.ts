import {
  formatShareLink,
  parseShareLink,
  type LinkV1,
  type LinkV2,
  type ShareLink,
} from '@pastenym/shared/share-link';

/**
 * How often a paste can be read, as far as its link says. Links of the original never say it, and so are `unknown`: opening one may destroy
 * the only copy.
 */
export type Reads = 'limited' | 'unlimited' | 'unknown';

export type PasteLink = Pick<LinkV1, 'version' | 'id' | 'key'> & { reads: Reads };

/**
 * `&burn` and `&keep` stand before the key: a link that loses its end loses its key and not its warning, and the original's command line
 * client takes what is behind the last `&` for the key. Everybody ignores the parameter that they do not know.
 */
const MARKS = { limited: '&burn', unlimited: '&keep' };
const KEEP = /&keep(?=&|$)/;

/**
 * Parses a whole link, or its fragment alone.
 * @throws AppError `bad-link`
 */
export function parsePasteLink(text: string): PasteLink | LinkV2 {
  const link = parseShareLink(text);
  if (link.version === 2) return link;
  const { version, id, key, burn } = link;
  if (burn) return { version, id, key, reads: 'limited' };
  return { version, id, key, reads: KEEP.test(text.trim()) ? 'unlimited' : 'unknown' };
}

/** @param page the address of the application; a fragment is cut */
export function formatPasteLink(page: string, link: ShareLink): string {
  if (link.version === 2) return formatShareLink(page, link);
  const mark = link.burn ? MARKS.limited : MARKS.unlimited;
  return formatShareLink(page, { ...link, burn: false }).replace(/#\/[^&]*/, `$&${mark}`);
}

/** What somebody has typed where a key is asked for: it may be the whole link. */
export function readTypedKey(text: string): string {
  const typed = text.trim();
  try {
    const link = parseShareLink(typed);
    return link.version === 1 ? (link.key ?? typed) : typed;
  } catch {
    return typed;
  }
}
