import { parseShareLink, type LinkV1, type LinkV2 } from '@pastenym/shared/share-link';

/**
 * How often a paste can be read, as far as its link says. Links of the original never say that there is a limit, nor does its service before it has given
 * out the paste; so they are opened at once, as they always were.
 */
export type Reads = 'limited' | 'unlimited';

export type PasteLink = Pick<LinkV1, 'version' | 'id' | 'key'> & { reads: Reads };

/**
 * Parses a whole link, or its fragment alone.
 * @throws AppError `bad-link`
 */
export function parsePasteLink(text: string): PasteLink | LinkV2 {
  const link = parseShareLink(text);
  if (link.version === 2) return link;
  const { version, id, key, burn } = link;
  return { version, id, key, reads: burn ? 'limited' : 'unlimited' };
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
