import { parseDocument, type PasteDocument } from '@pastenym/shared/v1/document';
import { openText } from '@pastenym/shared/v1/encryption';
import type { FetchedPaste } from './fetch.js';

export type { AttachedFile, PasteDocument } from '@pastenym/shared/v1/document';

/**
 * Opens what the service has handed out; asks nobody, and so can be done again with another key.
 * @throws AppError `wrong-key`, `bad-params`, `bad-paste`
 */
export async function openPaste(
  content: FetchedPaste['content'],
  key: string | undefined,
): Promise<PasteDocument> {
  if (content.kind === 'sealed') return parseDocument(await openText(content.sealed, key ?? ''));
  return parsePublic(content.text);
}

/** A public paste is a document as well; what some program has stored otherwise is shown as it is. */
function parsePublic(text: string): PasteDocument {
  try {
    return parseDocument(text);
  } catch {
    return { text, file: undefined };
  }
}
